#include "sql/sqlite/tables.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sql::sqlite {
namespace {

void read_columns(Tx& tx, TableShape& table) {
  std::vector<std::pair<std::int64_t, std::string>> key;
  tx.each("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", {table.name}, [&](const Row& row) {
    table.columns.push_back({std::string(row.text(0)), column_type(row.text(1))});
    if (row.integer(2) > 0) key.emplace_back(row.integer(2), row.text(0));
    return true;
  });
  std::sort(key.begin(), key.end());
  for (auto& [place, name] : key) table.primary_key.push_back(std::move(name));
}

void read_references(Tx& tx, TableShape& table) {
  std::int64_t last = -1;
  tx.each(R"(SELECT id, "table", "from", "to" FROM pragma_foreign_key_list($1) ORDER BY id, seq)", {table.name},
          [&](const Row& row) {
            if (row.integer(0) != last) table.references.push_back({{}, std::string(row.text(1)), {}});
            last = row.integer(0);
            table.references.back().columns.emplace_back(row.text(2));
            if (!row.is_null(3)) table.references.back().referred.emplace_back(row.text(3));
            return true;
          });
}

}  // namespace

std::vector<TableShape> tables(Tx& tx) {
  std::vector<TableShape> all;
  tx.each("SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name", {},
          [&](const Row& row) {
            if (!is_bookkeeping(row.text(0))) all.push_back({std::string(row.text(0)), {}, {}, {}});
            return true;
          });
  for (auto& table : all) {
    read_columns(tx, table);
    read_references(tx, table);
  }
  for (auto& table : all) {
    for (auto& reference : table.references) {
      if (!reference.referred.empty()) continue;
      // REFERENCES without columns means the primary key.
      const auto target =
          std::find_if(all.begin(), all.end(), [&](const TableShape& each) { return each.name == reference.table; });
      if (target != all.end()) reference.referred = target->primary_key;
    }
    std::sort(table.references.begin(), table.references.end());
  }
  return all;
}

}  // namespace gatehouse::sql::sqlite
