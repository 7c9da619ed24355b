#include "server/import_reader_cells.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace gatehouse::server {
namespace {

using Column = ImportColumn;
using domain::ImportKind;

constexpr std::array<std::string_view, kImportColumns> kNames{
    "external_key", "id",     "parent_key",    "name",     "description",      "user_name", "email",
    "display_name", "status", "password_hash", "user_key", "organization_key", "roles",     "attributes"};

// Empty in CSV and absent in JSON mean the same for an id: none.
template <class Row, class IdType>
std::optional<std::string> read_keys(const ImportCells& cells, Row& row) {
  row.external_key = cells.has(Column::kExternalKey) ? cells.at(Column::kExternalKey) : std::string();
  row.id.reset();
  if (!cells.has(Column::kId) || cells.at(Column::kId).empty()) return std::nullopt;
  row.id = IdType::parse(cells.at(Column::kId));
  if (!row.id) return "id must be a UUID";
  return std::nullopt;
}

std::vector<std::string> split_roles(std::string_view text) {
  std::vector<std::string> roles;
  while (true) {
    const auto end = text.find(';');
    auto role = text::collapse_blanks(text.substr(0, end));
    if (!role.empty()) roles.push_back(std::move(role));
    if (end == std::string_view::npos) return roles;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> to_membership(const ImportCells& cells, domain::MembershipRow& row) {
  if (!cells.has(Column::kUserKey) || cells.at(Column::kUserKey).empty()) return "user_key is needed";
  if (!cells.has(Column::kOrganizationKey) || cells.at(Column::kOrganizationKey).empty()) {
    return "organization_key is needed";
  }
  row.user_key = cells.at(Column::kUserKey);
  row.organization_key = cells.at(Column::kOrganizationKey);
  row.display_name = cells.maybe(Column::kDisplayName);
  row.roles = cells.roles;
  if (!row.roles && cells.has(Column::kRoles)) row.roles = split_roles(cells.at(Column::kRoles));
  row.attributes = cells.attributes;
  if (!row.attributes && cells.has(Column::kAttributes)) {
    row.attributes = cells.at(Column::kAttributes).empty() ? std::optional(domain::Attributes())
                                                           : read_attributes(cells.at(Column::kAttributes));
    if (!row.attributes) return "attributes must be a JSON object of texts";
  }
  return std::nullopt;
}

}  // namespace

std::optional<ImportColumn> find_import_column(std::string_view name) {
  const auto* at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<ImportColumn>(at - kNames.begin());
}

std::string_view name(ImportColumn column) { return kNames[static_cast<std::size_t>(column)]; }

std::uint32_t columns_of(ImportKind kind) {
  constexpr auto kKeys = bit(Column::kExternalKey) | bit(Column::kId);
  switch (kind) {
    case ImportKind::kOrganizations:
      return kKeys | bit(Column::kParentKey) | bit(Column::kName) | bit(Column::kDescription);
    case ImportKind::kUsers:
      return kKeys | bit(Column::kUserName) | bit(Column::kEmail) | bit(Column::kDisplayName) | bit(Column::kStatus) |
             bit(Column::kPasswordHash);
    case ImportKind::kMemberships:
      return bit(Column::kUserKey) | bit(Column::kOrganizationKey) | bit(Column::kRoles) | bit(Column::kDisplayName) |
             bit(Column::kAttributes);
  }
  return 0;
}

std::optional<std::string> to_row(const ImportCells& cells, ImportKind kind, domain::ImportRow& row) {
  switch (kind) {
    case ImportKind::kOrganizations: {
      auto& content = row.content.emplace<domain::OrganizationRow>();
      content.parent_key = cells.maybe(Column::kParentKey);
      content.name = cells.maybe(Column::kName);
      content.description = cells.maybe(Column::kDescription);
      return read_keys<domain::OrganizationRow, OrganizationId>(cells, content);
    }
    case ImportKind::kUsers: {
      auto& content = row.content.emplace<domain::UserRow>();
      content.user_name = cells.maybe(Column::kUserName);
      content.email = cells.maybe(Column::kEmail);
      content.display_name = cells.maybe(Column::kDisplayName);
      content.status = cells.maybe(Column::kStatus);
      content.password_hash = cells.maybe(Column::kPasswordHash);
      return read_keys<domain::UserRow, UserId>(cells, content);
    }
    case ImportKind::kMemberships: return to_membership(cells, row.content.emplace<domain::MembershipRow>());
  }
  return std::nullopt;
}

std::optional<domain::Attributes> read_attributes(std::string_view json) {
  const auto parsed = json::parse(json, {.max_depth = 2, .max_bytes = json.size()});
  if (!parsed || !parsed->is_object()) return std::nullopt;
  domain::Attributes attributes;
  for (const auto& member : parsed->get_object()) {
    const auto* text = member.value().if_string();
    if (text == nullptr) return std::nullopt;
    attributes.emplace(std::string(member.key()), std::string(*text));
  }
  return attributes;
}

}  // namespace gatehouse::server
