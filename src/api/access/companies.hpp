// The active organization of a session (A18, A26).
#pragma once

#include "domain/organizations/organizations.hpp"
#include "domain/sessions/sessions.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

void register_companies(http::Surface& surface, const domain::Organizations& organizations, domain::Sessions& sessions);

}  // namespace gatehouse::api::access_api
