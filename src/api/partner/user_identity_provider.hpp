// Where a user signs in: moved to an identity provider, or back.
#pragma once

#include "domain/users/users.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// Must outlive the surface.
void register_user_identity_provider(http::Surface& surface, domain::Users& users);

}  // namespace gatehouse::api::partner
