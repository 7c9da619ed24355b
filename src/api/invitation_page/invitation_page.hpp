// The page that the link of an invitation's mail opens: who invites whom to what, accept or decline, a password for a new
// account. The secret stands in the link's fragment, which no browser sends; the page sends it in bodies only.
#pragma once

#include "domain/invitations/join_invitations.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::invitation_page {

void register_invitation_page(http::Surface& surface, domain::Invitations& invitations,
                              domain::JoinInvitations& to_join);

}  // namespace gatehouse::api::invitation_page
