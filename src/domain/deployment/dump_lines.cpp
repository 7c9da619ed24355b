#include "domain/deployment/dump_lines.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/json.hpp"
#include "domain/deployment/dump_cells.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::size_t kBuffer = 1U << 20U;
constexpr std::size_t kLongestLine = 1U << 30U;

namespace bj = boost::json;

const bj::string* text_of(const bj::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_string();
}

const std::int64_t* number_of(const bj::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_int64();
}

Error not_a_dump() {
  return invalid("deployment.not_a_dump",
                 "the file is none that `gatehouse export --deployment` writes: its first line does not say so");
}

}  // namespace

DumpLines::DumpLines(std::istream& file) : file_(file) {
  file_.clear();
  file_.seekg(0);
}

Error DumpLines::damaged(std::string_view why) const {
  return invalid("deployment.damaged", fmt::format("the file is damaged at line {}: {}", number_, why));
}

// The next whole line, false at the end of the file; what follows the last newline is no line.
bool DumpLines::read_line() {
  long_.clear();
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (const auto end = rest.find('\n'); end != std::string_view::npos) {
      at_ += end + 1;
      line_ = rest.substr(0, end);
      if (!long_.empty()) line_ = long_.append(line_);
      ++number_;
      return true;
    }
    if (long_.size() + rest.size() > kLongestLine) return false;
    long_.append(rest);
    buffer_.resize(kBuffer);
    at_ = 0;
    file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.resize(static_cast<std::size_t>(file_.gcount()));
    if (buffer_.empty()) return false;
  }
}

Result<DumpHead> DumpLines::head() {
  if (!read_line()) return not_a_dump();
  const auto json = json::parse(line_);
  const auto* object = json ? json->if_object() : nullptr;
  if (object == nullptr) return not_a_dump();
  const auto* format = text_of(*object, dump_lines::kFormat);
  const auto* version = number_of(*object, dump_lines::kVersion);
  const auto* release = text_of(*object, dump_lines::kRelease);
  const auto* schema = number_of(*object, dump_lines::kSchema);
  if (format == nullptr || *format != dump_lines::kFormatName || version == nullptr || release == nullptr ||
      schema == nullptr) {
    return not_a_dump();
  }
  if (*version != dump_lines::kFormatVersion) {
    return invalid(
        "deployment.not_a_dump",
        fmt::format("the file is of version {} of its format, this release knows {}: import it with release {}",
                    *version, dump_lines::kFormatVersion, std::string_view(*release)));
  }
  digest_.add(line_);
  digest_.add("\n");
  return DumpHead{std::string(*release), *schema};
}

Result<DumpLines::Kind> DumpLines::next() {
  if (!read_line()) {
    ++number_;
    return damaged("it ends there, and it should not; copy it again");
  }
  if (!line_.starts_with('[')) return heading();
  if (counts_.tables == 0) return damaged("a row before the first table");
  digest_.add(line_);
  digest_.add("\n");
  ++counts_.rows;
  return Kind::kRow;
}

// A line that is no row: the next table, or the end.
Result<DumpLines::Kind> DumpLines::heading() {
  const auto json = json::parse(line_);
  const auto* object = json ? json->if_object() : nullptr;
  if (object == nullptr) return damaged("it is neither a table nor a row");
  if (const auto* digest = text_of(*object, dump_lines::kDigest)) {
    const auto* tables = number_of(*object, dump_lines::kTables);
    const auto* rows = number_of(*object, dump_lines::kRows);
    if (tables == nullptr || rows == nullptr) return damaged("the counts are missing");
    return end(*tables, *rows, *digest);
  }
  const auto* name = text_of(*object, dump_lines::kTable);
  const auto* columns = object->if_contains(dump_lines::kColumns);
  if (name == nullptr || columns == nullptr || !columns->is_array()) return damaged("it is neither a table nor a row");
  columns_.clear();
  for (const auto& column : columns->get_array()) {
    if (!column.is_string()) return damaged("a column without a name");
    columns_.emplace_back(column.get_string());
  }
  table_ = *name;
  digest_.add(line_);
  digest_.add("\n");
  ++counts_.tables;
  return Kind::kTable;
}

Result<DumpLines::Kind> DumpLines::end(std::int64_t tables, std::int64_t rows, std::string_view digest) {
  std::string found;
  append_hex(found, crypto::view(digest_.finish()));
  if (tables != counts_.tables || rows != counts_.rows || digest != found) {
    return damaged("what is before it is not what was written; copy the file again");
  }
  const bool more = at_ < buffer_.size() || file_.peek() != std::istream::traits_type::eof();
  if (more) return damaged("something follows the end");
  return Kind::kEnd;
}

}  // namespace gatehouse::domain
