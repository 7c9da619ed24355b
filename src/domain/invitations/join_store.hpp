// The SQL of invitations to join.
#pragma once

#include "domain/identity_providers/identity_providers.hpp"
#include "domain/invitations/invitation_store.hpp"

namespace gatehouse::domain::join_store {

struct Target {
  OrganizationNo organization;
  RoleNo role;
  bool operator==(const Target&) const = default;
};

struct Row : invitation_store::Offer {
  UserNo user;
  std::optional<IdentityProviderId> identity_provider;  // where the account will sign in once this one is accepted
  bool rejected_by_inviter = false;
  std::optional<Timestamp> responded_at;
};

void insert(sql::Tx& tx, const Row& row, OrganizationNo platform, std::string_view secret);
void set_identity_provider(sql::Tx& tx, const InvitationId& id, const std::optional<IdentityProviderId>& provider);
void add_target(sql::Tx& tx, const InvitationId& id, const Target& target);
std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret);
std::optional<Row> find(sql::Tx& tx, const InvitationId& id);
// Newest first.
std::vector<Row> of_user(sql::Tx& tx, UserNo user, std::int64_t limit);
// One that can be accepted still, by whom it is vouched for; the newest.
std::optional<Row> find_open(sql::Tx& tx, UserNo user, std::string_view inviter_kind, const Uuid& inviter,
                             Timestamp now);
std::vector<Target> targets(sql::Tx& tx, const InvitationId& id);
struct NamedTarget : Target {
  InvitationId invitation;
  std::string organization_name;
};
// Of all invitations of that account, by invitation and organization.
std::vector<NamedTarget> targets_of(sql::Tx& tx, UserNo user);
// Made since then, whatever became of them.
std::int64_t count_since(sql::Tx& tx, UserNo user, Timestamp since);
void set_accepted(sql::Tx& tx, const InvitationId& id, Timestamp now);
void erase_target(sql::Tx& tx, const InvitationId& id, const Target& target);
void erase_targets_at(sql::Tx& tx, OrganizationNo organization);
void erase_of(sql::Tx& tx, UserNo user);

}  // namespace gatehouse::domain::join_store
