// The writing half of dump.hpp.
#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "crypto/digest.hpp"
#include "domain/deployment/dump.hpp"
#include "domain/deployment/dump_cells.hpp"
#include "domain/deployment/dump_lines.hpp"
#include "domain/deployment/dump_tables.hpp"
#include "domain/schema.hpp"
#include "sql/schema.hpp"

namespace gatehouse::domain {
namespace {

class Writer {
 public:
  explicit Writer(FunctionRef<bool(std::string_view)> write) : write_(write) {}

  // The line that stands in `line()`; false when it was not taken.
  bool put() {
    line_.push_back('\n');
    digest_.add(line_);
    const bool taken = write_(line_);
    line_.clear();
    return taken;
  }
  std::string& line() { return line_; }

  bool table(sql::Tx& tx, const sql::TableShape& table) {
    JsonWriter json(line_);
    json.begin_object().member(dump_lines::kTable, std::string_view(table.name));
    json.key(dump_lines::kColumns).begin_array();
    for (const auto& column : table.columns) json.value(std::string_view(column.name));
    json.end_array().end_object();
    bool taken = put();
    const std::string select = fmt::format("SELECT {} FROM {} ORDER BY {}", column_list(names_of(table.columns)),
                                           quoted(table.name), column_list(table.primary_key));
    if (taken) {
      tx.each(select, {}, [&](const sql::Row& row) {
        append_row(line_, row, table.columns);
        ++counts_.rows;
        return taken = put();
      });
    }
    ++counts_.tables;
    return taken;
  }

  void end() {
    std::string digest;
    append_hex(digest, crypto::view(digest_.finish()));
    JsonWriter(line_)
        .begin_object()
        .member(dump_lines::kTables, counts_.tables)
        .member(dump_lines::kRows, counts_.rows)
        .member(dump_lines::kDigest, std::string_view(digest))
        .end_object();
    line_.push_back('\n');
    write_(line_);
  }
  [[nodiscard]] const DumpCounts& counts() const { return counts_; }

 private:
  FunctionRef<bool(std::string_view)> write_;
  crypto::Sha256 digest_;
  std::string line_;
  DumpCounts counts_;
};

// The very schema: a newer one may be good enough to serve, but has what this release would not know how to name.
Result<void> check_schema(sql::Tx& tx, std::span<const sql::Migration> steps) {
  TRY(sql::check_migrations(tx, steps));
  const auto stored = tx.integer("SELECT max(version) FROM schema_version");
  if (stored == static_cast<std::int64_t>(steps.size())) return {};
  return Error{ErrorKind::kUnavailable, "store.newer",
               fmt::format("the store is at schema {}, this release has {}: export with the newer release", stored,
                           steps.size())};
}

}  // namespace

Result<DumpCounts> write_dump(sql::Database& database, std::string_view release,
                              FunctionRef<bool(std::string_view)> write) {
  const auto steps = migrations();
  Writer writer(write);
  Result<void> outcome;
  database.read_at_length([&](sql::Tx& tx) {
    outcome = check_schema(tx, steps);
    if (!outcome) return;
    JsonWriter(writer.line())
        .begin_object()
        .member(dump_lines::kFormat, dump_lines::kFormatName)
        .member(dump_lines::kVersion, dump_lines::kFormatVersion)
        .member(dump_lines::kRelease, release)
        .member(dump_lines::kSchema, static_cast<std::int64_t>(steps.size()))
        .end_object();
    bool taken = writer.put();
    for (const auto& table : deployment_tables(database, tx)) taken = taken && writer.table(tx, table);
    if (taken) writer.end();
  });
  TRY(std::move(outcome));
  return writer.counts();
}

}  // namespace gatehouse::domain
