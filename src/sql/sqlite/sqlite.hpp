// The embedded engine: SQLite 3.40 in WAL mode, synchronous=FULL.
//
// Exactly one connection writes and checkpoints (wal_autocheckpoint=0 on every connection; a background thread asks the
// lane for a passive checkpoint), because Debian's 3.40 can corrupt the WAL when two connections reset it at once.
// One read connection per thread.
// A data directory belongs to one process: the lock on `<file>.lock` is held until the database is closed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sql/database.hpp"

namespace gatehouse::sql {

struct SqliteOptions {
  std::string path;
  std::int64_t mmap_bytes = 4LL << 30U;
  std::int64_t read_cache_kib = 8192;    // page cache of one read connection
  std::int64_t checkpoint_pages = 4000;  // growth of the WAL after which the background thread asks for a checkpoint
  bool exclusive = true;                 // take the process lock; false only for tools that just read
  // Told what the caller of the lane is not (it gets kUnavailable): one line for the operator's log, on any thread.
  // By default it goes to stderr.
  std::function<void(std::string_view)> report{};
};

// Errors, each one sentence that says what to do: directory missing or not writable, held by another process, not a
// database.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

}  // namespace gatehouse::sql
