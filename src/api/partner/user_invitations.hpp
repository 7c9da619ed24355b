// What a user was offered by invitations to join, and taking an offer back.
#pragma once

#include "domain/invitations/join_invitations.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

// Must outlive the surface.
void register_user_invitations(http::Surface& surface, domain::JoinInvitations& invitations);

}  // namespace gatehouse::api::partner
