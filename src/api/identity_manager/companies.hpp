// The organizations of users: GET /api/Company. They are made, changed and removed on the v1 surface.
#pragma once

#include "domain/directory/directory.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_companies(http::Surface& surface, const domain::Directory& directory);

}  // namespace gatehouse::api::identity_manager
