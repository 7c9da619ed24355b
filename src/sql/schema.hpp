// The history of the schema: which migrations a store has had, in the table schema_version, and which older programs can go
// on with each, in schema_version_support. Forward only. So that a deployment can be upgraded node by node, a release expands
// the schema in steps that the release before it works with, and a later one takes away what nobody uses any more.
#pragma once

#include <span>

#include "sql/writer.hpp"

namespace gatehouse::sql {

// Applies what is missing, each in a transaction of its own. Error: store.newer, and nothing was changed, when the store has
// steps that these do not know and that do not work with them.
// Throws EngineError, naming the migration, when one fails: those before it stay, of itself nothing does.
Result<void> apply_migrations(Writer& writer, std::span<const Migration> migrations);

// Whether the store can be read by who knows `migrations`, without writing. Errors: store.newer, store.older.
Result<void> check_migrations(Tx& tx, std::span<const Migration> migrations);

}  // namespace gatehouse::sql
