// Which tables a deployment is made of: all that the engine tells of, but those of one node's own life.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/database.hpp"

namespace gatehouse::domain {

// Each behind the tables that it refers to, else by name. Throws std::logic_error when there is no such order, or a table
// has no primary key: the migrations are wrong then.
std::vector<sql::TableShape> deployment_tables(sql::Database& database, sql::Tx& tx);

// "no", "id": for a statement.
std::string column_list(const std::vector<std::string>& names);
std::vector<std::string> names_of(const std::vector<sql::Column>& columns);
inline std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

// The places of `names` among `columns`; what is not there is left out.
std::vector<std::size_t> places_of(const std::vector<std::string>& names, const std::vector<sql::Column>& columns);

}  // namespace gatehouse::domain
