// The external providers that users are associated with: /api/Provider.
#pragma once

#include "domain/providers/providers.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_providers(http::Surface& surface, domain::Providers& providers);

}  // namespace gatehouse::api::identity_manager
