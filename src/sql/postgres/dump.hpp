// A copy of the database as one file, made by PostgreSQL's own pg_dump, which has to be on the path.
#pragma once

#include <string>

#include "base/function_ref.hpp"
#include "base/result.hpp"

namespace gatehouse::sql::postgres {

// What the snapshot `snapshot`, exported by a transaction that is still open, sees. `to` is private to its owner and has
// its name only when it is whole. Errors: backup.failed.
Result<void> dump(const std::string& url, const std::string& snapshot, const std::string& to);

}  // namespace gatehouse::sql::postgres
