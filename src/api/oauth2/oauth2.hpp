// What OAuth 2 software expects to find: the token endpoint for machines (RFC 6749 4.4) and the published keys (RFC 7517).
#pragma once

#include "domain/clients/clients.hpp"
#include "domain/signing_keys/signing_keys.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::oauth2 {

// RFC 6749 5.2: {"error", "error_description"}.
const http::Dialect& dialect();

// POST /connect/token, GET /.well-known/jwks.json. The services must outlive the surface.
void register_oauth2(http::Surface& surface, domain::Clients& clients, const domain::SigningKeys& keys);

}  // namespace gatehouse::api::oauth2
