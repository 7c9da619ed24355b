#include "sql/sqlite/connection.hpp"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace gatehouse::sql::sqlite {
namespace {

constexpr std::size_t kQuotedSql = 200;  // of a faulty statement in a message
constexpr int kBusyMs = 5000;            // somebody's own tool may hold the file for a moment

// The counters of SQLite's allocator are behind one process-wide mutex, and nobody reads them.
void configure_once() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

// The number of a parameter named "$12"; 0 when it is named otherwise.
std::uint16_t number_of(const char* name) {
  if (name == nullptr || *name != '$') return 0;
  const std::string_view digits(name + 1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

void number_parameters(Statement& statement) {
  const int count = sqlite3_bind_parameter_count(statement.handle.get());
  std::vector<bool> seen(static_cast<std::size_t>(count) + 1);
  for (int index = 1; index <= count; ++index) {
    const std::uint16_t number = number_of(sqlite3_bind_parameter_name(statement.handle.get(), index));
    // SQLite gives a repeated name one index, so numbers without a gap are 1 … count.
    if (number == 0 || number > count || seen[number]) {
      throw EngineError(fmt::format("the parameters are not $1 to ${} in: {:.200}", count, statement.text));
    }
    seen[number] = true;
    statement.numbers.push_back(number);
  }
  statement.values = static_cast<std::size_t>(count);
}

int bind_one(sqlite3_stmt* handle, int index, const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull: return sqlite3_bind_null(handle, index);
    case Value::Type::kInteger: return sqlite3_bind_int64(handle, index, value.integer());
    case Value::Type::kText: {
      const std::string_view text = value.view();
      // A null pointer would bind NULL: the empty view is the empty text.
      return sqlite3_bind_text64(handle, index, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    case Value::Type::kBytes: {
      const std::string_view bytes = value.view();
      return sqlite3_bind_blob64(handle, index, bytes.data() != nullptr ? bytes.data() : "", bytes.size(),
                                 SQLITE_STATIC);
    }
  }
  return SQLITE_MISUSE;
}

}  // namespace

void fail(sqlite3* db, std::string_view sql) {
  const int code = sqlite3_extended_errcode(db);
  if (sql.empty()) throw EngineError(fmt::format("SQLite: {} ({})", sqlite3_errmsg(db), code));
  const auto words = fmt::format("SQLite: {} ({}) in: {}", sqlite3_errmsg(db), code, sql.substr(0, kQuotedSql));
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH: throw StatementRefused(words);
    default: throw EngineError(words);
  }
}

void Lease::bind(Values values) const {
  if (values.size() != statement_->values) {
    throw EngineError(
        fmt::format("{} values for {} parameters in: {:.200}", values.size(), statement_->values, statement_->text));
  }
  int index = 0;
  for (const std::uint16_t number : statement_->numbers) {
    if (bind_one(handle(), ++index, values[number - 1U]) != SQLITE_OK) {
      fail(sqlite3_db_handle(handle()), statement_->text);
    }
  }
}

Connection::Connection(const Settings& settings) {
  configure_once();
  const bool writes = settings.access == Access::kWrite;
  sqlite3* db = nullptr;
  const int access = writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int opened = sqlite3_open_v2(settings.path.c_str(), &db, flags, nullptr);
  db_.reset(db);
  if (opened != SQLITE_OK) fail(db);
  sqlite3_busy_timeout(db, kBusyMs);
  // Only the connection that writes may checkpoint, closing the last reader must not.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, writes ? 0 : 1, nullptr);
  script(
      fmt::format("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{}; PRAGMA mmap_size={};",
                  settings.cache_kib, settings.mmap_bytes));
}

Lease Connection::lease(std::string_view sql) {
  Statement*& recent = recent_[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4U) % recent_.size()];
  Statement* statement = recent;
  if (statement == nullptr || statement->text != sql) {
    const auto found = statements_.find(sql);
    statement = found != statements_.end() ? found->second.get() : keep(prepare(sql));
    recent = statement;
  }
  if (statement->lent) return Lease(prepare(sql));
  statement->last_used = ++uses_;
  return Lease(*statement);
}

void Connection::command(std::string_view sql) {
  const Lease statement = lease(sql);
  if (sqlite3_step(statement.handle()) != SQLITE_DONE) fail(raw(), sql);
}

void Connection::script(std::string_view sql) {
  if (sqlite3_exec(raw(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(raw());
}

std::unique_ptr<Statement> Connection::prepare(std::string_view sql) const {
  auto statement = std::make_unique<Statement>();
  statement->text = sql;
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const std::string& text = statement->text;
  const int prepared = sqlite3_prepare_v3(raw(), text.c_str(), static_cast<int>(text.size() + 1),
                                          SQLITE_PREPARE_PERSISTENT, &handle, &rest);
  if (prepared != SQLITE_OK) fail(raw(), sql);
  statement->handle.reset(handle);
  if (handle == nullptr || std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    throw EngineError(fmt::format("not exactly one statement: {}", sql.substr(0, kQuotedSql)));
  }
  statement->readonly = sqlite3_stmt_readonly(handle) != 0;
  number_parameters(*statement);
  return statement;
}

Statement* Connection::keep(std::unique_ptr<Statement> statement) {
  if (statements_.size() >= kCacheLimit) drop_oldest();
  Statement* kept = statement.get();
  statements_.emplace(kept->text, std::move(statement));
  return kept;
}

// A scan, but only beside a prepare, which costs far more.
void Connection::drop_oldest() {
  auto oldest = statements_.end();
  for (auto at = statements_.begin(); at != statements_.end(); ++at) {
    if (at->second->lent) continue;
    if (oldest == statements_.end() || at->second->last_used < oldest->second->last_used) oldest = at;
  }
  if (oldest == statements_.end()) return;
  std::replace(recent_.begin(), recent_.end(), oldest->second.get(), static_cast<Statement*>(nullptr));
  // The key is a view of the statement's text, so the statement must outlive the erasure of its node.
  const std::unique_ptr<Statement> dropped = std::move(oldest->second);
  statements_.erase(oldest);
}

}  // namespace gatehouse::sql::sqlite
