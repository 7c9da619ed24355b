// The engine for several nodes: PostgreSQL 13 or later, by libpq.
//
// One connection writes, a bounded pool reads, one watches what other nodes write. Tables sort by their bytes whatever the
// database's locale; the database must be UTF8. Needs connections that stay one session each (no transaction pooling by a
// proxy), to the server that takes writes: it asks for target_session_attrs=read-write itself.
// Durability is the server's: what is acknowledged has been committed with synchronous_commit at least on.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "sql/database.hpp"

namespace gatehouse::sql {

struct PostgresOptions {
  std::string url;                                     // secret: it may hold a password
  std::size_t read_connections = 16;                   // at most; two more write and watch
  std::chrono::milliseconds connect_within{3'000};     // one server; at least 2 s
  std::chrono::milliseconds statement_within{30'000};  // a reading statement
  std::chrono::milliseconds lock_within{3'000};        // waiting for another node's group
  std::chrono::milliseconds write_within{5'000};       // trying a group again, and finding out what became of one
  std::chrono::milliseconds watch_within{1'000};       // an answer to the watch
  bool writes = true;                                  // false for tools that just read
  // Told what the caller of the lane is not, one line for the operator's log, on any thread. By default to stderr.
  std::function<void(std::string_view)> report{};
};

// Errors, each one sentence that says what to do, without the password: not to be reached, too old, not UTF8.
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options, Random& random);

}  // namespace gatehouse::sql
