// Invitations between organizations (A9–A15, A25).
#pragma once

#include "domain/invitations/invitations.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

void register_invitations(http::Surface& surface, domain::Invitations& invitations);

}  // namespace gatehouse::api::access_api
