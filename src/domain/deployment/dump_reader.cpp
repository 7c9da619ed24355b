// The reading half of dump.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "domain/deployment/dump.hpp"
#include "domain/deployment/dump_cells.hpp"
#include "domain/deployment/dump_lines.hpp"
#include "domain/deployment/dump_table.hpp"
#include "domain/deployment/dump_tables.hpp"
#include "domain/schema.hpp"
#include "sql/lane.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::string_view kOfTheKey = "deployment";  // the table

// Rows that migrations put in; none of them says that anybody has been here.
bool is_as_made(sql::Tx& tx, const std::string& table) {
  if (table == "log_head") return !tx.exists("SELECT 1 FROM log_head WHERE revision <> 0", {});
  if (table == "sequences") return !tx.exists("SELECT 1 FROM sequences WHERE last <> 0", {});
  return false;
}

// The tables that hold rows all the same.
Result<std::set<std::string>> look_for_rows(sql::Tx& tx, const std::vector<sql::TableShape>& tables) {
  std::set<std::string> with_rows;
  for (const auto& table : tables) {
    if (!tx.exists("SELECT 1 FROM " + quoted(table.name) + " LIMIT 1", {})) continue;
    if (!is_as_made(tx, table.name)) {
      return conflict(
          "deployment.not_empty",
          fmt::format("the store holds a deployment already (table {}): import into an empty one", table.name));
    }
    with_rows.insert(table.name);
  }
  return with_rows;
}

Result<void> check_schema(const DumpHead& head) {
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (head.schema == known) return {};
  return invalid("deployment.other_schema",
                 fmt::format("the file is of schema {} (release {}), this release has schema {}: export it again with "
                             "this release, or import it with that one and upgrade then",
                             head.schema, head.release, known));
}

// What a row of the table `deployment` says of the master key.
Result<void> check_row(const DumpLines& lines, KeyCheck check_key) {
  const auto bytes_of = [&](std::string_view name) -> std::optional<std::string> {
    const auto& columns = lines.columns();
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return bytes_in(lines.row(), static_cast<std::size_t>(found - columns.begin()));
  };
  const auto id = bytes_of("id");
  const auto key_check = bytes_of("key_check");
  if (!id || !key_check) return lines.damaged("it does not say which master key it needs");
  return check_key(*id, *key_check);
}

// All lines into a store that has these tables.
class Import {
 public:
  Import(sql::Tx& tx, std::vector<sql::TableShape> tables, std::set<std::string> with_rows, KeyCheck check_key)
      : tx_(tx), tables_(std::move(tables)), with_rows_(std::move(with_rows)), check_key_(check_key) {}

  Result<DumpCounts> run(DumpLines& lines) {
    TRY(check_schema(TRY(lines.head())));
    for (;;) {
      const auto kind = TRY(lines.next());
      if (kind == DumpLines::Kind::kRow) {
        if (lines.table() == kOfTheKey) TRY(check_row(lines, check_key_));
        if (auto added = table_->add(lines.row()); !added) return lines.damaged(added.error().detail);
        continue;
      }
      if (table_) TRY(table_->finish());
      if (kind == DumpLines::Kind::kEnd) break;
      TRY(begin_table(lines));
    }
    for (const auto& table : tables_) {
      if (!seen_.contains(table.name)) return other_tables("has nothing of the table " + table.name);
    }
    return lines.counts();
  }

 private:
  static Error other_tables(const std::string& what) {
    return invalid("deployment.other_tables", "the file is not of this release: it " + what);
  }

  Result<void> begin_table(const DumpLines& lines) {
    const auto shape = std::find_if(tables_.begin(), tables_.end(),
                                    [&](const sql::TableShape& each) { return each.name == lines.table(); });
    if (shape == tables_.end()) return other_tables("has a table " + lines.table() + " that this one does not know");
    if (!seen_.insert(shape->name).second) return lines.damaged("the table " + shape->name + " comes twice");
    const std::set<std::string> given(lines.columns().begin(), lines.columns().end());
    const auto expected = names_of(shape->columns);
    if (given.size() != lines.columns().size() || given != std::set<std::string>(expected.begin(), expected.end())) {
      return other_tables("has other columns in the table " + shape->name);
    }
    table_.emplace(tx_, *shape, lines.columns(), with_rows_.contains(shape->name));
    return {};
  }

  sql::Tx& tx_;
  const std::vector<sql::TableShape> tables_;
  const std::set<std::string> with_rows_;
  KeyCheck check_key_;
  std::set<std::string> seen_;
  std::optional<DumpTable> table_;
};

}  // namespace

Result<DumpCounts> check_dump(std::istream& file, KeyCheck check_key) {
  DumpLines lines(file);
  TRY(check_schema(TRY(lines.head())));
  for (;;) {
    const auto kind = TRY(lines.next());
    if (kind == DumpLines::Kind::kEnd) return lines.counts();
    if (kind == DumpLines::Kind::kRow && lines.table() == kOfTheKey) TRY(check_row(lines, check_key));
  }
}

Result<DumpCounts> read_dump(sql::Database& database, std::istream& file, KeyCheck check_key) {
  Result<void> vacant;
  // Before the schema is touched: a store that is not empty stays as it is, an older one too.
  database.read([&](sql::Tx& tx) {
    if (auto looked = look_for_rows(tx, deployment_tables(database, tx)); !looked) vacant = looked.error();
  });
  TRY(std::move(vacant));
  const auto steps = migrations();
  TRY(database.migrate(steps));
  DumpCounts counts;
  Result<void> outcome;
  database.alone([&] {
    outcome = database.lane().run([&](sql::Tx& tx) -> Result<void> {
      auto tables = deployment_tables(database, tx);
      auto with_rows = TRY(look_for_rows(tx, tables));
      DumpLines lines(file);
      counts = TRY(Import(tx, std::move(tables), std::move(with_rows), check_key).run(lines));
      return {};
    });
  });
  TRY(std::move(outcome));
  return counts;
}

}  // namespace gatehouse::domain
