#include "sql/sqlite/writer.hpp"

#include <string>
#include <utility>

namespace gatehouse::sql::sqlite {

FileWriter::FileWriter(const Connection::Settings& settings, std::int64_t checkpoint_pages,
                       std::function<void()> on_growth)
    : connection_(settings), checkpoint_pages_(checkpoint_pages), on_growth_(std::move(on_growth)) {
  // The file is cut back when a long reader, a backup for example, had let it grow.
  connection_.script("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;");
  sqlite3_wal_hook(connection_.raw(), &FileWriter::on_wal, this);
}

namespace {

// What was being written came to its end only in part: there is no mark of a commit, and nothing to take for done.
bool is_of_writing(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY: return true;
    default: return code == SQLITE_IOERR_WRITE;
  }
}

}  // namespace

int FileWriter::on_wal(void* self, sqlite3*, const char*, int pages) {
  static_cast<FileWriter*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

void FileWriter::begin() {
  if (failed_may_return_) overwrite_failed();
  connection_.command("BEGIN IMMEDIATE");
}

void FileWriter::commit() {
  try {
    connection_.command("COMMIT");
  } catch (const EngineError& failure) {
    failed_may_return_ = !is_of_writing(sqlite3_extended_errcode(connection_.raw()));
    rollback();
    if (!failed_may_return_) throw;
    try {
      overwrite_failed();
    } catch (const EngineError&) {
      throw OutcomeUnknown(std::string(failure.what()) + "; a crash now may bring back what failed");
    }
    throw;
  }
  transaction_.forget_savepoint();
  if (wal_pages_ < asked_at_pages_) asked_at_pages_ = 0;  // the WAL began anew
  if (wal_pages_ - asked_at_pages_ >= checkpoint_pages_) {
    asked_at_pages_ = wal_pages_;
    on_growth_();
  }
}

void FileWriter::rollback() noexcept {
  transaction_.forget_savepoint();
  if (!connection_.in_transaction()) return;
  // Fails only after SQLite has rolled back by itself.
  sqlite3_exec(connection_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

// The first page of the file as it is, in a transaction of its own: its one frame takes the place of the first that failed, and
// none of those behind it fits to it.
void FileWriter::overwrite_failed() {
  connection_.script("PRAGMA user_version = 0");
  failed_may_return_ = false;
}

void FileWriter::checkpoint() {
  const int state = sqlite3_wal_checkpoint_v2(connection_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (state != SQLITE_OK && state != SQLITE_BUSY) fail(connection_.raw());
}

}  // namespace gatehouse::sql::sqlite
