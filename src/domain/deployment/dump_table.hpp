// One table's rows on their way into the store.
//
// A row may refer to a later row of the same table (an organization whose parent has a higher number): the reference is
// set when all rows are there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/deployment/dump_cells.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain {

class DumpTable {
 public:
  // `columns`: the cells of each row, all columns of `shape` in whatever order. `has_rows`: those that stand there already
  // are replaced. `tx` must outlive this.
  DumpTable(sql::Tx& tx, const sql::TableShape& shape, const std::vector<std::string>& columns, bool has_rows);

  // Error: deployment.damaged.
  Result<void> add(std::string_view row);
  // After the last row. Error: deployment.other_tables, when a row stays that the file does not have.
  Result<void> finish();

 private:
  struct SelfReference {
    std::vector<std::size_t> places;    // of the referring cells
    std::vector<std::size_t> referred;  // of those that they must be found in
    std::string update;                 // sets them in the row of a key
  };
  struct Later {
    const SelfReference* reference;
    KeptCells key;
    KeptCells value;
  };

  void hold_back();

  sql::Tx& tx_;
  const std::string name_;
  const bool has_rows_;
  std::vector<sql::Column> columns_;  // as in the file
  std::vector<std::size_t> key_;
  std::vector<SelfReference> self_;
  std::string insert_;
  DumpRow row_;
  std::vector<Later> later_;
  std::int64_t rows_ = 0;
};

}  // namespace gatehouse::domain
