// Changing one's own password and resetting another's: PUT /api/Password.
#pragma once

#include "access/graph.hpp"
#include "domain/directory/directory.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/sign_in/throttle.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_passwords(http::Surface& surface, const domain::Directory& directory, domain::Passwords& passwords,
                        domain::Throttle& throttle, const access::Graph& graph);

}  // namespace gatehouse::api::identity_manager
