#include "domain/memberships/memberships.hpp"

#include <algorithm>
#include <unordered_set>

#include "domain/memberships/membership_store.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {
namespace {

using access::Policy;
using access::View;

Error no_user() { return not_found("user.not_found", "There is no such user."); }
Error no_membership() { return not_found("membership.not_found", "The user is no member of this organization."); }

// Blanks collapsed; the first fault is the refusal.
Result<MembershipPatch> checked(MembershipPatch patch) {
  if (patch.display_name) patch.display_name = TRY(membership_rules::display_name(*patch.display_name));
  if (patch.attributes) TRY(membership_rules::check_attributes(*patch.attributes));
  return patch;
}

// Fills what the store leaves out.
void complete(Membership& membership, const OrganizationRoles& roles, const OrganizationId& organization) {
  membership.organization = organization;
  membership.organization_role = roles.heaviest(membership.roles);
}

Result<Membership> read_back(Unit& unit, OrganizationNo organization, UserNo user) {
  auto found = membership_store::find(unit.tx(), organization, user);
  if (!found) return no_membership();
  complete(*found, OrganizationRoles::of(unit.view()),
           unit.view().organization_id(organization).value_or(OrganizationId()));
  return *std::move(found);
}

// One entry of a batch, against everything that a membership needs; nothing is changed.
Result<UserNo> check_new(Unit& unit, const access::Pass& pass, const NewMembership& entry,
                         const OrganizationRoles& roles) {
  const auto& view = unit.view();
  const auto at = pass.organization();
  const auto user = view.find_user(entry.user);
  if (!user) return not_found("user.not_found", "There is no user " + entry.user.to_string() + ".");
  if (view.is_member(user, at)) {
    return conflict("membership.exists",
                    "User " + entry.user.to_string() + " is a member of this organization already.");
  }
  TRY(Policy::may_admit(view, unit.permissions(), pass, at, user, {roles.number(entry.role)}));
  TRY(Policy::may_assign(view, unit.permissions(), pass, at, {roles.number(entry.role)}));
  if (entry.role == OrganizationRole::kAdmin) {
    TRY(Memberships::may_be_admin_below(view, entry.user, user, view.parent(at), unit.now()));
  }
  return user;
}

// The organizations at and below `top` where the user is a member or holds a role.
std::vector<View::Holding> holdings_within(const View& view, UserNo user, OrganizationNo top) {
  auto holdings = view.holdings(user);
  std::erase_if(holdings, [&](const View::Holding& holding) { return !view.is_within(holding.organization, top); });
  return holdings;
}

}  // namespace

Page<Membership> Memberships::list(const access::Permit<access::Action::kMembershipList>& permit,
                                   const MembershipFilter& filter, const Paging& paging) const {
  OrganizationRoles roles;
  OrganizationId organization;
  std::int64_t total = -1;
  ledger_.graph().read([&](const View& view) {
    roles = OrganizationRoles::of(view);
    organization = view.organization_id(permit.organization()).value_or(OrganizationId());
    if (!filter.organization_role && filter.search.empty()) total = view.member_count(permit.organization());
  });
  Page<Membership> page;
  ledger_.read(
      [&](sql::Tx& tx) { page = membership_store::list(tx, permit.organization(), filter, roles, paging, total); });
  for (auto& membership : page.items) complete(membership, roles, organization);
  return page;
}

Result<Membership> Memberships::get(const access::Permit<access::Action::kMembershipGet>& permit,
                                    const UserId& user) const {
  OrganizationRoles roles;
  OrganizationId organization;
  UserNo no;
  ledger_.graph().read([&](const View& view) {
    roles = OrganizationRoles::of(view);
    organization = view.organization_id(permit.organization()).value_or(OrganizationId());
    no = view.find_user(user);
  });
  if (!no) return no_membership();
  std::optional<Membership> found;
  ledger_.read([&](sql::Tx& tx) { found = membership_store::find(tx, permit.organization(), no); });
  if (!found) return no_membership();
  complete(*found, roles, organization);
  return *std::move(found);
}

Result<Page<OrganizationOfUser>> Memberships::list_of_user(const access::Permit<access::Action::kAccountGet>& permit,
                                                           const UserId& user, const Paging& paging) const {
  OrganizationRoles roles;
  UserNo no;
  bool all = false;
  OrganizationNo hidden;  // the platform, to whoever does not administer it
  std::unordered_set<OrganizationNo> shared;
  ledger_.graph().read([&](const View& view) {
    const auto& who = permit.principal();
    roles = OrganizationRoles::of(view);
    no = view.find_user(user);
    const bool administers = view.allows(who, access::permission::kAccountsView, view.platform(), permit.now());
    all = who.user_id() == user || administers;
    if (!administers) hidden = view.platform();
    if (all || !no) return;
    for (const auto& holding : view.holdings(no)) {
      if (view.allows(who, access::permission::kUsersView, holding.organization, permit.now()))
        shared.insert(holding.organization);
    }
  });
  if (!no || (!all && shared.empty())) return no_user();
  Page<OrganizationOfUser> page;
  ledger_.read([&](sql::Tx& tx) {
    page = membership_store::list_of_user(
        tx, no, roles,
        [&](OrganizationNo organization) { return organization != hidden && (all || shared.contains(organization)); },
        paging);
  });
  return page;
}

Result<std::vector<Membership>> Memberships::create(const access::Permit<access::Action::kMembershipCreate>& permit,
                                                    std::span<const NewMembership> entries) {
  if (entries.empty() || entries.size() > kMaxMembershipBatch) {
    return invalid("membership.batch_size", "Give between 1 and 100 users.");
  }
  return ledger_.write(permit, [&](Unit& unit) -> Result<std::vector<Membership>> {
    const auto roles = OrganizationRoles::of(unit.view());
    const auto at = permit.organization();
    std::vector<UserNo> users;
    for (const auto& entry : entries) {
      const auto user = TRY(check_new(unit, permit, entry, roles));
      if (std::find(users.begin(), users.end(), user) != users.end()) {
        return conflict("membership.exists", "User " + entry.user.to_string() + " is listed twice.");
      }
      users.push_back(user);
    }
    std::vector<Membership> created;
    for (std::size_t i = 0; i < users.size(); ++i) {
      put(unit, users[i], at, {roles.number(entries[i].role)});
      created.push_back(TRY(read_back(unit, at, users[i])));
    }
    return created;
  });
}

Result<Membership> Memberships::update(const access::Permit<access::Action::kMembershipUpdate>& permit,
                                       const UserId& user, const MembershipPatch& patch) {
  const auto wanted = TRY(checked(patch));
  return ledger_.write(permit, [&](Unit& unit) -> Result<Membership> {
    const auto at = permit.organization();
    const auto no = unit.view().find_user(user);
    if (!no || !unit.view().is_member(no, at)) return no_membership();
    TRY(Policy::may_touch(unit.view(), permit, at, no));
    if (wanted.organization_role) {
      const auto roles = OrganizationRoles::of(unit.view());
      const auto held = unit.view().direct_roles(no, at);
      const auto next = roles.number(*wanted.organization_role);
      std::vector<RoleNo> kept{next};
      std::vector<RoleNo> removed;
      for (const auto role : held) {
        if (role == next) continue;
        (roles.contains(role) ? removed : kept).push_back(role);
      }
      std::vector<RoleNo> added;
      if (std::find(held.begin(), held.end(), next) == held.end()) added.push_back(next);
      std::vector<RoleNo> touched(added);
      touched.insert(touched.end(), removed.begin(), removed.end());
      TRY(Policy::may_assign(unit.view(), unit.permissions(), permit, at, touched));
      TRY(Policy::may_admit(unit.view(), unit.permissions(), permit, at, no, touched));
      TRY(keeps_an_admin(unit, at, no, kept));
      change_roles(unit, no, at, added, removed);
    }
    set_profile(unit, no, at, wanted);
    return read_back(unit, at, no);
  });
}

Result<Membership> Memberships::update_own(const access::Permit<access::Action::kMembershipSelfEdit>& permit,
                                           const std::string& display_name) {
  if (permit.principal().kind != Principal::Kind::kUser)
    return forbidden("access.person_needed", "Only a signed-in person can do this.");
  MembershipPatch patch;
  patch.display_name = display_name;
  const auto wanted = TRY(checked(std::move(patch)));
  return ledger_.write(permit, [&](Unit& unit) -> Result<Membership> {
    const auto user = permit.principal().user;
    if (!unit.view().is_member(user, permit.organization())) return no_membership();
    set_profile(unit, user, permit.organization(), wanted);
    return read_back(unit, permit.organization(), user);
  });
}

Result<void> Memberships::remove_in(Unit& unit, const access::Pass& pass, UserNo user) const {
  const auto& view = unit.view();
  if (!user || !view.is_member(user, pass.organization())) return no_membership();
  if (pass.principal().user == user)
    return forbidden("membership.own", "Nobody removes themselves from an organization.");
  const auto holdings = holdings_within(view, user, pass.organization());
  for (const auto& holding : holdings) {
    TRY(Policy::may_touch(view, pass, holding.organization, user));
    TRY(Policy::may_assign(view, unit.permissions(), pass, holding.organization, holding.roles));
    TRY(keeps_an_admin(unit, holding.organization, user, {}));
  }
  for (const auto& holding : holdings) erase(unit, user, holding.organization);
  return {};
}

Result<void> Memberships::remove(const access::Permit<access::Action::kMembershipRemove>& permit, const UserId& user) {
  return ledger_.write(permit, [&](Unit& unit) { return remove_in(unit, permit, unit.view().find_user(user)); });
}

Result<void> Memberships::remove(const access::Permit<access::Action::kUserRemove>& permit, const MemberName& who) {
  return ledger_.write(permit, [&](Unit& unit) {
    auto user = who.user ? unit.view().find_user(*who.user) : UserNo();
    if (who.email) {
      const auto found = Users::find_by_email(unit.tx(), *who.email);
      if (found) user = found->no;
    }
    return remove_in(unit, permit, user);
  });
}

}  // namespace gatehouse::domain
