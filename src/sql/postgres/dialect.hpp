// The schema's SQL, written once for all engines, as PostgreSQL wants it.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::sql::postgres {

// `WITHOUT ROWID` is SQLite's; INTEGER holds 32 bits here, so it becomes BIGINT; TEXT gets the collation "C", so that order
// and ranges are those of the bytes, whatever the database's locale is. Words in comments, quotes and names stay.
std::string translate_schema(std::string_view sql);

// How many values a statement takes: the highest n of its $n.
std::size_t count_parameters(std::string_view sql);

}  // namespace gatehouse::sql::postgres
