// Machine clients of the caller: /api/v1/oauth2/client-credentials.
#pragma once

#include "domain/clients/clients.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The service must outlive the surface.
void register_clients(http::Surface& surface, domain::Clients& clients);

}  // namespace gatehouse::api::v1
