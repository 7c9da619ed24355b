#include <cstdlib>

#include "conformance/sql_conformance.hpp"
#include "sql/postgres/temporary_database.hpp"
#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql {
namespace {

// A database that takes its place on the server along.
class OwnDatabase final : public Database {
 public:
  explicit OwnDatabase(const std::string& dump = {}) {
    if (!dump.empty()) restore(dump);
    database_ = open_or_throw({.url = place_.url()});
  }
  void read(FunctionRef<void(Tx&)> work) override { database_->read(work); }
  Lane& lane() override { return database_->lane(); }
  gatehouse::Result<void> migrate(std::span<const Migration> migrations) override {
    return database_->migrate(migrations);
  }
  gatehouse::Result<void> backup(const std::string& path,
                                 FunctionRef<void(std::int64_t, std::int64_t)> progress) override {
    return database_->backup(path, progress);
  }
  std::vector<std::string> check() override { return database_->check(); }
  std::vector<TableShape> tables(Tx& tx) override { return database_->tables(tx); }

 private:
  // As an operator does it.
  void restore(const std::string& dump) const {
    const std::string command = "pg_restore --exit-on-error --no-owner --dbname='" + place_.url() + "' '" + dump + "'";
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("pg_restore failed");  // NOLINT(concurrency-mt-unsafe)
  }
  TemporaryPostgres place_;
  std::unique_ptr<Database> database_;
};

struct PostgresEngine {
  static std::unique_ptr<Database> fresh() { return std::make_unique<OwnDatabase>(); }
  static std::unique_ptr<Database> restored(const std::string& path) { return std::make_unique<OwnDatabase>(path); }
  static std::string backup_path() {
    static const TemporaryDirectory directory;
    return directory.file("backup.dump");
  }
};

}  // namespace
}  // namespace gatehouse::sql

GATEHOUSE_SQL_CONFORMANCE(Postgres, gatehouse::sql::PostgresEngine);
