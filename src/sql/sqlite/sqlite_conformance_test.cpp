#include "conformance/sql_conformance.hpp"
#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql {
namespace {

// A database that takes its directory along.
class TemporaryDatabase final : public Database {
 public:
  void read(FunctionRef<void(Tx&)> work) override { database_->read(work); }
  Lane& lane() override { return database_->lane(); }
  Result<void> migrate(std::span<const Migration> migrations) override { return database_->migrate(migrations); }
  Result<void> backup(const std::string& path, FunctionRef<void(std::int64_t, std::int64_t)> progress) override {
    return database_->backup(path, progress);
  }
  std::vector<std::string> check() override { return database_->check(); }
  std::vector<TableShape> tables(Tx& tx) override { return database_->tables(tx); }

 private:
  TemporaryDirectory directory_;
  // A small threshold, so that checkpoints come between the units of the suite.
  std::unique_ptr<Database> database_ = open_or_throw({.path = directory_.file("store.db"), .checkpoint_pages = 20});
};

struct SqliteEngine {
  static std::unique_ptr<Database> fresh() { return std::make_unique<TemporaryDatabase>(); }
  static std::unique_ptr<Database> restored(const std::string& path) { return open_or_throw({.path = path}); }
  static std::string backup_path() {
    static const TemporaryDirectory directory;
    return directory.file("backup.db");
  }
};

}  // namespace
}  // namespace gatehouse::sql

GATEHOUSE_SQL_CONFORMANCE(Sqlite, gatehouse::sql::SqliteEngine);
