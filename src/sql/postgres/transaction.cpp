#include "sql/postgres/transaction.hpp"

namespace gatehouse::sql::postgres {

void Transaction::prepare_to_run(std::string_view sql) {
  if (savepoint_ == Savepoint::kDue) {
    connection_->defer("SAVEPOINT unit");
    savepoint_ = Savepoint::kSet;
  }
  // WITH may hold a statement that writes; that one too many transactions commit does no harm.
  if (!sql.starts_with("SELECT")) wrote_ = true;
}

void Transaction::each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) {
  prepare_to_run(sql);
  connection_->run(sql, values, on_row);
}

std::int64_t Transaction::execute(std::string_view sql, Values values) {
  prepare_to_run(sql);
  return connection_->run(sql, values, [](const Row&) { return true; });
}

void Transaction::post(std::string_view sql, Values values) {
  prepare_to_run(sql);
  connection_->post(sql, values);
}

std::int64_t Transaction::integer_locked(std::string_view sql, Values values) {
  locking_.assign(sql).append(" FOR UPDATE");
  return Tx::integer_locked(locking_, values);
}

void Transaction::release() {
  if (savepoint_ == Savepoint::kSet) connection_->defer("RELEASE SAVEPOINT unit");
  savepoint_ = Savepoint::kNone;
}

void Transaction::undo() {
  if (savepoint_ == Savepoint::kSet) {
    connection_->defer("ROLLBACK TO SAVEPOINT unit");
    connection_->defer("RELEASE SAVEPOINT unit");
  }
  savepoint_ = Savepoint::kNone;
}

void Transaction::start_over() {
  savepoint_ = Savepoint::kNone;
  wrote_ = false;
}

}  // namespace gatehouse::sql::postgres
