// Tx over one PostgreSQL connection.
#pragma once

#include "sql/postgres/connection.hpp"

namespace gatehouse::sql::postgres {

class Transaction final : public Tx {
 public:
  explicit Transaction(Connection& connection) : connection_(&connection) {}

  using Tx::each;
  using Tx::execute;
  using Tx::post;
  void each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) override;
  std::int64_t execute(std::string_view sql, Values values) override;
  void post(std::string_view sql, Values values) override;
  std::int64_t integer_locked(std::string_view sql, Values values) override;

  // The savepoint travels with the first statement of the unit, whatever that is: here a failed reading, too, would take
  // the whole transaction along.
  void savepoint() { savepoint_ = Savepoint::kDue; }
  void release();
  void undo();
  // A new transaction begins.
  void start_over();
  void use(Connection& connection) { connection_ = &connection; }
  // Whether anything but queries was run.
  [[nodiscard]] bool wrote() const { return wrote_; }
  void write() { wrote_ = true; }

 private:
  enum class Savepoint : std::uint8_t { kNone, kDue, kSet };
  void prepare_to_run(std::string_view sql);

  Connection* connection_;
  Savepoint savepoint_ = Savepoint::kNone;
  bool wrote_ = false;
  std::string locking_;  // reused
};

}  // namespace gatehouse::sql::postgres
