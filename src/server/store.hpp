// The store that the configuration names: an SQLite file, or a PostgreSQL database.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "server/config.hpp"
#include "sql/database.hpp"

namespace gatehouse::server {

// How a command wants the store.
enum class Opening {
  kServe,    // made when it is not there; first administrator, roles and keys put in. A file: exclusively
  kChange,   // it must be there. A file: exclusively
  kInspect,  // beside a running server; nothing is written
};

// The file; nothing when the store is a database on a server.
[[nodiscard]] std::string store_file(const Config& config);

// Errors: one sentence that says what to do. Nothing is written yet, but for an empty file.
Result<std::unique_ptr<sql::Database>> open_store(const Config& config, Opening opening, Random& random,
                                                  std::function<void(std::string_view)> report);
// Whether nothing was ever written to it.
[[nodiscard]] bool is_new(sql::Database& database);

}  // namespace gatehouse::server
