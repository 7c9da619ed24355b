// Reads an import file: CSV (*.csv) or JSON Lines (*.jsonl, *.ndjson), told by the name of the file; what it holds is
// told by the beginning of its name (organizations, users, memberships) or else by its columns: see docs/import.md.
//
// Refuses a file that has columns nobody knows; a faulty row is handed out as a fault, and reading goes on behind it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domain/imports/import_rows.hpp"
#include "server/import_reader_source.hpp"

namespace gatehouse::server {

// What one row said, by column; kept for its memory.
struct ImportCells;

class ImportReader {
 public:
  // Errors: import.unreadable, import.format_unknown, import.columns_unknown; one sentence each.
  static Result<std::unique_ptr<ImportReader>> open(const std::string& path);
  virtual ~ImportReader();
  ImportReader(const ImportReader&) = delete;
  ImportReader& operator=(const ImportReader&) = delete;

  // Path as the store knows it (absolute), fingerprint, kind.
  [[nodiscard]] const domain::ImportFile& file() const { return file_; }
  [[nodiscard]] std::int64_t size() const { return source_.size(); }
  [[nodiscard]] domain::ImportPosition position() const { return {source_.offset(), source_.line() - 1, false}; }
  // Goes on behind what was read before.
  void resume(const domain::ImportPosition& position) { source_.seek(position.offset, position.line + 1); }

  // The next row into `row`, or what is wrong with it into `fault`; row.line always. False at the end of the file.
  bool next(domain::ImportRow& row, std::optional<std::string>& fault);

 protected:
  explicit ImportReader(ImportSource source);
  // Reads the names of the columns, as a bit set of ImportColumn, without going on behind the first row of JSON Lines.
  virtual Result<std::uint32_t> read_columns() = 0;
  // Reads one record into cells_ and goes on behind it; what is wrong with it, or nothing.
  virtual std::optional<std::string> read_record() = 0;
  // Skips to behind the next line end.
  void skip_line();

  ImportSource source_;
  std::unique_ptr<ImportCells> cells_;

 private:
  bool skip_blank_lines();
  domain::ImportFile file_;
};

}  // namespace gatehouse::server
