// The one connection of this node that writes. It is made when it is first needed and made anew when it was lost.
//
// Each transaction leaves its own number in `lane_marks`, in the row of this lane, so that after a lost connection the lane
// can ask whether it has happened.
#pragma once

#include <functional>
#include <optional>

#include "base/uuid.hpp"
#include "sql/postgres/transaction.hpp"
#include "sql/writer.hpp"

namespace gatehouse::sql::postgres {

// The engine's own table.
inline constexpr std::string_view kMarksTable =
    "CREATE TABLE IF NOT EXISTS lane_marks (lane BYTEA PRIMARY KEY, last BIGINT NOT NULL, "
    "left_at TIMESTAMPTZ NOT NULL DEFAULT now())";

class LaneWriter final : public Writer {
 public:
  // `lane`: of this process alone.
  LaneWriter(ConnectionSettings settings, const Uuid& lane) : settings_(std::move(settings)), lane_(lane) {}

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  void savepoint() override { transaction().savepoint(); }
  void release() override { transaction().release(); }
  void undo() override { transaction().undo(); }
  [[nodiscard]] bool alive() const noexcept override {
    return open_ && connection_ && !connection_->lost() && !connection_->spoiled();
  }
  Tx& tx() override { return transaction(); }
  bool happened() override;
  // Migrations: in the schema's common dialect.
  void script(std::string_view sql) override;

 private:
  Transaction& transaction();
  void leave_mark();
  void drop() noexcept;

  const ConnectionSettings settings_;
  const Uuid lane_;
  std::unique_ptr<Connection> connection_;
  std::optional<Transaction> transaction_;
  std::int64_t mark_ = 0;  // of the last transaction that was sent to be committed
  bool open_ = false;
  bool settling_ = false;  // this transaction only confirms the one before
};

}  // namespace gatehouse::sql::postgres
