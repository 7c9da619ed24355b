// The columns of import files and what one row has in them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/imports/import_rows.hpp"

namespace gatehouse::server {

enum class ImportColumn : std::uint8_t {
  kExternalKey,
  kId,
  kParentKey,
  kName,
  kDescription,
  kUserName,
  kEmail,
  kDisplayName,
  kStatus,
  kPasswordHash,
  kUserKey,
  kOrganizationKey,
  kRoles,
  kAttributes,
};
inline constexpr std::size_t kImportColumns = 14;

std::optional<ImportColumn> find_import_column(std::string_view name);
std::string_view name(ImportColumn column);
constexpr std::uint32_t bit(ImportColumn column) { return 1U << static_cast<unsigned>(column); }
// The columns that a kind may have.
std::uint32_t columns_of(domain::ImportKind kind);

struct ImportCells {
  std::array<std::string, kImportColumns> text;
  std::uint32_t given = 0;  // bits of those that the row has
  // Of JSON, where they are an array and an object; of CSV they are text.
  std::optional<std::vector<std::string>> roles;
  std::optional<domain::Attributes> attributes;

  void clear() {
    given = 0;
    roles.reset();
    attributes.reset();
  }
  std::string& set(ImportColumn column) {
    given |= bit(column);
    return text[static_cast<std::size_t>(column)];
  }
  [[nodiscard]] bool has(ImportColumn column) const { return (given & bit(column)) != 0; }
  [[nodiscard]] const std::string& at(ImportColumn column) const { return text[static_cast<std::size_t>(column)]; }
  [[nodiscard]] std::optional<std::string> maybe(ImportColumn column) const {
    return has(column) ? std::optional(at(column)) : std::nullopt;
  }
};

// The cells as a row of that kind; what is wrong with them, or nothing.
std::optional<std::string> to_row(const ImportCells& cells, domain::ImportKind kind, domain::ImportRow& row);
// Attributes written as a JSON object of texts; nothing when they are not.
std::optional<domain::Attributes> read_attributes(std::string_view json);

}  // namespace gatehouse::server
