// The shape of the tables, of PostgreSQL's own catalogue: those of the current schema.
#pragma once

#include <vector>

#include "sql/database.hpp"

namespace gatehouse::sql::postgres {

// By name in byte order; without bookkeeping.
std::vector<TableShape> tables(Tx& tx);

}  // namespace gatehouse::sql::postgres
