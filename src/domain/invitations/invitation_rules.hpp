// What every way of using an invitation asks first, and what it tells afterwards. One place, so that no second way can
// forget a check of the first.
#pragma once

#include "domain/invitations/invitation_store.hpp"

namespace gatehouse::domain {
struct User;
}

namespace gatehouse::domain::invitation_rules {

inline constexpr std::string_view kTokenKind = "invite";    // gth_invite_…: to connect
inline constexpr std::string_view kJoinTokenKind = "join";  // gth_join_…

std::string_view kind_of(const Principal& who);
// The principal that vouches for it, as far as there is one.
std::optional<Principal> inviter(const access::View& view, const invitation_store::Offer& offer);
// With a new secret, vouched for by whoever sends it.
void vouch(invitation_store::Offer& offer, const Principal& who, Timestamp now, const InvitationRules& rules);

// Roles of the two in the connection.
OrganizationNo customer(const invitation_store::Row& row, OrganizationNo invited);
OrganizationNo agency(const invitation_store::Row& row, OrganizationNo invited);

// Does the one who vouches for it still hold the right to invite there?
bool is_vouched_for(const access::View& view, const invitation_store::Row& row, Timestamp now);
// Errors: invitation.not_pending, invitation.expired.
Result<void> check_open(const invitation_store::Offer& offer, Timestamp now);
// The same, and that it still stands behind what it offers. Errors: invitation.void as well.
Result<void> check_usable(const access::View& view, const invitation_store::Row& row, Timestamp now);
// By the secret's digest. Errors: invitation.token_unknown.
Result<invitation_store::Row> find_by_token(sql::Tx& tx, std::string_view token);

// Is the account of its address still the one that was meant? Keys compare what people type; the proof is of one mailbox.
bool means(const invitation_store::Offer& offer, const User& user);

// Who vouches for it, when that is a person, and by what name; none and empty otherwise.
UserNo inviter_user(const access::View& view, const invitation_store::Offer& offer);
std::string inviter_name(sql::Tx& tx, UserNo inviter);
std::string name_of(const User& user);

// For the log, without the secret.
std::string described(const invitation_store::Row& row, std::string_view status);
// To both sides, in the unit that recorded `revision`.
void tell_both(Unit& unit, const invitation_store::Row& row, OrganizationNo invited, Revision revision,
               std::string_view event, const std::optional<ConnectionId>& connection = {});
// The answer no: row, log and notifications; with `reject`, the mails as well.
void set_rejected(Unit& unit, const invitation_store::Row& row, bool by_inviter);
void reject(Unit& unit, const Mails& mails, const invitation_store::Row& row, bool by_inviter);
// Mails about an answer, to the one who invited and the one who is invited.
void mail_answer(Unit& unit, const Mails& mails, const invitation_store::Row& row, std::string_view answer);

Error is_void();
Error token_unknown();

}  // namespace gatehouse::domain::invitation_rules
