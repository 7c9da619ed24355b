// The one connection that writes, and the only one that checkpoints.
//
// A transaction whose flush failed is rolled back, but stands whole in the WAL, with its mark of a commit: whoever opens the
// file after a crash would take it for done. So before anybody is told that it failed, its place in the WAL is overwritten by
// a transaction that changes nothing. As long as that cannot be flushed either, every further transaction is refused at its
// beginning; the first that finds the disk well again goes on.
#pragma once

#include <functional>
#include <memory>

#include "sql/sqlite/transaction.hpp"
#include "sql/writer.hpp"

namespace gatehouse::sql::sqlite {

class FileWriter final : public Writer {
 public:
  // `on_growth` is called on the writing thread, after a commit, each time the WAL has grown by `checkpoint_pages`.
  FileWriter(const Connection::Settings& settings, std::int64_t checkpoint_pages, std::function<void()> on_growth);

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  void savepoint() override { transaction_.savepoint(); }
  void release() override { transaction_.release(); }
  void undo() override { transaction_.undo(); }
  [[nodiscard]] bool alive() const noexcept override { return connection_.in_transaction(); }
  Tx& tx() override { return transaction_; }
  void script(std::string_view sql) override { connection_.script(sql); }

  // Copies what the WAL holds into the data file as far as readers allow; outside a transaction.
  void checkpoint();

 private:
  static int on_wal(void* self, sqlite3* db, const char* name, int pages);
  void overwrite_failed();

  Connection connection_;
  Transaction transaction_{connection_};
  const std::int64_t checkpoint_pages_;
  const std::function<void()> on_growth_;
  std::int64_t wal_pages_ = 0;
  std::int64_t asked_at_pages_ = 0;
  bool failed_may_return_ = false;  // what failed stands in the WAL still, or may do so on the disk
};

// Where there must be no writing: every transaction fails.
class NoWriter final : public Writer {
 public:
  void begin() override { refuse(); }
  void commit() override { refuse(); }
  void rollback() noexcept override {}
  void savepoint() override { refuse(); }
  void release() override { refuse(); }
  void undo() override { refuse(); }
  [[nodiscard]] bool alive() const noexcept override { return false; }
  Tx& tx() override { refuse(); }
  void script(std::string_view) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw EngineError("the store was opened for reading only"); }
};

}  // namespace gatehouse::sql::sqlite
