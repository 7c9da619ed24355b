// Invite a User of the partner surface, and what the invited do with the token of their mail.
#pragma once

#include "domain/invitations/join_invitations.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// Must outlive the surface.
void register_invitations(http::Surface& surface, domain::JoinInvitations& invitations);

}  // namespace gatehouse::api::partner
