#include "sql/postgres/writer.hpp"

#include <fmt/format.h>

#include "sql/postgres/dialect.hpp"

namespace gatehouse::sql::postgres {

Transaction& LaneWriter::transaction() {
  if (!open_) throw EngineError("PostgreSQL: there is no transaction");
  return *transaction_;
}

void LaneWriter::begin() {
  if (connection_ && connection_->lost()) drop();
  if (!connection_) {
    connection_ = std::make_unique<Connection>(settings_);
    transaction_.emplace(*connection_);
  }
  transaction_->start_over();
  // Not a snapshot for the whole transaction: what counts is what stands when the lock was got.
  connection_->defer("BEGIN ISOLATION LEVEL READ COMMITTED");
  open_ = true;
  settling_ = false;
}

void LaneWriter::leave_mark() {
  if (!settling_) ++mark_;
  // Whatever became of the row: who cleans up behind dead lanes must not be able to take a living one's mark away for good.
  connection_->post(
      "INSERT INTO lane_marks (lane, last) VALUES ($1, $2) ON CONFLICT (lane) DO UPDATE SET last = $2, left_at = now()",
      std::initializer_list<Value>{lane_, mark_});
}

void LaneWriter::commit() {
  auto& transaction = this->transaction();
  if (!transaction.wrote()) {
    // Nothing to make durable.
    connection_->defer("ROLLBACK");
    connection_->settle();
    open_ = false;
    return;
  }
  leave_mark();
  const std::uint64_t warnings = connection_->warnings();
  std::string tag;
  try {
    tag = connection_->commit();
  } catch (const ConnectionLost& failure) { throw OutcomeUnknown(failure.what()); }
  open_ = false;
  if (tag != "COMMIT") throw EngineError("PostgreSQL: the transaction was rolled back at its commit");
  // "canceling wait for synchronous replication": it is committed here, and nobody knows whether anywhere else.
  if (connection_->warnings() != warnings) throw OutcomeUnknown("PostgreSQL: the commit came back with a warning");
}

void LaneWriter::rollback() noexcept {
  open_ = false;
  if (!connection_) return;
  try {
    connection_->discard();
    connection_->defer("ROLLBACK");
    connection_->settle();
  } catch (const std::exception&) { drop(); }
}

bool LaneWriter::happened() {
  bool found = false;
  transaction().each("SELECT last FROM lane_marks WHERE lane = $1", std::initializer_list<Value>{lane_},
                     [&](const Row& row) {
                       found = row.integer(0) == mark_;
                       return false;
                     });
  // The commit that follows must be a real one: it makes what came before it as durable as itself. It leaves the same mark,
  // so that the question stays the same if its answer, too, is lost.
  settling_ = found;
  if (found) transaction_->write();
  return found;
}

void LaneWriter::script(std::string_view sql) {
  auto& transaction = this->transaction();
  transaction.write();
  // A step of a migration takes as long as it takes.
  connection_->script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; " + translate_schema(sql));
}

void LaneWriter::drop() noexcept {
  open_ = false;
  transaction_.reset();
  connection_.reset();
}

}  // namespace gatehouse::sql::postgres
