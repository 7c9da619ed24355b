// The lines of a dump, one after another, with the digest of what was read. Refuses a file that ends early, goes on behind
// its end, or is not what its last line says.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "domain/deployment/dump.hpp"

namespace gatehouse::domain {

namespace dump_lines {
inline constexpr std::string_view kFormat = "format";
inline constexpr std::string_view kFormatName = "gatehouse deployment";
inline constexpr std::string_view kVersion = "version";
inline constexpr std::int64_t kFormatVersion = 1;
inline constexpr std::string_view kRelease = "release";
inline constexpr std::string_view kSchema = "schema";
inline constexpr std::string_view kTable = "table";
inline constexpr std::string_view kColumns = "columns";
inline constexpr std::string_view kTables = "tables";
inline constexpr std::string_view kRows = "rows";
inline constexpr std::string_view kDigest = "sha256";
}  // namespace dump_lines

struct DumpHead {
  std::string release;
  std::int64_t schema = 0;
};

class DumpLines {
 public:
  enum class Kind : std::uint8_t { kTable, kRow, kEnd };

  // Begins at the file's first byte.
  explicit DumpLines(std::istream& file);

  // First of all. Error: deployment.not_a_dump.
  Result<DumpHead> head();
  // The next line; kEnd once all was as the last line says. Error: deployment.damaged.
  Result<Kind> next();
  // Of the last kTable line.
  [[nodiscard]] const std::string& table() const { return table_; }
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  // Of the last kRow line: its JSON, until the next call.
  [[nodiscard]] std::string_view row() const { return line_; }
  [[nodiscard]] std::int64_t number() const { return number_; }
  // Tables and rows so far.
  [[nodiscard]] const DumpCounts& counts() const { return counts_; }
  // That line `number()` cannot be right, and why.
  [[nodiscard]] Error damaged(std::string_view why) const;

 private:
  bool read_line();
  Result<Kind> heading();
  Result<Kind> end(std::int64_t tables, std::int64_t rows, std::string_view digest);

  std::istream& file_;
  std::string buffer_;     // what was read of the file
  std::size_t at_ = 0;     // the first byte of it that no line has had
  std::string long_;       // a line in several buffers
  std::string_view line_;  // without its end
  std::int64_t number_ = 0;
  crypto::Sha256 digest_;
  std::string table_;
  std::vector<std::string> columns_;
  DumpCounts counts_;
};

}  // namespace gatehouse::domain
