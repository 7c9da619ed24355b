// Tx over one SQLite connection. Refuses to run anything once its transaction has ended: SQLite ends one on its own
// when the disk is full, for example, and whatever ran after that would be committed statement by statement.
#pragma once

#include "sql/sqlite/connection.hpp"

namespace gatehouse::sql::sqlite {

class Transaction final : public Tx {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}

  using Tx::each;
  using Tx::execute;
  void each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) override;
  std::int64_t execute(std::string_view sql, Values values) override;

  // The savepoint is set before the first statement that writes: a unit that only looks, and is refused, pays nothing.
  void savepoint() { savepoint_ = Savepoint::kDue; }
  void release();
  void undo();
  void forget_savepoint() { savepoint_ = Savepoint::kNone; }

 private:
  enum class Savepoint : std::uint8_t { kNone, kDue, kSet };

  void prepare_to_run(const Lease& statement, Values values);

  Connection& connection_;
  Savepoint savepoint_ = Savepoint::kNone;
};

}  // namespace gatehouse::sql::sqlite
