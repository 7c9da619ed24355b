// List All Roles of the partner surface.
#pragma once

#include "access/graph.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// The graph must outlive the surface.
void register_roles(http::Surface& surface, const access::Graph& graph);

}  // namespace gatehouse::api::partner
