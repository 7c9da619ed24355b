// What the tables of a store look like, asked of the engine itself: so that what goes over all of them, such as moving a
// deployment, keeps no list that somebody forgets to extend. Refuses types that portable SQL does not have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::sql {

enum class ColumnType : std::uint8_t { kInteger, kText, kBytes };

struct Column {
  std::string name;
  ColumnType type;
  bool operator==(const Column&) const = default;
};

// FOREIGN KEY (columns) REFERENCES table (referred).
struct Reference {
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> referred;
  auto operator<=>(const Reference&) const = default;
};

struct TableShape {
  std::string name;
  std::vector<Column> columns;           // as they were declared, then as they were added
  std::vector<std::string> primary_key;  // in the key's order; empty: it has none
  std::vector<Reference> references;     // by their columns
};

// Tables of the layer itself, which tell of one store's own life: schema_version and those of the lane (`lane_…`).
[[nodiscard]] bool is_bookkeeping(std::string_view table);
// By the name that the engine gives a type, in any case. Throws EngineError for one that is not portable.
ColumnType column_type(std::string_view declared);

}  // namespace gatehouse::sql
