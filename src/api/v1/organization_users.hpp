// Users of an organization on the v1 surface: /api/v1/orgs/{orgId}/users.
#pragma once

#include "domain/memberships/memberships.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The service and the graph must outlive the surface.
void register_organization_users(http::Surface& surface, domain::Memberships& memberships, const access::Graph& graph);

}  // namespace gatehouse::api::v1
