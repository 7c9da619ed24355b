#include "sql/tables.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "sql/database.hpp"

namespace gatehouse::sql {

bool is_bookkeeping(std::string_view table) {
  return table.starts_with("schema_version") || table.starts_with("lane_");
}

ColumnType column_type(std::string_view declared) {
  const std::string type = text::ascii_lower(declared);
  if (type == "bigint" || type == "integer") return ColumnType::kInteger;
  if (type == "text") return ColumnType::kText;
  if (type == "bytea") return ColumnType::kBytes;
  throw EngineError(fmt::format("the type {} is not one of portable SQL", declared));
}

}  // namespace gatehouse::sql
