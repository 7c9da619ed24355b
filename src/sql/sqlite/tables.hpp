// The shape of the tables, of SQLite's own catalogue.
#pragma once

#include <vector>

#include "sql/database.hpp"

namespace gatehouse::sql::sqlite {

// By name; without bookkeeping and SQLite's own tables.
std::vector<TableShape> tables(Tx& tx);

}  // namespace gatehouse::sql::sqlite
