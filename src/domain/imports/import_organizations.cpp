#include <algorithm>

#include "base/text.hpp"
#include "domain/imports/identify.hpp"
#include "domain/imports/import_work.hpp"
#include "domain/organizations/organization_rules.hpp"
#include "domain/organizations/organizations.hpp"

namespace gatehouse::domain {

using import_store::StoredOrganization;

namespace {

Error name_taken(const std::string& name) {
  return conflict("organization.name_taken", "another organization has the name " + name);
}

Result<std::string> checked_name(const std::string& name) {
  TRY(import_rules::check_one_line(name, "organization.name_invalid", "name"));
  return organization_rules::name(name);
}

Error too_deep() { return conflict("organization.too_deep", "organizations are at most 64 levels deep"); }

}  // namespace

Result<ImportWork::Applied> ImportWork::apply(const OrganizationRow& row) {
  auto& tx = unit_.tx();
  const auto known = TRY(identify(
      row, [&](const std::string& key) { return import_store::organization_by_key(tx, key); },
      [&](const OrganizationId& id) { return import_store::organization_by_id(tx, id); }));
  if (!known) return create(row);
  if (!known->parent) return forbidden("organization.is_platform", "the platform itself cannot be changed");
  return change(*known, row);
}

Result<ImportWork::Applied> ImportWork::wait(std::string_view code, std::string reason) {
  why_ = conflict(code, std::move(reason));
  return Applied::kWaits;
}

// `stored` when the row says nothing, 0 when the parent is unknown yet.
Result<OrganizationNo> ImportWork::parent_of(const OrganizationRow& row, OrganizationNo stored) {
  if (!row.parent_key) return stored;
  if (row.parent_key->empty()) return unit_.view().platform();
  if (*row.parent_key == kPlatformKey) {
    return invalid("import.parent_invalid", "parent_key is left empty at the top of the tree");
  }
  return find_organization(*row.parent_key);
}

Result<ImportWork::Applied> ImportWork::create(const OrganizationRow& row) {
  StoredOrganization made;
  made.external_key = row.external_key;
  made.name = TRY(checked_name(row.name.value_or("")));
  made.description = TRY(organization_rules::description(row.description.value_or("")));
  made.parent = TRY(parent_of(row, unit_.view().platform()));
  if (!made.parent) return wait("import.parent_unknown", "there is no organization " + *row.parent_key);
  // The path of the parent holds the platform, which is at no level.
  if (import_store::path_up(unit_.tx(), made.parent).size() > kMaxOrganizationDepth) { return too_deep(); }
  const auto name_key = text::name_key(made.name);
  if (import_store::organization_name_taken(unit_.tx(), name_key, {})) return name_taken(made.name);
  made.no = {unit_.next_number("organizations")};
  made.id = row.id ? *row.id : OrganizationId::make(unit_.now(), unit_.random());
  import_store::insert(unit_.tx(), made, name_key, unit_.now());
  if (!made.external_key.empty()) memory_.organizations.put(made.external_key, made.no.value);
  const auto applied = done(Applied::kCreated, access::OrganizationFact{made.no, made.id, made.parent});
  facts_.emplace_back(access::OrganizationNameFact{made.no, name_key});
  return applied;
}

Result<ImportWork::Applied> ImportWork::change(const StoredOrganization& before, const OrganizationRow& row) {
  StoredOrganization after = before;
  if (after.external_key.empty()) after.external_key = row.external_key;
  if (row.name) after.name = TRY(checked_name(*row.name));
  if (row.description) after.description = TRY(organization_rules::description(*row.description));
  after.parent = TRY(parent_of(row, before.parent));
  if (!after.parent) return wait("import.parent_unknown", "there is no organization " + *row.parent_key);
  const bool moved = after.parent != before.parent;
  if (!moved && after.name == before.name && after.description == before.description &&
      after.external_key == before.external_key) {
    return Applied::kUnchanged;
  }
  if (moved) {
    const auto path = import_store::path_up(unit_.tx(), after.parent);
    if (std::find(path.begin(), path.end(), after.no) != path.end()) {
      // A later row may move the other one away.
      return wait("organization.cycle", "the organization would be below itself");
    }
    if (path.size() + static_cast<std::size_t>(import_store::height(unit_.tx(), after.no)) > kMaxOrganizationDepth) {
      return too_deep();
    }
  }
  const auto name_key = text::name_key(after.name);
  if (import_store::organization_name_taken(unit_.tx(), name_key, after.no)) return name_taken(after.name);
  import_store::update(unit_.tx(), after, name_key, unit_.now());
  const auto applied = done(Applied::kUpdated, access::OrganizationFact{after.no, after.id, after.parent});
  if (after.name != before.name) facts_.emplace_back(access::OrganizationNameFact{after.no, name_key});
  return applied;
}

}  // namespace gatehouse::domain
