// Accounts on the v1 surface: /api/v1/users.
#pragma once

#include "domain/passwords/passwords.hpp"
#include "domain/users/users.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The services and the graph must outlive the surface.
void register_users(http::Surface& surface, domain::Users& users, domain::Memberships& memberships,
                    domain::Passwords& passwords, const access::Graph& graph);

}  // namespace gatehouse::api::v1
