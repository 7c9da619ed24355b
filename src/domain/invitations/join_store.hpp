// The SQL of invitations to join.
#pragma once

#include <map>
#include <span>

#include "base/function_ref.hpp"
#include "domain/identity_providers/identity_providers.hpp"
#include "domain/invitations/invitation_store.hpp"
#include "domain/invitations/sender.hpp"

namespace gatehouse::domain::join_store {

struct Target {
  OrganizationNo organization;
  RoleNo role;
  auto operator<=>(const Target&) const = default;
};

struct Row : invitation_store::Offer {
  UserNo user;
  std::optional<IdentityProviderId> identity_provider;  // where the account will sign in once this one is accepted
  bool rejected_by_inviter = false;
  std::optional<Timestamp> responded_at;
};

void insert(sql::Tx& tx, const Row& row, const Sender& sender, OrganizationNo platform, std::string_view secret);
void set_identity_provider(sql::Tx& tx, const InvitationId& id, const std::optional<IdentityProviderId>& provider);
void add_target(sql::Tx& tx, const InvitationId& id, const Target& target);
std::optional<Row> find_by_secret(sql::Tx& tx, std::string_view secret);
std::optional<Row> find(sql::Tx& tx, const InvitationId& id);
// Newest first.
std::vector<Row> of_user(sql::Tx& tx, UserNo user, std::int64_t limit);
std::vector<Target> targets(sql::Tx& tx, const InvitationId& id);
struct NamedTarget : Target {
  InvitationId invitation;
  std::string organization_name;
};
// Of all invitations of that account, by invitation and organization.
std::vector<NamedTarget> targets_of(sql::Tx& tx, UserNo user);

// Of many at once, a statement each however many they are: at most 1024.
// The accounts of these addresses, as they are compared: use(number, address, whether it is proven).
void each_account(sql::Tx& tx, const std::vector<std::string>& email_keys,
                  FunctionRef<void(UserNo, std::string_view, bool)> use);
// Those that can be accepted still, by whom they are vouched for; oldest first.
std::vector<Row> open_of(sql::Tx& tx, std::span<const UserNo> users, std::string_view inviter_kind, const Uuid& inviter,
                         Timestamp now);
void each_target(sql::Tx& tx, std::span<const InvitationId> ids,
                 FunctionRef<void(const InvitationId&, const Target&)> use);
// How many of that sender's were made since then, whatever became of them, by user; nothing of who got none.
void each_count_since(sql::Tx& tx, std::span<const UserNo> users, const Sender& sender, Timestamp since,
                      FunctionRef<void(UserNo, std::int64_t)> use);
// Where an invitation to each of them is open, whoever made it.
void each_offered(sql::Tx& tx, std::span<const UserNo> users, Timestamp now,
                  FunctionRef<void(UserNo, OrganizationNo)> use);
std::map<OrganizationNo, std::string> names(sql::Tx& tx, std::span<const OrganizationNo> organizations);

void set_accepted(sql::Tx& tx, const InvitationId& id, Timestamp now);
void erase_target(sql::Tx& tx, const InvitationId& id, const Target& target);
void erase_targets_at(sql::Tx& tx, OrganizationNo organization);
void erase_of(sql::Tx& tx, UserNo user);
void reject_open_of(sql::Tx& tx, UserNo user, Timestamp now);

}  // namespace gatehouse::domain::join_store
