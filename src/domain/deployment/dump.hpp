// A whole deployment as one file, to be taken into an empty store of any engine: every table, with passwords, tokens and
// the log. Secrets stay as the store keeps them, hashed or sealed with the master key, which is not in the file.
//
// JSON Lines, in UTF-8. The first line says the format, the release that wrote it and the version of the schema. Then for
// each table, behind those that it refers to, a line with its name and its columns, and for each row, in the order of
// the primary key, an array: integers as numbers, text as strings, bytes as {"hex":…}, text that is not UTF-8 as
// {"text_hex":…}, null. The last line counts, and holds the SHA-256 of all bytes before it. The same content makes the
// same file, whatever the engine.
//
// What tells of one store's or one node's own life is not part of it (dump_tables.hpp).
#pragma once

#include <cstdint>
#include <istream>
#include <string_view>

#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain {

struct DumpCounts {
  std::int64_t tables = 0;
  std::int64_t rows = 0;
  bool operator==(const DumpCounts&) const = default;
};

// One snapshot, a row at a time; `write` returns false to give up, which is no error here. Errors: store.older and
// store.newer, when the schema is not that of this release.
Result<DumpCounts> write_dump(sql::Database& database, std::string_view release,
                              FunctionRef<bool(std::string_view)> write);

// Whether the master key at hand is the one that a deployment's row was made with (domain/deployment_key); its error is passed
// on as it is.
using KeyCheck = FunctionRef<Result<void>(std::string_view id, std::string_view key_check)>;

// Takes `file` into `database`, which is brought to this release's schema and must hold nothing; all of it in one
// transaction, so that whatever is wrong with the file leaves nothing behind. Around the ledger on purpose: the log comes
// along. No graph may stand on the store yet. Errors: those of check_dump, deployment.not_empty, deployment.other_tables;
// kUnavailable when the engine refuses.
Result<DumpCounts> read_dump(sql::Database& database, std::istream& file, KeyCheck check_key);

// Whether `file` is whole, of this release's schema and of this master key, without a store: to be asked before one is made.
// Errors: deployment.not_a_dump, deployment.damaged, deployment.other_schema, those of the key check.
Result<DumpCounts> check_dump(std::istream& file, KeyCheck check_key);

}  // namespace gatehouse::domain
