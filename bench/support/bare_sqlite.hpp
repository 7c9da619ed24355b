// SQLite with nothing in between: the limit that the store's rows are held against.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "base/uuid.hpp"

namespace gatehouse::bench {

class BareStatement;

// Settings as the service's: WAL, FULL, the writer checkpoints itself now and then.
class BareSqlite {
 public:
  explicit BareSqlite(const std::string& path);
  ~BareSqlite() { sqlite3_close_v2(handle_); }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  void run(const std::string& script);
  [[nodiscard]] std::int64_t integer(const std::string& sql);
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

class BareStatement {
 public:
  BareStatement(BareSqlite& database, std::string_view sql);
  ~BareStatement() { sqlite3_finalize(handle_); }
  BareStatement(const BareStatement&) = delete;
  BareStatement& operator=(const BareStatement&) = delete;

  BareStatement& bind(int at, std::int64_t value);
  // Must stay until the next step.
  BareStatement& bind(int at, std::string_view text);
  BareStatement& bind(int at, const Uuid& id);
  bool step();  // a row is there; resets at the end
  void execute();
  [[nodiscard]] sqlite3_stmt* handle() const { return handle_; }
  // Reads every column of every row, as whoever wants them must; the rows.
  std::int64_t read_all();

 private:
  sqlite3_stmt* handle_ = nullptr;
};

// Secondary indexes of these tables, to be made again (what it gives, run) once the rows are in: many times faster.
std::vector<std::string> drop_indexes(BareSqlite& database, const std::vector<std::string>& tables);

// Rows as they are in one store, to be written again into another.
class CopiedRows {
 public:
  CopiedRows(BareSqlite& from, const std::string& table, const std::string& where);
  ~CopiedRows();
  CopiedRows(const CopiedRows&) = delete;
  CopiedRows& operator=(const CopiedRows&) = delete;
  [[nodiscard]] std::size_t size() const { return rows_; }
  [[nodiscard]] const std::string& insert() const { return insert_; }
  void write(BareStatement& statement, std::size_t row) const;

 private:
  std::size_t rows_ = 0;
  int columns_ = 0;
  std::string insert_;
  std::vector<sqlite3_value*> values_;
};

}  // namespace gatehouse::bench
