// One SQLite connection with its prepared statements. For one thread at a time: it is opened without SQLite's mutexes.
// Knows nothing of transactions. Every failure is an EngineError in SQLite's own words, without the values bound.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "sql/database.hpp"

namespace gatehouse::sql::sqlite {

// Throws EngineError: what `db` says about its last failure, and the statement if there is one.
[[noreturn]] void fail(sqlite3* db, std::string_view sql = {});

struct Statement {
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  std::string text;
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
  std::vector<std::uint16_t> numbers;  // SQLite's parameter i + 1 is $(numbers[i])
  std::size_t values = 0;              // how many values it takes: the highest number
  bool readonly = true;
  bool lent = false;
  std::uint64_t last_used = 0;
};

// A statement out of the cache for as long as it is being stepped; returns it, reset, at the end.
class Lease {
 public:
  explicit Lease(Statement& cached) : statement_(&cached) { statement_->lent = true; }
  explicit Lease(std::unique_ptr<Statement> own) : own_(std::move(own)), statement_(own_.get()) {}
  ~Lease() {
    // What it returns is the failure of the last step again, which was reported then.
    sqlite3_reset(statement_->handle.get());
    statement_->lent = false;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  [[nodiscard]] sqlite3_stmt* handle() const { return statement_->handle.get(); }
  const Statement* operator->() const { return statement_; }
  // Binds by name. Views of `values` are not copied.
  void bind(Values values) const;

 private:
  std::unique_ptr<Statement> own_;
  Statement* statement_;
};

enum class Access : std::uint8_t { kRead, kWrite };

class Connection {
 public:
  struct Settings {
    std::string path;
    Access access = Access::kRead;
    std::int64_t mmap_bytes = 0;
    std::int64_t cache_kib = 2048;
  };
  // The file must exist.
  explicit Connection(const Settings& settings);

  // The statement for `sql`, prepared now or before. One that is lent already is prepared anew, for this lease alone.
  [[nodiscard]] Lease lease(std::string_view sql);
  // A statement without parameters and rows: BEGIN, COMMIT, …
  void command(std::string_view sql);
  // Several statements, not kept.
  void script(std::string_view sql);

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
  [[nodiscard]] sqlite3* raw() const { return db_.get(); }
  [[nodiscard]] std::size_t cached_statements() const { return statements_.size(); }

  static constexpr std::size_t kCacheLimit = 256;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  [[nodiscard]] std::unique_ptr<Statement> prepare(std::string_view sql) const;
  Statement* keep(std::unique_ptr<Statement> statement);
  void drop_oldest();

  std::unique_ptr<sqlite3, Close> db_;  // first, so that the statements go before it
  std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;  // keyed by their own text
  std::array<Statement*, 64> recent_{};  // by the address of the text, most are literals; the text itself decides
  std::uint64_t uses_ = 0;
};

}  // namespace gatehouse::sql::sqlite
