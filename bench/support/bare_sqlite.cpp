#include "support/bare_sqlite.hpp"

#include <stdexcept>

#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

void check(bool good, sqlite3* handle) {
  if (!good) throw std::runtime_error(std::string("bare SQLite: ") + sqlite3_errmsg(handle));
}

}  // namespace

BareSqlite::BareSqlite(const std::string& path) {
  check(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK, handle_);
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-8192; PRAGMA mmap_size=4294967296; PRAGMA wal_autocheckpoint=4000;");
}

void BareSqlite::run(const std::string& script) {
  check(sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, handle_);
}

std::int64_t BareSqlite::integer(const std::string& sql) {
  BareStatement statement(*this, sql);
  return statement.step() ? sqlite3_column_int64(statement.handle(), 0) : 0;
}

BareStatement::BareStatement(BareSqlite& database, std::string_view sql) {
  const int status = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  check(status == SQLITE_OK, database.handle());
}

BareStatement& BareStatement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(handle_, at, value);
  return *this;
}
BareStatement& BareStatement::bind(int at, std::string_view text) {
  sqlite3_bind_text(handle_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}
BareStatement& BareStatement::bind(int at, const Uuid& id) {
  sqlite3_bind_blob(handle_, at, id.bytes.data(), static_cast<int>(id.bytes.size()), SQLITE_TRANSIENT);
  return *this;
}

bool BareStatement::step() {
  const int status = sqlite3_step(handle_);
  if (status == SQLITE_ROW) return true;
  sqlite3_reset(handle_);
  check(status == SQLITE_DONE, sqlite3_db_handle(handle_));
  return false;
}

void BareStatement::execute() {
  while (step()) {}
}

std::int64_t BareStatement::read_all() {
  std::int64_t rows = 0;
  const int columns = sqlite3_column_count(handle_);
  for (; step(); ++rows) {
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(handle_, i)) {
        case SQLITE_NULL: break;
        case SQLITE_INTEGER: keep(sqlite3_column_int64(handle_, i)); break;
        default: keep(sqlite3_column_blob(handle_, i)); keep(sqlite3_column_bytes(handle_, i));
      }
    }
  }
  return rows;
}

std::vector<std::string> drop_indexes(BareSqlite& database, const std::vector<std::string>& tables) {
  std::vector<std::string> names;
  std::vector<std::string> statements;
  for (const auto& table : tables) {
    BareStatement found(database,
                        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
                        "tbl_name = ?1");
    found.bind(1, table);
    while (found.step()) {
      names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(found.handle(), 0)));
      statements.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(found.handle(), 1)));
    }
  }
  for (const auto& name : names) database.run("DROP INDEX " + name);
  return statements;
}

CopiedRows::CopiedRows(BareSqlite& from, const std::string& table, const std::string& where) {
  BareStatement rows(from, "SELECT * FROM " + table + " WHERE " + where);
  columns_ = sqlite3_column_count(rows.handle());
  insert_ = "INSERT INTO " + table + " VALUES (";
  for (int i = 0; i < columns_; ++i) insert_ += i == 0 ? "?" : ",?";
  insert_ += ")";
  for (; rows.step(); ++rows_) {
    for (int i = 0; i < columns_; ++i) values_.push_back(sqlite3_value_dup(sqlite3_column_value(rows.handle(), i)));
  }
}

CopiedRows::~CopiedRows() {
  for (auto* value : values_) sqlite3_value_free(value);
}

void CopiedRows::write(BareStatement& statement, std::size_t row) const {
  for (int i = 0; i < columns_; ++i) {
    sqlite3_bind_value(statement.handle(), i + 1,
                       values_[row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(i)]);
  }
  statement.execute();
}

}  // namespace gatehouse::bench
