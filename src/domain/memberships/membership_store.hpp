// The SQL of memberships and of the roles that users hold directly.
#pragma once

#include "base/function_ref.hpp"
#include "domain/memberships/memberships.hpp"

namespace gatehouse::domain::membership_store {

// The public name of a user number, for the log.
std::optional<UserId> user_id(sql::Tx& tx, UserNo user);
// Does nothing where there is one.
void insert(sql::Tx& tx, UserNo user, OrganizationNo organization, Timestamp now);
void add_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role);
void remove_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role);
void set_display_name(sql::Tx& tx, UserNo user, OrganizationNo organization, const std::string& display_name);
void set_attributes(sql::Tx& tx, UserNo user, OrganizationNo organization, const Attributes& attributes);
void erase(sql::Tx& tx, UserNo user, OrganizationNo organization);
// Every user who is a member or holds a role there.
std::vector<UserNo> holders(sql::Tx& tx, OrganizationNo organization);
std::vector<RoleNo> roles_granted_at(sql::Tx& tx, OrganizationNo organization);
// Somebody besides `except` who holds one of the roles there, and can sign in if `except` can: an account without a
// password cannot yet.
bool has_other_holder(sql::Tx& tx, OrganizationNo organization, UserNo except, const std::vector<RoleNo>& roles);

// `organization` and `organization_role` are left to the caller. `total` < 0 is counted here.
Page<Membership> list(sql::Tx& tx, OrganizationNo organization, const MembershipFilter& filter,
                      const OrganizationRoles& roles, const Paging& paging, std::int64_t total);
std::optional<Membership> find(sql::Tx& tx, OrganizationNo organization, UserNo user);
Page<OrganizationOfUser> list_of_user(sql::Tx& tx, UserNo user, const OrganizationRoles& roles,
                                      FunctionRef<bool(OrganizationNo)> keep, const Paging& paging);

// The members by e-mail.
std::vector<UserNo> by_email(sql::Tx& tx, OrganizationNo organization);
// Calls use(number, id, email) for each of the users, in no order.
void each_address(sql::Tx& tx, std::span<const UserNo> users,
                  FunctionRef<void(UserNo, const UserId&, std::string_view)> use);

void load(sql::Tx& tx, access::Graph& graph);

}  // namespace gatehouse::domain::membership_store
