#include "sql/sqlite/backup.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "sql/sqlite/files.hpp"

namespace gatehouse::sql::sqlite {
namespace {

constexpr int kPagesAStep = 1024;

// The target holds nothing worth saving until the end, and is flushed then: no journal, no waiting for the disk.
constexpr std::string_view kTargetSettings = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;";

void copy(Connection& source, Connection& target, FunctionRef<void(std::int64_t, std::int64_t)> progress) {
  // The snapshot is held through all steps: otherwise every commit of the service would make the copy start again.
  source.script("BEGIN; SELECT count(*) FROM sqlite_master;");
  sqlite3_backup* backup = sqlite3_backup_init(target.raw(), "main", source.raw(), "main");
  if (backup == nullptr) fail(target.raw());
  int state = SQLITE_OK;
  try {
    while ((state = sqlite3_backup_step(backup, kPagesAStep)) == SQLITE_OK || state == SQLITE_DONE) {
      const std::int64_t total = sqlite3_backup_pagecount(backup);
      progress(total - sqlite3_backup_remaining(backup), total);
      if (state == SQLITE_DONE) break;
    }
  } catch (...) {
    sqlite3_backup_finish(backup);
    throw;
  }
  if (sqlite3_backup_finish(backup) != SQLITE_OK) fail(target.raw());
  source.script("COMMIT");
}

}  // namespace

Result<void> back_up(const Connection::Settings& source, const std::string& to,
                     FunctionRef<void(std::int64_t, std::int64_t)> progress) {
  if (same_file(source.path, to) || file_exists(to + "-wal")) {
    return Error{ErrorKind::kConflict, "backup.target_in_use",
                 fmt::format("{} is a store of its own: choose another file for the backup", to)};
  }
  const std::string partial = to + ".partial";
  ::unlink(partial.c_str());
  TRY(make_private_file(partial));
  try {
    Connection from(source);
    Connection target({.path = partial, .access = Access::kWrite});
    target.script(kTargetSettings);
    copy(from, target, progress);
  } catch (const EngineError& failure) {
    ::unlink(partial.c_str());
    return Error{ErrorKind::kUnavailable, "backup.failed",
                 fmt::format("{} could not be written: {}", to, failure.what())};
  } catch (...) {
    ::unlink(partial.c_str());
    throw;
  }
  return replace_file(partial, to);
}

}  // namespace gatehouse::sql::sqlite
