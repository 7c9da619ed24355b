// The history of the schema: which migrations a store has had, in the table schema_version. Forward only.
#pragma once

#include <span>

#include "sql/writer.hpp"

namespace gatehouse::sql {

// Applies what is missing, each in a transaction of its own. Error: store.newer, and nothing was changed.
// Throws EngineError, naming the migration, when one fails: those before it stay, of itself nothing does.
Result<void> apply_migrations(Writer& writer, std::span<const Migration> migrations);

// Whether the store has exactly `migrations`, without writing. Errors: store.newer, store.older.
Result<void> check_migrations(Tx& tx, std::span<const Migration> migrations);

}  // namespace gatehouse::sql
