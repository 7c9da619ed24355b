// What hangs on a user: roles at the platform, companies, providers: /api/UserRole, /api/UserCompany, /api/UserProvider.
#pragma once

#include "domain/directory/directory.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_associations(http::Surface& surface, domain::Directory& directory);

}  // namespace gatehouse::api::identity_manager
