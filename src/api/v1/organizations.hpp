// Organizations of the v1 surface: /api/v1/orgs, their children, parents, and the move of a branch.
#pragma once

#include "domain/organizations/organizations.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The service and the graph must outlive the surface.
void register_organizations(http::Surface& surface, domain::Organizations& organizations, const access::Graph& graph);

}  // namespace gatehouse::api::v1
