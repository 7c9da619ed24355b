// A copy of one snapshot of the store as one file, while the service goes on writing.
#pragma once

#include <cstdint>
#include <string>

#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "sql/sqlite/connection.hpp"

namespace gatehouse::sql::sqlite {

// Writes beside `to` and renames at the end, so that `to` is never half a backup. `source` is a connection of the
// caller's alone. Errors: backup.target_in_use when a store is open or was left at `to`, backup.failed; and those of
// files.hpp.
Result<void> back_up(const Connection::Settings& source, const std::string& to,
                     FunctionRef<void(std::int64_t, std::int64_t)> progress);

}  // namespace gatehouse::sql::sqlite
