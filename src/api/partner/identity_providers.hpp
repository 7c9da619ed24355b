// Identity providers of the partner surface: everybody lists them, administrators of the platform keep them.
#pragma once

#include "domain/identity_providers/identity_providers.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// All must outlive the surface.
void register_identity_providers(http::Surface& surface, domain::IdentityProviders& providers,
                                 const access::Graph& graph);

}  // namespace gatehouse::api::partner
