// Which stored thing a row is about, by its external key, by its id, or by both.
#pragma once

#include <optional>
#include <string>

#include "domain/imports/import_rules.hpp"

namespace gatehouse::domain {

// `by_key` and `by_id` find a stored thing with `id` and `external_key`. Nothing: it is to be made. A thing without an
// external key takes the row's. Errors: import.key_missing, import.key_invalid, import.key_conflict.
template <class Row, class ByKey, class ById>
auto identify(const Row& row, ByKey&& by_key, ById&& by_id) -> Result<decltype(by_key(row.external_key))> {
  using Found = decltype(by_key(row.external_key));
  if (row.external_key.empty() && !row.id) return invalid("import.key_missing", "external_key or id is needed");
  if (row.id && row.id->is_nil()) return invalid("import.key_invalid", "id must not be all zeros");
  Found found;
  if (!row.external_key.empty()) {
    TRY(import_rules::check_external_key(row.external_key));
    found = by_key(row.external_key);
    if (found && row.id && found->id != *row.id) {
      return conflict("import.key_conflict", "external_key " + row.external_key + " is that of another id");
    }
  }
  if (found || !row.id) return found;
  found = by_id(*row.id);
  if (found && !row.external_key.empty() && !found->external_key.empty()) {
    return conflict("import.key_conflict", "id has the external key " + found->external_key + " already");
  }
  return found;
}

}  // namespace gatehouse::domain
