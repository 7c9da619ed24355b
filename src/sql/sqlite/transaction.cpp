#include "sql/sqlite/transaction.hpp"

namespace gatehouse::sql::sqlite {
namespace {

class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* handle) : handle_(handle) {}
  [[nodiscard]] bool is_null(int column) const override { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  [[nodiscard]] std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_, column); }
  [[nodiscard]] std::string_view text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return text == nullptr ? std::string_view{} : std::string_view{text, size(column)};
  }
  [[nodiscard]] std::string_view bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    return bytes == nullptr ? std::string_view{} : std::string_view{bytes, size(column)};
  }

 private:
  [[nodiscard]] std::size_t size(int column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  }
  sqlite3_stmt* handle_;
};

}  // namespace

void Transaction::prepare_to_run(const Lease& statement, Values values) {
  if (!connection_.in_transaction()) throw EngineError("SQLite: the transaction has ended");
  if (savepoint_ == Savepoint::kDue && !statement->readonly) {
    connection_.command("SAVEPOINT unit");
    savepoint_ = Savepoint::kSet;
  }
  statement.bind(values);
}

void Transaction::each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) {
  const Lease statement = connection_.lease(sql);
  prepare_to_run(statement, values);
  const StatementRow row(statement.handle());
  int state = SQLITE_ROW;
  while ((state = sqlite3_step(statement.handle())) == SQLITE_ROW) {
    // One that writes has written, and checked, everything before its first row (sqlite.org/lang_returning.html, 3).
    if (!on_row(row)) return;
  }
  if (state != SQLITE_DONE) fail(connection_.raw(), sql);
}

std::int64_t Transaction::execute(std::string_view sql, Values values) {
  const Lease statement = connection_.lease(sql);
  prepare_to_run(statement, values);
  const std::int64_t before = sqlite3_total_changes64(connection_.raw());
  int state = SQLITE_ROW;
  while (state == SQLITE_ROW) state = sqlite3_step(statement.handle());
  if (state != SQLITE_DONE) fail(connection_.raw(), sql);
  // sqlite3_changes64 is still that of an earlier statement when this one changes no rows by its nature.
  return sqlite3_total_changes64(connection_.raw()) == before ? 0 : sqlite3_changes64(connection_.raw());
}

void Transaction::release() {
  if (savepoint_ == Savepoint::kSet) connection_.command("RELEASE unit");
  savepoint_ = Savepoint::kNone;
}

void Transaction::undo() {
  if (savepoint_ == Savepoint::kSet) {
    connection_.command("ROLLBACK TO unit");
    connection_.command("RELEASE unit");
  }
  savepoint_ = Savepoint::kNone;
}

}  // namespace gatehouse::sql::sqlite
