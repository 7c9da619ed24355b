// Members and the roles they hold directly: who is there, who may be changed, and the change.
#include <algorithm>
#include <unordered_map>

#include "domain/memberships/membership_store.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {
namespace {

using access::Policy;
using access::View;

Error no_membership() { return not_found("membership.not_found", "The user is no member of this organization."); }

// Administrators of the deployment are nobody's users.
bool is_internal(const View& view, UserNo user) {
  const auto roles = view.direct_roles(user, view.platform());
  return std::any_of(roles.begin(), roles.end(), [&](RoleNo no) {
    const auto& carried = view.role(no)->permissions;
    return carried.contains(access::permission::kUsersEdit) || carried.contains(access::permission::kAccountsEdit);
  });
}

RolesOfMember described(const View& view, const access::Pass& pass, UserNo user, const UserId& id,
                        std::string_view email) {
  const auto& who = pass.principal();
  const auto at = pass.organization();
  RolesOfMember member;
  member.user = id;
  member.email = email;
  member.own = who.kind == Principal::Kind::kUser && who.user == user;
  member.roles = role_names(view, view.direct_roles(user, at));
  access::PermissionSet editing;
  editing.insert(access::permission::kUsersEdit);
  member.editable = view.allows(who, access::permission::kUsersEdit, at, pass.now()) && !is_internal(view, user) &&
                    Policy::may_touch(view, pass, at, user).ok() &&
                    Policy::may_give_through(view, pass, at, user, {}, editing).ok();
  return member;
}

}  // namespace

std::vector<UserNo> Memberships::in_order(const access::Permit<access::Action::kMembershipList>& permit) const {
  std::vector<UserNo> users;
  ledger_.read([&](sql::Tx& tx) { users = membership_store::by_email(tx, permit.organization()); });
  const auto& who = permit.principal();
  if (who.kind == Principal::Kind::kUser) {
    const auto own = std::find(users.begin(), users.end(), who.user);
    if (own != users.end()) std::rotate(users.begin(), own, own + 1);
  }
  return users;
}

Result<std::vector<RolesOfMember>> Memberships::with_roles(
    const access::Permit<access::Action::kMembershipList>& permit, std::span<const UserNo> users) const {
  TRY(ledger_.policy().still(permit));
  struct Address {
    UserId id;
    std::string email;
  };
  std::unordered_map<std::uint32_t, Address> addresses;
  ledger_.read([&](sql::Tx& tx) {
    membership_store::each_address(tx, users, [&](UserNo user, const UserId& id, std::string_view email) {
      addresses.emplace(user.value, Address{id, std::string(email)});
    });
  });
  std::vector<RolesOfMember> members;
  members.reserve(users.size());
  ledger_.graph().read([&](const View& view) {
    for (const auto user : users) {
      const auto found = addresses.find(user.value);
      if (found == addresses.end() || is_internal(view, user)) continue;
      if (!view.is_member(user, permit.organization())) continue;
      members.push_back(described(view, permit, user, found->second.id, found->second.email));
    }
  });
  return members;
}

Result<RolesOfMember> Memberships::add(const access::Permit<access::Action::kUserAdd>& permit,
                                       const std::string& email) {
  TRY(user_rules::check_email(email));
  return ledger_.write(permit, [&](Unit& unit) -> Result<RolesOfMember> {
    const auto user = Users::find_by_email(unit.tx(), email);
    if (!user) return not_found("user.not_found", "There is no account with this e-mail address.");
    if (unit.view().is_member(user->no, permit.organization())) {
      return conflict("membership.exists", "The user is a member of this organization already.");
    }
    TRY(Policy::may_give(unit.view(), unit.permissions(), permit, permit.organization(), user->no, {}));
    put(unit, user->no, permit.organization(), {});
    return described(unit.view(), permit, user->no, user->id, user->email);
  });
}

Result<std::vector<std::string>> Memberships::edit_roles(const access::Permit<access::Action::kUserRolesEdit>& permit,
                                                         const UserId& user, const RoleEdit& edit) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<std::vector<std::string>> {
    const auto& view = unit.view();
    const auto at = permit.organization();
    const auto no = view.find_user(user);
    if (!no || !view.is_member(no, at)) return no_membership();
    const auto change = TRY(resolve(view, edit, view.direct_roles(no, at)));
    TRY(Policy::may_give(view, unit.permissions(), permit, at, no, change.named));
    if (!change.removed.empty()) TRY(keeps_an_admin(unit, at, no, change.after));
    change_roles(unit, no, at, change.added, change.removed);
    return role_names(unit.view(), change.after);
  });
}

}  // namespace gatehouse::domain
