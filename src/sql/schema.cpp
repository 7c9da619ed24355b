#include "sql/schema.hpp"

#include <optional>
#include <stdexcept>

#include <fmt/format.h>

namespace gatehouse::sql {
namespace {

constexpr std::string_view kTables =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS schema_version_support (version BIGINT PRIMARY KEY, works_with BIGINT NOT NULL)";

std::int64_t last_of(std::span<const Migration> migrations) {
  std::int64_t last = 0;
  for (const Migration& migration : migrations) {
    if (migration.version != ++last) throw std::logic_error("migrations must count from 1 without gaps");
  }
  return last;
}

std::int64_t version_of(Tx& tx) { return tx.integer("SELECT max(version) FROM schema_version"); }

// Whether all steps of the store beyond `known` work with a program that knows no more.
bool works_with(Tx& tx, std::int64_t known) {
  return !tx.exists(
      "SELECT 1 FROM schema_version v LEFT JOIN schema_version_support s ON s.version = v.version "
      "WHERE v.version > $1 AND (s.works_with IS NULL OR s.works_with > $1) LIMIT 1",
      {known});
}

Error newer(std::int64_t stored, std::int64_t known) {
  return {ErrorKind::kUnavailable, "store.newer",
          fmt::format("the data was written by a newer version of gatehouse (schema {}, this one knows {}): "
                      "start that version",
                      stored, known)};
}

// Runs `work` in a transaction of its own.
template <class Work>
void transact(Writer& writer, Work&& work) {
  writer.begin();
  try {
    work();
    writer.commit();
  } catch (...) {
    writer.rollback();
    throw;
  }
}

void apply(Writer& writer, const Migration& migration) {
  try {
    transact(writer, [&] {
      writer.script(migration.sql);
      if (!writer.alive()) throw EngineError("it ended its own transaction");
      writer.tx().execute("INSERT INTO schema_version (version, name) VALUES ($1, $2)",
                          {migration.version, migration.name});
      writer.tx().execute("INSERT INTO schema_version_support (version, works_with) VALUES ($1, $2)",
                          {migration.version, migration.works_with == 0 ? migration.version : migration.works_with});
    });
  } catch (const EngineError& failure) {
    throw EngineError(fmt::format("migration {} ({}): {}", migration.version, migration.name, failure.what()));
  }
}

}  // namespace

Result<void> apply_migrations(Writer& writer, std::span<const Migration> migrations) {
  const std::int64_t known = last_of(migrations);
  std::int64_t stored = 0;
  bool usable = true;
  transact(writer, [&] {
    writer.script(kTables);
    stored = version_of(writer.tx());
    usable = works_with(writer.tx(), known);
  });
  if (!usable) return newer(stored, known);
  if (stored >= known) return {};
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(stored))) apply(writer, migration);
  return {};
}

Result<void> check_migrations(Tx& tx, std::span<const Migration> migrations) {
  const std::int64_t known = last_of(migrations);
  const std::int64_t stored = version_of(tx);
  if (stored > known && !works_with(tx, known)) return newer(stored, known);
  if (stored < known) {
    return Error{ErrorKind::kUnavailable, "store.older",
                 fmt::format("the data is of an older version (schema {}, this one knows {}): "
                             "start gatehouse once to bring it up",
                             stored, known)};
  }
  return {};
}

}  // namespace gatehouse::sql
