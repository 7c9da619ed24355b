#include "domain/deployment/dump_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/deployment/dump_tables.hpp"

namespace gatehouse::domain {
namespace {

// So often a row is waited for: what is sent along to the engine does not pile up.
constexpr std::int64_t kWaitEvery = 256;

std::string insert_of(const sql::TableShape& shape, const std::vector<sql::Column>& columns, bool has_rows) {
  std::string places;
  std::string changes;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = quoted(columns[i].name);
    places += fmt::format("{}${}", places.empty() ? "" : ", ", i + 1);
    changes += fmt::format("{}{} = excluded.{}", changes.empty() ? "" : ", ", name, name);
  }
  std::string statement =
      fmt::format("INSERT INTO {} ({}) VALUES ({})", quoted(shape.name), column_list(names_of(columns)), places);
  if (has_rows) statement += fmt::format(" ON CONFLICT ({}) DO UPDATE SET {}", column_list(shape.primary_key), changes);
  return statement;
}

std::string update_of(const sql::TableShape& shape, const std::vector<std::string>& referring) {
  std::string changes;
  std::string key;
  std::size_t number = 0;
  for (const auto& name : referring)
    changes += fmt::format("{}{} = ${}", changes.empty() ? "" : ", ", quoted(name), ++number);
  for (const auto& name : shape.primary_key)
    key += fmt::format("{}{} = ${}", key.empty() ? "" : " AND ", quoted(name), ++number);
  return fmt::format("UPDATE {} SET {} WHERE {}", quoted(shape.name), changes, key);
}

std::vector<sql::Column> in_order(const sql::TableShape& shape, const std::vector<std::string>& names) {
  std::vector<sql::Column> columns;
  for (const auto place : places_of(names, shape.columns)) columns.push_back(shape.columns[place]);
  return columns;
}

}  // namespace

DumpTable::DumpTable(sql::Tx& tx, const sql::TableShape& shape, const std::vector<std::string>& columns, bool has_rows)
    : tx_(tx),
      name_(shape.name),
      has_rows_(has_rows),
      columns_(in_order(shape, columns)),
      key_(places_of(shape.primary_key, columns_)),
      insert_(insert_of(shape, columns_, has_rows)) {
  for (const auto& reference : shape.references) {
    if (reference.table != shape.name) continue;
    self_.push_back({places_of(reference.columns, columns_), places_of(reference.referred, columns_),
                     update_of(shape, reference.columns)});
  }
}

Result<void> DumpTable::add(std::string_view row) {
  TRY(row_.read(row, columns_));
  if (!self_.empty()) hold_back();
  const sql::Values values(row_.values());
  if (++rows_ % kWaitEvery == 0) {
    tx_.execute(insert_, values);
  } else {
    tx_.post(insert_, values);
  }
  return {};
}

void DumpTable::hold_back() {
  auto& values = row_.values();
  const KeptCells key(values, key_);
  for (const auto& reference : self_) {
    KeptCells value(values, reference.places);
    // Rows come in the order of their keys: one that is not behind this row is there.
    if (value.any_null() || (reference.referred == key_ && value <= key)) continue;
    later_.push_back({&reference, key, std::move(value)});
    for (const auto place : reference.places) values[place] = sql::Value(nullptr);
  }
}

Result<void> DumpTable::finish() {
  std::vector<sql::Value> values;
  for (const auto& [reference, key, value] : later_) {
    values.clear();
    value.append_to(values);
    key.append_to(values);
    tx_.execute(reference->update, sql::Values(values));
  }
  later_.clear();
  if (has_rows_ && tx_.integer("SELECT count(*) FROM " + quoted(name_)) != rows_) {
    return invalid("deployment.other_tables", "the file is not of this release: it has not every row of the table " +
                                                  name_ + " that a new store has");
  }
  return {};
}

}  // namespace gatehouse::domain
