#include "sql/postgres/tables.hpp"

#include <algorithm>
#include <map>

namespace gatehouse::sql::postgres {
namespace {

// Types are cast, so that the catalogue's own (name, oid, int2[]) never reach a Row.
constexpr std::string_view kColumns = R"sql(
SELECT CAST(c.relname AS TEXT) COLLATE "C" AS table_name, CAST(a.attname AS TEXT), format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY table_name, a.attnum)sql";

constexpr std::string_view kPrimaryKeys = R"sql(
SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS part (attnum, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum
WHERE k.contype = 'p' AND c.relnamespace = CAST(current_schema() AS regnamespace)
ORDER BY k.oid, part.place)sql";

constexpr std::string_view kReferences = R"sql(
SELECT CAST(c.relname AS TEXT), CAST(r.relname AS TEXT), CAST(a.attname AS TEXT), CAST(b.attname AS TEXT),
       CAST(part.place AS BIGINT)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_class r ON r.oid = k.confrelid
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS part (own, theirs, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.own
JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = part.theirs
WHERE k.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace)
ORDER BY k.oid, part.place)sql";

}  // namespace

std::vector<TableShape> tables(Tx& tx) {
  std::vector<TableShape> all;
  tx.each(kColumns, {}, [&](const Row& row) {
    if (is_bookkeeping(row.text(0))) return true;
    if (all.empty() || all.back().name != row.text(0)) all.push_back({std::string(row.text(0)), {}, {}, {}});
    all.back().columns.push_back({std::string(row.text(1)), column_type(row.text(2))});
    return true;
  });
  std::map<std::string, TableShape*, std::less<>> by_name;
  for (auto& table : all) by_name.emplace(table.name, &table);
  tx.each(kPrimaryKeys, {}, [&](const Row& row) {
    if (const auto table = by_name.find(row.text(0)); table != by_name.end())
      table->second->primary_key.emplace_back(row.text(1));
    return true;
  });
  tx.each(kReferences, {}, [&](const Row& row) {
    const auto table = by_name.find(row.text(0));
    if (table == by_name.end()) return true;
    auto& references = table->second->references;
    if (row.integer(4) == 1) references.push_back({{}, std::string(row.text(1)), {}});
    references.back().columns.emplace_back(row.text(2));
    references.back().referred.emplace_back(row.text(3));
    return true;
  });
  for (auto& table : all) std::sort(table.references.begin(), table.references.end());
  return all;
}

}  // namespace gatehouse::sql::postgres
