// The SQL of invitations.
#pragma once

#include "domain/invitations/invitations.hpp"

namespace gatehouse::domain::invitation_store {

struct Row {
  InvitationId id;
  OrganizationNo organization;  // the inviting
  std::string inviter_kind;     // "user", "client", "api_token"
  Uuid inviter;
  Relation relation = Relation::kAgency;
  std::string email;
  std::string company_name;
  OrganizationNo invited;  // 0: yet to be made
  std::string locale;
  InvitationStatus status = InvitationStatus::kPending;
  Timestamp created_at;
  Timestamp last_sent_at;
  Timestamp expires_at;
  std::int64_t sendings = 1;
};

// Purpose of all that stand here: to connect two organizations. A secret made for another purpose is unknown.
void insert(sql::Tx& tx, const Row& row, std::string_view secret);
std::optional<Row> find(sql::Tx& tx, const InvitationId& id);
std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret);
bool has_pending(sql::Tx& tx, const Row& like);
// Made since then, whatever became of them.
std::int64_t count_since(sql::Tx& tx, OrganizationNo organization, std::string_view email, Timestamp since);
// What was sent last, by whom and under which secret.
void set_sent(sql::Tx& tx, const Row& row, std::string_view secret);
void set_accepted(sql::Tx& tx, const InvitationId& id, OrganizationNo invited, const ConnectionId& connection,
                  Timestamp now);
void set_rejected(sql::Tx& tx, const InvitationId& id, bool by_inviter, Timestamp now);
// Newest first; `can_resend` is left to the caller.
std::vector<Invitation> list(sql::Tx& tx, OrganizationNo organization, const std::optional<InvitationId>& before,
                             std::int64_t limit);
std::vector<Row> pending_for(sql::Tx& tx, OrganizationNo invited);
void erase_sent_by(sql::Tx& tx, OrganizationNo organization);
void forget_invited(sql::Tx& tx, OrganizationNo organization);

}  // namespace gatehouse::domain::invitation_store
