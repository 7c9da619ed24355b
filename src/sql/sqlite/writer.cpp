#include "sql/sqlite/writer.hpp"

#include <utility>

namespace gatehouse::sql::sqlite {

FileWriter::FileWriter(const Connection::Settings& settings, std::int64_t checkpoint_pages,
                       std::function<void()> on_growth)
    : connection_(settings), checkpoint_pages_(checkpoint_pages), on_growth_(std::move(on_growth)) {
  // The file is cut back when a long reader, a backup for example, had let it grow.
  connection_.script("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;");
  sqlite3_wal_hook(connection_.raw(), &FileWriter::on_wal, this);
}

int FileWriter::on_wal(void* self, sqlite3*, const char*, int pages) {
  static_cast<FileWriter*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

void FileWriter::begin() { connection_.command("BEGIN IMMEDIATE"); }

void FileWriter::commit() {
  connection_.command("COMMIT");
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

void FileWriter::checkpoint() {
  const int state = sqlite3_wal_checkpoint_v2(connection_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (state != SQLITE_OK && state != SQLITE_BUSY) fail(connection_.raw());
}

}  // namespace gatehouse::sql::sqlite
