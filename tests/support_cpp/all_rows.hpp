// Every row of every table as one text, so that a test can say that nothing at all was changed.
#pragma once

#include <string>
#include <vector>

#include "sql/database.hpp"

namespace gatehouse::testing {

inline std::string all_rows(sql::Database& database) {
  std::string all;
  database.read([&](sql::Tx& tx) {
    std::vector<std::string> tables;
    tx.each("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {}, [&](const sql::Row& row) {
      tables.emplace_back(row.text(0));
      return true;
    });
    for (const auto& table : tables) {
      std::string columns;
      tx.each("SELECT name FROM pragma_table_info($1) ORDER BY cid", {table}, [&](const sql::Row& row) {
        columns += (columns.empty() ? "quote(" : " || ' ' || quote(") + std::string(row.text(0)) + ")";
        return true;
      });
      all.append(table).push_back('\n');
      tx.each("SELECT " + columns + " FROM " + table + " ORDER BY 1", {}, [&](const sql::Row& row) {
        all.append(row.text(0)).push_back('\n');
        return true;
      });
    }
  });
  return all;
}

}  // namespace gatehouse::testing
