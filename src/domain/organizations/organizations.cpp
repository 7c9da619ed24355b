#include "domain/organizations/organizations.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "domain/organizations/organization_rules.hpp"
#include "domain/organizations/organization_store.hpp"

namespace gatehouse::domain {
namespace {

using access::Policy;

Error no_organization() { return not_found("organization.not_found", "There is no such organization."); }
Error name_taken() { return conflict("organization.name_taken", "An organization of this name exists already."); }
Error too_deep() { return conflict("organization.too_deep", "Organizations are at most 64 levels deep."); }
Error is_platform() { return forbidden("organization.is_platform", "The platform itself cannot be changed."); }
Error version_mismatch() {
  return {ErrorKind::kPreconditionFailed, "organization.version_mismatch", "The organization was changed meanwhile."};
}

std::string described(const Organization& organization) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object()
      .member("name", organization.name)
      .member("description", organization.description)
      .key("parentOrgId");
  if (organization.parent) {
    writer.value(organization.parent->to_string());
  } else {
    writer.null();
  }
  writer.end_object();
  return json;
}

// The listed admins of a new organization, as numbers.
Result<std::vector<UserNo>> checked_admins(Unit& unit, OrganizationNo parent, const std::vector<UserId>& admins) {
  const auto& view = unit.view();
  if (admins.size() > kMaxListedAdmins) {
    return invalid_field("organization.admins_invalid", "admins", "must be at most 100 users");
  }
  std::vector<UserNo> numbers;
  for (const auto& id : admins) {
    const auto user = view.find_user(id);
    if (!user) return not_found("user.not_found", "There is no user " + id.to_string() + ".");
    TRY(Memberships::may_be_admin_below(view, id, user, parent, unit.now()));
    numbers.push_back(user);
  }
  return numbers;
}

// Numbered, stored and recorded. Errors: organization.name_taken.
Result<Organization> add(Unit& unit, OrganizationNo parent, Organization made, const std::string& key) {
  made.no = {unit.next_number("organizations")};
  made.id = OrganizationId::make(unit.now(), unit.random());
  made.created_at = unit.now();
  made.updated_at = unit.now();
  if (!organization_store::insert(unit.tx(), made, parent, key)) return name_taken();
  unit.record({.action = "organization.created",
               .organization = made.no,
               .target_kind = "organization",
               .target = made.id,
               .before = {},
               .after = described(made),
               .facts = {access::OrganizationFact{made.no, made.id, parent},
                         access::OrganizationNameFact{made.no, text::name_key(made.name)}}});
  return made;
}

Result<Organization> read_back(Unit& unit, OrganizationNo no) {
  auto found = organization_store::find(unit.tx(), no);
  if (!found) return no_organization();
  return *std::move(found);
}

}  // namespace

Result<Organization> Organizations::insert(Unit& unit, OrganizationNo parent, const NewOrganization& input) {
  Organization made;
  made.name = TRY(organization_rules::name(input.name));
  made.description = TRY(organization_rules::description(input.description));
  if (unit.view().depth(parent) + 1 > kMaxOrganizationDepth) return too_deep();
  if (parent != unit.view().platform()) made.parent = unit.view().organization_id(parent);
  const auto key = text::name_key(made.name);
  return add(unit, parent, std::move(made), key);
}

std::string Organizations::name_of(sql::Tx& tx, OrganizationNo no) {
  const auto found = organization_store::find(tx, no);
  return found ? found->name : std::string();
}

Result<Organization> Organizations::create_in(Unit& unit, const access::Pass& pass, OrganizationNo parent,
                                              const NewOrganization& input) {
  const auto admin = OrganizationRoles::of(unit.view()).number(OrganizationRole::kAdmin);
  auto admins = TRY(checked_admins(unit, parent, input.admins));
  const auto& creator = pass.principal();
  // A machine client's narrowed rights and an agency's give no admin; the parent's admins hold from above.
  const bool own_right = Policy::acts_in_own_right(unit.view(), pass, parent, {admin}).ok();
  for (const auto user : admins) {
    TRY(Policy::may_give_through(unit.view(), pass, parent, user, {admin}, Policy::needed(pass)));
  }
  if (creator.kind == Principal::Kind::kUser && own_right) admins.insert(admins.begin(), creator.user);
  // Rule 2. At the top the creator makes something of its own; below, it gives what the parent's admins gave to it.
  if (parent != unit.view().platform() && !admins.empty()) {
    TRY(Policy::may_assign(unit.view(), unit.permissions(), pass, parent, {admin}));
  }
  auto made = TRY(insert(unit, parent, input));
  for (const auto user : admins) Memberships::put(unit, user, made.no, {admin});
  return made;
}

Result<Organization> Organizations::create(const access::Permit<access::Action::kOrganizationCreate>& permit,
                                           const NewOrganization& input) {
  return ledger_.write(permit, [&](Unit& unit) { return create_in(unit, permit, permit.organization(), input); });
}

Result<Organization> Organizations::create_top(const access::Permit<access::Action::kOrganizationCreateTop>& permit,
                                               const NewOrganization& input) {
  return ledger_.write(permit, [&](Unit& unit) { return create_in(unit, permit, unit.view().platform(), input); });
}

Result<Organization> Organizations::get(const access::Permit<access::Action::kOrganizationGet>& permit) const {
  std::optional<Organization> found;
  ledger_.read([&](sql::Tx& tx) { found = organization_store::find(tx, permit.organization()); });
  if (!found) return no_organization();
  return *std::move(found);
}

Result<Organization> Organizations::update(const access::Permit<access::Action::kOrganizationUpdate>& permit,
                                           const OrganizationPatch& patch) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<Organization> {
    if (permit.organization() == unit.view().platform()) return is_platform();
    const auto before = TRY(read_back(unit, permit.organization()));
    if (!accepts(patch.expected_versions, before.version)) return version_mismatch();
    Organization after = before;
    if (patch.name) after.name = TRY(organization_rules::name(*patch.name));
    if (patch.description) after.description = TRY(organization_rules::description(*patch.description));
    if (after.name == before.name && after.description == before.description) return before;
    after.version = before.version + 1;
    after.updated_at = unit.now();
    const auto key = text::name_key(after.name);
    if (!organization_store::update(unit.tx(), after, key)) return name_taken();
    std::vector<access::Fact> facts;
    if (after.name != before.name) facts.emplace_back(access::OrganizationNameFact{after.no, key});
    unit.record({.action = "organization.updated",
                 .organization = after.no,
                 .target_kind = "organization",
                 .target = after.id,
                 .before = described(before),
                 .after = described(after),
                 .facts = std::move(facts)});
    return after;
  });
}

Result<void> Organizations::remove(const access::Permit<access::Action::kOrganizationDelete>& permit,
                                   const OrganizationRemoval& removal) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto no = permit.organization();
    const auto& view = unit.view();
    const auto& who = permit.principal();
    if (no == view.platform()) return is_platform();
    const auto before = TRY(read_back(unit, no));
    if (!accepts(removal.expected_versions, before.version)) return version_mismatch();
    if (removal.expected_name && *removal.expected_name != before.name) {
      return invalid_field("organization.name_mismatch", "expected_name", "must be the name of the organization");
    }
    if (view.parent(no) == view.platform() &&
        !view.allows(who, access::permission::kOrganizationsDelete, view.platform(), unit.now())) {
      return forbidden("organization.is_root", "Only a platform administrator deletes a top-level organization.");
    }
    if (view.has_children(no))
      return forbidden("organization.has_children", "The organization has organizations below it.");
    const std::int64_t own = who.user && view.is_member(who.user, no) ? 1 : 0;
    if (view.member_count(no) > own) return forbidden("organization.has_users", "The organization has other users.");
    for (auto* dependents : dependents_) dependents->organization_removed(unit, no);
    memberships_.erase_all(unit, no);
    organization_store::erase(unit.tx(), no);
    unit.record({.action = "organization.removed",
                 .organization = no,
                 .target_kind = "organization",
                 .target = before.id,
                 .before = described(before),
                 .after = {},
                 .facts = {access::OrganizationGone{no}}});
    return {};
  });
}

namespace {

// Where it goes, and whether the caller may put it there. `from` and the result are parents; the platform's is the top.
Result<OrganizationNo> new_place(Unit& unit, const access::Pass& pass, OrganizationNo from,
                                 const std::optional<OrganizationId>& new_parent) {
  const auto& view = unit.view();
  const auto& who = pass.principal();
  const auto admits = [&](OrganizationNo at, access::PermissionNo permission) -> Result<void> {
    if (view.allows(who, permission, at, unit.now())) return {};
    return forbidden("access.forbidden", "You need the permission " + std::string(unit.permissions().name(permission)) +
                                             " in the old and the new parent organization.");
  };
  auto to = view.platform();
  if (new_parent) {
    to = view.find_organization(*new_parent);
    if (!to || !view.reaches(who, to, unit.now())) return no_organization();
  }
  // The top is nobody's: whoever administers a top-level organization may take it from there, and any person may
  // create there.
  if (from != view.platform()) TRY(admits(from, access::permission::kOrganizationsMove));
  if (to == view.platform()) {
    if (who.kind != Principal::Kind::kUser && who.kind != Principal::Kind::kSystem) {
      return forbidden("access.person_needed", "Only a signed-in person can do this.");
    }
    return to;
  }
  TRY(admits(to, access::permission::kOrganizationsMove));
  TRY(admits(to, access::permission::kOrganizationsCreate));
  return to;
}

// Rule 2. A move takes away what flows down from the old place and gives what flows down from the new one, so it
// needs what giving and taking those roles needs.
Result<void> may_exchange(Unit& unit, const access::Pass& pass, OrganizationNo no, OrganizationNo from,
                          OrganizationNo to) {
  const auto& view = unit.view();
  auto shared = from;
  while (shared && !view.is_within(to, shared)) shared = view.parent(shared);
  auto roles = Memberships::roles_granted_between(unit, from, shared);
  const auto given = Memberships::roles_granted_between(unit, to, shared);
  roles.insert(roles.end(), given.begin(), given.end());
  return Policy::may_assign(view, unit.permissions(), pass, no, roles);
}

}  // namespace

Result<Organization> Organizations::move(const access::Permit<access::Action::kOrganizationMove>& permit,
                                         const std::optional<OrganizationId>& new_parent) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<Organization> {
    const auto no = permit.organization();
    const auto& view = unit.view();
    if (no == view.platform()) return is_platform();
    const auto from = view.parent(no);
    const auto to = TRY(new_place(unit, permit, from, new_parent));
    auto before = TRY(read_back(unit, no));
    if (to == from) return before;
    TRY(Policy::acts_in_own_right(view, permit, no));
    TRY(Policy::acts_in_own_right(view, permit, to));
    if (view.is_within(to, no)) return conflict("organization.cycle", "An organization cannot be moved below itself.");
    if (view.depth(to) + 1 + organization_store::height(unit.tx(), no) > kMaxOrganizationDepth) return too_deep();
    TRY(may_exchange(unit, permit, no, from, to));
    Organization moved = before;
    moved.version = before.version + 1;
    moved.updated_at = unit.now();
    moved.parent = to == view.platform() ? std::nullopt : view.organization_id(to);
    organization_store::set_parent(unit.tx(), moved, to);
    unit.record({.action = "organization.moved",
                 .organization = no,
                 .target_kind = "organization",
                 .target = moved.id,
                 .before = described(before),
                 .after = described(moved),
                 .facts = {access::OrganizationFact{no, moved.id, to}}});
    if (!Memberships::has_an_admin(unit, no)) {
      return conflict("membership.last_admin", "Nobody would be left to administer the organization.");
    }
    return moved;
  });
}

Result<OrganizationNo> Organizations::ensure_platform() {
  return ledger_.unguarded("first start", Principal::system(), [&](Unit& unit) -> Result<OrganizationNo> {
    if (const auto known = unit.view().platform()) return known;
    Organization platform;
    platform.name = "Platform";
    // No visible name has an empty key, so nobody's organization clashes with the platform.
    return TRY(add(unit, {}, std::move(platform), "")).no;
  });
}

}  // namespace gatehouse::domain
