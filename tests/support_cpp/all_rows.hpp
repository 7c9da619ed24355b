// Every row of every table as one text, so that a test can say that nothing at all was changed, or that a secret is nowhere.
#pragma once

#include <string>

#include "sql/database.hpp"

namespace gatehouse::testing {

// Integers as digits; text and bytes as they are, with their size before them, so that no two contents look alike.
inline std::string all_rows(sql::Database& database) {
  std::string all;
  const auto put = [&](const sql::Row& row, int column, sql::ColumnType type) {
    if (row.is_null(column)) {
      all += "null ";
    } else if (type == sql::ColumnType::kInteger) {
      all.append(std::to_string(row.integer(column))).push_back(' ');
    } else {
      const auto text = type == sql::ColumnType::kText ? row.text(column) : row.bytes(column);
      all.append(std::to_string(text.size())).append(":").append(text).push_back(' ');
    }
  };
  database.read([&](sql::Tx& tx) {
    for (const auto& table : database.tables(tx)) {
      std::string columns;
      for (const auto& column : table.columns) columns.append(columns.empty() ? "" : ", ").append(column.name);
      std::string order;
      for (const auto& column : table.primary_key) order.append(order.empty() ? " ORDER BY " : ", ").append(column);
      all.append(table.name).push_back('\n');
      tx.each("SELECT " + columns + " FROM " + table.name + order, {}, [&](const sql::Row& row) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) put(row, static_cast<int>(i), table.columns[i].type);
        all.push_back('\n');
        return true;
      });
    }
  });
  return all;
}

}  // namespace gatehouse::testing
