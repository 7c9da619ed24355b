// The SQL of invitations: what both kinds share (Offer), and those that connect organizations (Row). Invitations to join are
// in join_store.hpp.
#pragma once

#include "domain/invitations/invitations.hpp"

namespace gatehouse::domain::invitation_store {

struct Offer {
  InvitationId id;
  std::string inviter_kind;  // "user", "client", "api_token"
  Uuid inviter;
  std::string email;
  std::string locale;
  InvitationStatus status = InvitationStatus::kPending;
  Timestamp created_at;
  Timestamp last_sent_at;
  Timestamp expires_at;
  std::int64_t sendings = 1;
};

// What was sent last, by whom and under which secret.
void set_sent(sql::Tx& tx, const Offer& offer, std::string_view secret);
void set_rejected(sql::Tx& tx, const InvitationId& id, bool by_inviter, Timestamp now);

struct Row : Offer {
  OrganizationNo organization;  // the inviting
  Relation relation = Relation::kAgency;
  std::string company_name;
  OrganizationNo invited;  // 0: yet to be made
};

// Of the purpose to connect two organizations. A secret made for another purpose is unknown here.
void insert(sql::Tx& tx, const Row& row, std::string_view secret);
std::optional<Row> find(sql::Tx& tx, const InvitationId& id);
std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret);
bool has_pending(sql::Tx& tx, const Row& like);
// Made since then, whatever became of them.
std::int64_t count_since(sql::Tx& tx, OrganizationNo organization, std::string_view email, Timestamp since);
void set_accepted(sql::Tx& tx, const InvitationId& id, OrganizationNo invited, const ConnectionId& connection,
                  Timestamp now);
// Newest first; `can_resend` is left to the caller.
std::vector<Invitation> list(sql::Tx& tx, OrganizationNo organization, const std::optional<InvitationId>& before,
                             std::int64_t limit);
std::vector<Row> pending_for(sql::Tx& tx, OrganizationNo invited);
void erase_sent_by(sql::Tx& tx, OrganizationNo organization);
void forget_invited(sql::Tx& tx, OrganizationNo organization);

}  // namespace gatehouse::domain::invitation_store
