// What memberships do within units of work: their own, and those of other nouns.
#include <algorithm>
#include <limits>

#include "domain/memberships/membership_log.hpp"
#include "domain/memberships/membership_store.hpp"
#include "domain/memberships/memberships.hpp"

namespace gatehouse::domain {
namespace {

using access::View;
using membership_log::described;
using membership_log::user_id;

bool contains(const std::vector<RoleNo>& roles, RoleNo role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace

void Memberships::set_profile(Unit& unit, UserNo user, OrganizationNo organization, const MembershipPatch& patch) {
  if (!patch.display_name && !patch.attributes) return;
  const auto roles = unit.view().direct_roles(user, organization);
  MembershipPatch before;
  if (const auto stored = membership_store::find(unit.tx(), organization, user)) {
    if (patch.display_name) before.display_name = stored->display_name;
    if (patch.attributes) before.attributes = stored->attributes;
    const bool same_name = !patch.display_name || *patch.display_name == stored->display_name;
    const bool same_attributes = !patch.attributes || *patch.attributes == stored->attributes;
    if (same_name && same_attributes) return;
  }
  if (patch.display_name) membership_store::set_display_name(unit.tx(), user, organization, *patch.display_name);
  if (patch.attributes) membership_store::set_attributes(unit.tx(), user, organization, *patch.attributes);
  unit.record({.action = "membership.updated",
               .organization = organization,
               .target_kind = "membership",
               .target = user_id(unit, user),
               .before = described(unit.view(), roles, before),
               .after = described(unit.view(), roles, patch),
               .facts = {}});
}

void Memberships::erase(Unit& unit, UserNo user, OrganizationNo organization) const {
  auto before = described(unit.view(), unit.view().direct_roles(user, organization));
  membership_store::erase(unit.tx(), user, organization);
  unit.record({.action = "membership.removed",
               .organization = organization,
               .target_kind = "membership",
               .target = user_id(unit, user),
               .before = std::move(before),
               .after = {},
               .facts = {access::HoldingFact{user, organization, false, {}}}});
  for (auto* dependents : dependents_) dependents->membership_removed(unit, user, organization);
}

void Memberships::erase_all(Unit& unit, OrganizationNo organization) const {
  for (const auto user : membership_store::holders(unit.tx(), organization)) erase(unit, user, organization);
}

Result<void> Memberships::keeps_an_admin(Unit& unit, OrganizationNo organization, UserNo user,
                                         const std::vector<RoleNo>& kept) {
  const auto& view = unit.view();
  if (!view.user_is_active(user)) return {};  // counted for nothing before either
  const auto held = view.direct_roles(user, organization);
  std::vector<access::PermissionNo> vital{access::permission::kUsersEdit, access::permission::kMembershipsEdit};
  if (organization == view.platform()) vital.push_back(access::permission::kAccountsEdit);
  for (const auto permission : vital) {
    const auto carries_it = [&](RoleNo role) { return view.role(role)->permissions.contains(permission); };
    // At the platform whoever is left must be no lighter: else nobody could ever give the heaviest role again.
    auto least = std::numeric_limits<std::int32_t>::min();
    for (const auto no : held) {
      if (organization == view.platform() && carries_it(no)) least = std::max(least, view.role(no)->weight);
    }
    std::vector<RoleNo> carriers;
    for (const auto no : view.roles()) {
      if (carries_it(no) && view.role(no)->weight >= least) carriers.push_back(no);
    }
    const auto carries = [&](RoleNo role) { return contains(carriers, role); };
    if (!std::any_of(held.begin(), held.end(), carries) || std::any_of(kept.begin(), kept.end(), carries)) continue;
    if (!membership_store::has_other_holder(unit.tx(), organization, user, carriers)) {
      return conflict("membership.last_admin", "An organization would lose its last admin.");
    }
  }
  return {};
}

namespace {

// Roles that carry both of what it takes to administer memberships.
std::vector<RoleNo> administering_roles(const View& view) {
  std::vector<RoleNo> roles;
  for (const auto no : view.roles()) {
    const auto& carried = view.role(no)->permissions;
    if (carried.contains(access::permission::kUsersEdit) && carried.contains(access::permission::kMembershipsEdit)) {
      roles.push_back(no);
    }
  }
  return roles;
}

}  // namespace

bool Memberships::has_an_admin(Unit& unit, OrganizationNo organization) {
  const auto& view = unit.view();
  const auto roles = administering_roles(view);
  for (auto at = organization; at && at != view.platform(); at = view.parent(at)) {
    if (membership_store::has_other_holder(unit.tx(), at, {}, roles)) return true;
  }
  return false;
}

std::vector<RoleNo> Memberships::roles_granted_between(Unit& unit, OrganizationNo from, OrganizationNo end) {
  std::vector<RoleNo> roles;
  for (auto at = from; at && at != end; at = unit.view().parent(at)) {
    for (const auto role : membership_store::roles_granted_at(unit.tx(), at)) {
      if (!contains(roles, role)) roles.push_back(role);
    }
    // Connections into it flow down as well.
    for (const auto& connection : unit.view().connections_of_customer(at)) {
      for (const auto role : connection.roles) {
        if (!contains(roles, role)) roles.push_back(role);
      }
    }
  }
  return roles;
}

Result<void> Memberships::all_keep_an_admin(Unit& unit, UserNo user) {
  for (const auto& holding : unit.view().holdings(user)) TRY(keeps_an_admin(unit, holding.organization, user, {}));
  return {};
}

bool Memberships::holds(const View& view, UserNo user, OrganizationNo organization, OrganizationRole role,
                        Timestamp now) {
  const auto* wanted = view.role(OrganizationRoles::of(view).number(role));
  if (wanted == nullptr || !view.user_is_active(user)) return false;
  Principal subject;
  subject.kind = Principal::Kind::kUser;
  subject.user = user;
  return view.effective(subject, organization, now).includes(wanted->permissions);
}

Result<void> Memberships::may_be_admin_below(const View& view, const UserId& id, UserNo user, OrganizationNo parent,
                                             Timestamp now) {
  if (!parent || parent == view.platform() || holds(view, user, parent, OrganizationRole::kAdmin, now)) return {};
  return forbidden("membership.not_parent_admin",
                   "User " + id.to_string() + " is not an admin of the parent organization.");
}

}  // namespace gatehouse::domain
