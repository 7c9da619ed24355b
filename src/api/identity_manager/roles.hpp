// The roles that there are: GET /api/Role.
#pragma once

#include "domain/roles/roles.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_roles(http::Surface& surface, const domain::Roles& roles);

}  // namespace gatehouse::api::identity_manager
