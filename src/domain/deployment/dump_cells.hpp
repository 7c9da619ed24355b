// One row of a dump: cells to JSON and back, without loss. Refuses cells that are not of their column's type.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain {

// Onto the end of `out`: an array of the columns' values.
void append_row(std::string& out, const sql::Row& row, const std::vector<sql::Column>& columns);

// The cells of one row that was read. Used over and over; values live until the next `read`.
class DumpRow {
 public:
  // Error: deployment.damaged, without the line's content.
  Result<void> read(std::string_view json, const std::vector<sql::Column>& columns);
  [[nodiscard]] const std::vector<sql::Value>& values() const { return values_; }
  [[nodiscard]] std::vector<sql::Value>& values() { return values_; }

 private:
  bool take(const boost::json::value& cell, sql::ColumnType type);

  boost::json::value json_;
  std::deque<std::string> decoded_;  // what was hexadecimal
  std::vector<sql::Value> values_;
};

// The bytes in one cell of a row, whatever its other columns are; nothing when the cell holds none.
std::optional<std::string> bytes_in(std::string_view row, std::size_t place);

void append_hex(std::string& out, std::string_view bytes);

// Some cells of a row that outlive it. In the order of primary keys: numbers by value, all else by its bytes.
class KeptCells {
 public:
  KeptCells(const std::vector<sql::Value>& values, const std::vector<std::size_t>& places);
  [[nodiscard]] bool any_null() const;
  // Null is before everything.
  [[nodiscard]] std::strong_ordering operator<=>(const KeptCells& other) const;
  bool operator==(const KeptCells& other) const { return (*this <=> other) == std::strong_ordering::equal; }
  // Views of this object.
  void append_to(std::vector<sql::Value>& values) const;

 private:
  struct Cell {
    sql::Value::Type type;
    std::int64_t integer;
    std::string text;
    auto operator<=>(const Cell&) const = default;
  };
  std::vector<Cell> cells_;
};

}  // namespace gatehouse::domain
