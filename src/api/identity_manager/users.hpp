// Accounts, their profile and their status: /api/User, /api/UserByName, /api/UserStatus.
#pragma once

#include "access/graph.hpp"
#include "domain/directory/directory.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/roles/roles.hpp"
#include "domain/users/users.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_users(http::Surface& surface, domain::Directory& directory, domain::Users& users,
                    domain::Passwords& passwords, const domain::Roles& roles, const access::Graph& graph);

}  // namespace gatehouse::api::identity_manager
