// The store that a test opens: on the engine that GATEHOUSE_TEST_ENGINE names, SQLite without it. On PostgreSQL it is a
// database of its own on the server of GATEHOUSE_TEST_POSTGRES. Gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/schema.hpp"
#include "sql/postgres/temporary_database.hpp"
#include "sql/sqlite/temporary_store.hpp"
#include "support_cpp/all_rows.hpp"

namespace gatehouse::testing {

enum class Engine { kSqlite, kPostgres };

inline Engine engine() {
  const char* named = std::getenv("GATEHOUSE_TEST_ENGINE");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  const std::string_view name = named == nullptr ? "sqlite" : named;
  if (name == "sqlite") return Engine::kSqlite;
  if (name == "postgres") return Engine::kPostgres;
  throw std::runtime_error("GATEHOUSE_TEST_ENGINE is neither sqlite nor postgres");
}

class TestStore {
 public:
  TestStore() {
    if (engine() == Engine::kPostgres) {
      database_.emplace(with_tables().name());
    } else {
      directory_.emplace();
    }
  }

  // One at a time on SQLite; on PostgreSQL each is a node.
  [[nodiscard]] std::unique_ptr<sql::Database> open() const {
    if (database_) return sql::open_or_throw({.url = database_->url()});
    return sql::open_or_throw({.path = directory_->file("gatehouse.db")});
  }

  // What is kept, as bytes, to look for what must not be: the files of SQLite, the rows of PostgreSQL.
  [[nodiscard]] std::string kept(sql::Database& opened) const {
    if (database_) return all_rows(opened);
    std::ostringstream bytes;
    for (const auto& file : std::filesystem::directory_iterator(directory_->path())) {
      bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
      bytes.clear();  // an empty file is no failure
    }
    return bytes.str();
  }

 private:
  // Copied for each test: to make all tables takes longer than most tests.
  static const sql::TemporaryPostgres& with_tables() {
    static const sql::TemporaryPostgres made;
    static const auto migrated = sql::open_or_throw({.url = made.url()})->migrate(domain::migrations());
    if (!migrated) throw std::runtime_error(migrated.error().detail);
    return made;
  }

  std::optional<sql::TemporaryDirectory> directory_;
  std::optional<sql::TemporaryPostgres> database_;
};

}  // namespace gatehouse::testing
