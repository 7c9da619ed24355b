// List All Users of the partner surface.
#pragma once

#include "domain/directory/directory.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// All must outlive the surface.
void register_users(http::Surface& surface, const domain::Directory& directory, const domain::Users& users,
                    const access::Graph& graph);

}  // namespace gatehouse::api::partner
