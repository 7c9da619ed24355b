// The users of the active organization and their roles (A1–A7).
#pragma once

#include "domain/api_tokens/api_tokens.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/roles/roles.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

void register_users(http::Surface& surface, domain::Memberships& memberships, domain::ApiTokens& api_tokens,
                    const domain::Roles& roles);

}  // namespace gatehouse::api::access_api
