#include "sql/sqlite/sqlite.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "sql/group_lane.hpp"
#include "sql/schema.hpp"
#include "sql/sqlite/backup.hpp"
#include "sql/sqlite/checkpointer.hpp"
#include "sql/sqlite/files.hpp"
#include "sql/sqlite/process_lock.hpp"
#include "sql/sqlite/readers.hpp"
#include "sql/sqlite/tables.hpp"
#include "sql/sqlite/writer.hpp"

namespace gatehouse::sql {
namespace {

using sqlite::Access;
using sqlite::Connection;

constexpr std::int64_t kWriterCacheKib = 16384;

void report_to_stderr(std::string_view line) { fmt::print(stderr, "{}\n", line); }

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const SqliteOptions& options, sqlite::ProcessLock lock)
      : options_(options), process_lock_(std::move(lock)), writer_(make_writer()), lane_(*writer_, options_.report) {
    if (!options_.exclusive) return;
    checkpointer_.start([this] { checkpoint(); });
  }

  ~SqliteDatabase() override {
    checkpointer_.stop();
    lane_.close();
    // Before the writer: it is the last to close, and so the one that empties the WAL into the data file.
    readers_->close();
  }

  void read(FunctionRef<void(Tx&)> work) override { readers_->read(work); }
  Lane& lane() override { return lane_; }

  Result<void> migrate(std::span<const Migration> migrations) override {
    Result<void> result;
    if (options_.exclusive) {
      lane_.exclusive([&](Writer& writer) { result = apply_migrations(writer, migrations); });
    } else {
      read([&](Tx& tx) { result = check_migrations(tx, migrations); });
    }
    return result;
  }

  Result<void> backup(const std::string& path, FunctionRef<void(std::int64_t, std::int64_t)> progress) override {
    return sqlite::back_up(settings(Access::kRead), path, progress);
  }

  std::vector<std::string> check() override {
    std::vector<std::string> findings;
    try {
      read([&](Tx& tx) { look_for_damage(tx, findings); });
    } catch (const EngineError& failure) { findings.emplace_back(failure.what()); }
    return findings;
  }

  std::vector<TableShape> tables(Tx& tx) override { return sqlite::tables(tx); }

 private:
  static void look_for_damage(Tx& tx, std::vector<std::string>& findings) {
    tx.each("PRAGMA integrity_check", {}, [&](const Row& row) {
      if (row.text(0) != "ok") findings.emplace_back(row.text(0));
      return true;
    });
    tx.each("PRAGMA foreign_key_check", {}, [&](const Row& row) {
      findings.push_back(fmt::format("row {} of {} refers to a row of {} that is not there", row.integer(1),
                                     row.text(0), row.text(2)));
      return true;
    });
  }

  [[nodiscard]] Connection::Settings settings(Access access) const {
    return {.path = options_.path,
            .access = access,
            .mmap_bytes = options_.mmap_bytes,
            .cache_kib = access == Access::kWrite ? kWriterCacheKib : options_.read_cache_kib};
  }

  std::unique_ptr<Writer> make_writer() {
    if (!options_.exclusive) return std::make_unique<sqlite::NoWriter>();
    auto writer = std::make_unique<sqlite::FileWriter>(settings(Access::kWrite), options_.checkpoint_pages,
                                                       [this] { checkpointer_.ask(); });
    file_writer_ = writer.get();
    return writer;
  }

  void checkpoint() {
    try {
      lane_.exclusive([this](Writer&) { file_writer_->checkpoint(); });
    } catch (const std::exception& failure) {
      options_.report(failure.what());  // the WAL keeps everything; the next ask tries again
    }
  }

  const SqliteOptions options_;
  sqlite::ProcessLock process_lock_;
  sqlite::Checkpointer checkpointer_;
  sqlite::FileWriter* file_writer_ = nullptr;
  std::unique_ptr<Writer> writer_;
  GroupLane lane_;
  std::shared_ptr<sqlite::Readers> readers_ = std::make_shared<sqlite::Readers>(settings(Access::kRead));
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  SqliteOptions used = options;
  if (!used.report) used.report = report_to_stderr;
  sqlite::ProcessLock lock;
  if (used.exclusive) {
    lock = TRY(sqlite::ProcessLock::take(used.path));
    TRY(sqlite::make_private_file(used.path));
  } else if (!sqlite::file_exists(used.path)) {
    return Error{ErrorKind::kUnavailable, "store.missing",
                 fmt::format("{} does not exist: choose another --data", used.path)};
  }
  try {
    auto database = std::make_unique<SqliteDatabase>(used, std::move(lock));
    database->read([](Tx& tx) { tx.integer("SELECT count(*) FROM sqlite_master"); });
    return std::unique_ptr<Database>(std::move(database));
  } catch (const EngineError& failure) {
    return Error{ErrorKind::kUnavailable, "store.not_a_database",
                 fmt::format("{} cannot be read as a gatehouse store ({}): choose another --data or restore a backup",
                             used.path, failure.what())};
  }
}

}  // namespace gatehouse::sql
