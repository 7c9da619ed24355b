#include "domain/deployment/dump_tables.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace gatehouse::domain {
namespace {

bool is_of_a_node(std::string_view table) { return table == "nodes" || table.starts_with("node_"); }

}  // namespace

std::vector<sql::TableShape> deployment_tables(sql::Database& database, sql::Tx& tx) {
  std::vector<sql::TableShape> waiting = database.tables(tx);
  std::erase_if(waiting, [](const sql::TableShape& table) { return is_of_a_node(table.name); });
  std::set<std::string> placed;
  std::vector<sql::TableShape> ordered;
  while (!waiting.empty()) {
    const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const sql::TableShape& table) {
      return std::all_of(table.references.begin(), table.references.end(), [&](const sql::Reference& reference) {
        return reference.table == table.name || placed.contains(reference.table);
      });
    });
    if (next == waiting.end()) throw std::logic_error("tables refer to each other in a circle: " + waiting[0].name);
    if (next->primary_key.empty()) throw std::logic_error("a table without a primary key: " + next->name);
    placed.insert(next->name);
    ordered.push_back(std::move(*next));
    waiting.erase(next);
  }
  return ordered;
}

std::string column_list(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list.append(list.empty() ? "" : ", ").append(quoted(name));
  return list;
}

std::vector<std::string> names_of(const std::vector<sql::Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::size_t> places_of(const std::vector<std::string>& names, const std::vector<sql::Column>& columns) {
  std::vector<std::size_t> places;
  for (const auto& name : names) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const sql::Column& column) { return column.name == name; });
    if (found != columns.end()) places.push_back(static_cast<std::size_t>(found - columns.begin()));
  }
  return places;
}

}  // namespace gatehouse::domain
