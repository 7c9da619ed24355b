// Sign-in, refresh, machine tokens, who is calling, sign-out: /api/v1/auth/tokens.
#pragma once

#include "domain/clients/clients.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/sign_in/sign_in.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The services must outlive the surface.
void register_tokens(http::Surface& surface, domain::SignIn& sign_in, domain::Sessions& sessions,
                     domain::Clients& clients, const access::Graph& graph);

}  // namespace gatehouse::api::v1
