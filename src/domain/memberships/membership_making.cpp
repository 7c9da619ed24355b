#include "domain/memberships/membership_making.hpp"

#include <algorithm>

#include "domain/memberships/membership_log.hpp"
#include "domain/memberships/membership_store.hpp"

namespace gatehouse::domain {
namespace {

using access::View;
using membership_log::described;
using membership_log::user_id;

bool contains(const std::vector<RoleNo>& roles, RoleNo role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// What a membership is once it has these roles as well. Of what there is the graph knows as much as the store.
access::HoldingFact as_held(const View& view, UserNo user, OrganizationNo organization,
                            const std::vector<RoleNo>& roles) {
  access::HoldingFact fact{user, organization, true, view.direct_roles(user, organization)};
  for (const auto role : roles) {
    if (!contains(fact.roles, role)) fact.roles.push_back(role);
  }
  std::sort(fact.roles.begin(), fact.roles.end());
  return fact;
}

bool adds_nothing(const View& view, const access::HoldingFact& fact) {
  return view.is_member(fact.user, fact.organization) &&
         view.direct_roles(fact.user, fact.organization).size() == fact.roles.size();
}

void insert(Unit& unit, const access::HoldingFact& fact) {
  if (!unit.view().is_member(fact.user, fact.organization)) {
    membership_store::insert(unit.tx(), fact.user, fact.organization, unit.now());
  }
}

void add_roles(Unit& unit, const access::HoldingFact& fact) {
  const auto held = unit.view().direct_roles(fact.user, fact.organization);
  for (const auto role : fact.roles) {
    if (!contains(held, role)) membership_store::add_role(unit.tx(), fact.user, fact.organization, role);
  }
}

void record(Unit& unit, const UserId& id, access::HoldingFact fact) {
  const auto& view = unit.view();
  const bool member = view.is_member(fact.user, fact.organization);
  auto before = member ? described(view, view.direct_roles(fact.user, fact.organization)) : std::string();
  auto after = described(view, fact.roles);
  unit.record({.action = member ? "membership.updated" : "membership.created",
               .organization = fact.organization,
               .target_kind = "membership",
               .target = id,
               .before = std::move(before),
               .after = std::move(after),
               .facts = {std::move(fact)}});
}

}  // namespace

void membership_making::put(Unit& unit, UserNo user, const UserId& id, std::span<const OrganizationNo> organizations,
                            const std::vector<RoleNo>& roles) {
  std::vector<access::HoldingFact> facts;
  for (const auto organization : organizations) {
    auto fact = as_held(unit.view(), user, organization, roles);
    if (!adds_nothing(unit.view(), fact)) facts.push_back(std::move(fact));
  }
  // Table by table: rows of one go to the store together.
  for (const auto& fact : facts) insert(unit, fact);
  for (const auto& fact : facts) add_roles(unit, fact);
  for (auto& fact : facts) record(unit, id, std::move(fact));
}

void Memberships::put(Unit& unit, UserNo user, OrganizationNo organization, const std::vector<RoleNo>& roles) {
  auto fact = as_held(unit.view(), user, organization, roles);
  if (adds_nothing(unit.view(), fact)) return;
  insert(unit, fact);
  add_roles(unit, fact);
  record(unit, user_id(unit, user), std::move(fact));
}

void Memberships::change_roles(Unit& unit, UserNo user, OrganizationNo organization, const std::vector<RoleNo>& added,
                               const std::vector<RoleNo>& removed) {
  if (added.empty() && removed.empty()) return;
  const auto& view = unit.view();
  auto before = described(view, view.direct_roles(user, organization));
  for (const auto role : removed) membership_store::remove_role(unit.tx(), user, organization, role);
  for (const auto role : added) membership_store::add_role(unit.tx(), user, organization, role);
  auto fact = as_held(view, user, organization, added);
  fact.member = view.is_member(user, organization);
  std::erase_if(fact.roles, [&](RoleNo role) { return contains(removed, role) && !contains(added, role); });
  auto after = described(view, fact.roles);
  unit.record({.action = "membership.updated",
               .organization = organization,
               .target_kind = "membership",
               .target = user_id(unit, user),
               .before = std::move(before),
               .after = std::move(after),
               .facts = {std::move(fact)}});
}

}  // namespace gatehouse::domain
