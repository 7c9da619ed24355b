#include <algorithm>

#include "domain/imports/import_rules.hpp"
#include "domain/imports/import_work.hpp"

namespace gatehouse::domain {

using import_store::StoredMembership;

namespace {

// Those of `from` that are not in `without`; both sorted.
std::vector<RoleNo> difference(const std::vector<RoleNo>& from, const std::vector<RoleNo>& without) {
  std::vector<RoleNo> rest;
  std::set_difference(from.begin(), from.end(), without.begin(), without.end(), std::back_inserter(rest));
  return rest;
}

Result<StoredMembership> merged(StoredMembership membership, const MembershipRow& row) {
  if (row.display_name) {
    TRY(import_rules::check_one_line(*row.display_name, "user.display_name_invalid", "display_name"));
    membership.display_name = TRY(user_rules::display_name(*row.display_name));
  }
  if (row.attributes) {
    TRY(membership_rules::check_attributes(*row.attributes));
    membership.attributes = *row.attributes;
  }
  return membership;
}

}  // namespace

// Sorted, each once.
Result<std::vector<RoleNo>> ImportWork::role_numbers(const MembershipRow& row) {
  std::vector<RoleNo> numbers;
  if (!row.roles) return numbers;
  for (const auto& name : *row.roles) {
    if (!last_role_ || name != last_role_name_) {
      last_role_ = unit_.view().find_role(name);
      last_role_name_ = name;
    }
    if (!last_role_) return not_found("role.not_found", "there is no role " + name);
    numbers.push_back(last_role_);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Result<ImportWork::Applied> ImportWork::apply(const MembershipRow& row) {
  const auto user = find_user(row.user_key);
  if (!user) return not_found("user.not_found", "there is no user " + row.user_key);
  const auto organization = find_organization(row.organization_key);
  if (!organization) return not_found("organization.not_found", "there is no organization " + row.organization_key);
  auto roles = TRY(role_numbers(row));
  const auto wanted = TRY(merged({}, row));
  if (import_store::insert(unit_.tx(), user, organization, wanted, unit_.now())) {
    return create(user, organization, std::move(roles));
  }
  return change(user, organization, row, roles);
}

ImportWork::Applied ImportWork::create(UserNo user, OrganizationNo organization, std::vector<RoleNo> roles) {
  for (const auto role : roles) import_store::add_role(unit_.tx(), user, organization, role);
  // Roles may be held without a membership; those stay.
  const auto held = unit_.view().direct_roles(user, organization);
  roles.insert(roles.end(), held.begin(), held.end());
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return done(Applied::kCreated, access::HoldingFact{user, organization, true, std::move(roles)});
}

Result<ImportWork::Applied> ImportWork::change(UserNo user, OrganizationNo organization, const MembershipRow& row,
                                               const std::vector<RoleNo>& roles) {
  const auto before = import_store::membership(unit_.tx(), user, organization).value_or(StoredMembership());
  const auto after = TRY(merged(before, row));
  const auto held = import_store::roles(unit_.tx(), user, organization);
  const auto& wanted = row.roles ? roles : held;
  const auto added = difference(wanted, held);
  const auto removed = difference(held, wanted);
  const bool profile = after.display_name != before.display_name || after.attributes != before.attributes;
  if (added.empty() && removed.empty() && !profile) return Applied::kUnchanged;
  if (!removed.empty()) {
    settle();
    TRY(Memberships::keeps_an_admin(unit_, organization, user, wanted));
  }
  for (const auto role : removed) import_store::remove_role(unit_.tx(), user, organization, role);
  for (const auto role : added) import_store::add_role(unit_.tx(), user, organization, role);
  if (profile) import_store::update(unit_.tx(), user, organization, after);
  return done(Applied::kUpdated, access::HoldingFact{user, organization, true, wanted});
}

}  // namespace gatehouse::domain
