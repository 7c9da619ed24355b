// Sign-in: POST /api/Authentication. The token opens every surface.
#pragma once

#include "access/graph.hpp"
#include "domain/authentication/authenticator.hpp"
#include "domain/directory/directory.hpp"
#include "domain/roles/roles.hpp"
#include "domain/sign_in/sign_in.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_authentication(http::Surface& surface, domain::SignIn& sign_in, domain::Authenticator& authenticator,
                             const domain::Directory& directory, const domain::Roles& roles,
                             const access::Graph& graph);

}  // namespace gatehouse::api::identity_manager
