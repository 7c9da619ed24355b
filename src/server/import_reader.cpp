#include "server/import_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "base/json.hpp"
#include "base/text.hpp"
#include "protocol/csv/record.hpp"
#include "server/import_reader_cells.hpp"

namespace gatehouse::server {
namespace {

using domain::ImportKind;
constexpr std::string_view kTooLong = "longer than a mebibyte";

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class CsvReader final : public ImportReader {
 public:
  explicit CsvReader(ImportSource source) : ImportReader(std::move(source)) {}

 private:
  Result<std::uint32_t> read_columns() override {
    if (const auto fault = read_fields()) return invalid("import.columns_unknown", "the header line: " + *fault);
    std::uint32_t columns = 0;
    for (std::size_t i = 0; i < record_.count; ++i) {
      const auto column = find_import_column(text::collapse_blanks(record_.fields[i]));
      if (!column) {
        return invalid("import.columns_unknown",
                       fmt::format("the header line names the column {}, which nobody knows", record_.fields[i]));
      }
      if ((columns & bit(*column)) != 0) {
        return invalid("import.columns_unknown", fmt::format("the header line names {} twice", name(*column)));
      }
      columns |= bit(*column);
      columns_.push_back(*column);
    }
    return columns;
  }

  std::optional<std::string> read_record() override {
    if (auto fault = read_fields()) return fault;
    if (record_.count != columns_.size()) {
      return fmt::format("{} fields, but the header line has {}", record_.count, columns_.size());
    }
    for (std::size_t i = 0; i < record_.count; ++i) cells_->set(columns_[i]) = record_.fields[i];
    return std::nullopt;
  }

  std::optional<std::string> read_fields() {
    csv::read_record(source_.window(), kMaxImportRecord, record_);
    if (record_.fault.empty()) {
      source_.consume(record_.size);
      return std::nullopt;
    }
    skip_line();
    return std::string(record_.fault);
  }

  csv::Record record_;
  std::vector<ImportColumn> columns_;
};

class JsonLinesReader final : public ImportReader {
 public:
  explicit JsonLinesReader(ImportSource source) : ImportReader(std::move(source)) {}

 private:
  Result<std::uint32_t> read_columns() override {
    const auto offset = source_.offset();
    const auto line = source_.line();
    cells_->clear();
    if (const auto fault = read_record()) return invalid("import.columns_unknown", "the first row: " + *fault);
    source_.seek(offset, line);
    return cells_->given;
  }

  std::optional<std::string> read_record() override {
    const auto window = source_.window();
    const auto end = window.find('\n');
    const auto size = end == std::string_view::npos ? window.size() : end + 1;
    if (size > kMaxImportRecord) {
      skip_line();
      return std::string(kTooLong);
    }
    auto fault = read_object(without_line_end(window.substr(0, size)));
    source_.consume(size);
    return fault;
  }

  std::optional<std::string> read_object(std::string_view line) {
    boost::json::monotonic_resource arena(arena_.data(), arena_.size());
    const auto parsed = json::parse(line, {.max_depth = 3, .max_bytes = kMaxImportRecord}, &arena);
    if (!parsed) return parsed.error().detail;
    if (!parsed->is_object()) return "not a JSON object";
    for (const auto& member : parsed->get_object()) {
      const auto column = find_import_column(member.key());
      if (!column) return fmt::format("the member {}, which nobody knows", std::string_view(member.key()));
      if (member.value().is_null()) continue;
      if (auto fault = read_member(*column, member.value())) return fault;
    }
    return std::nullopt;
  }

  std::optional<std::string> read_member(ImportColumn column, const boost::json::value& value) {
    if (const auto* text = value.if_string()) {
      cells_->set(column).assign(text->data(), text->size());
      return std::nullopt;
    }
    if (column == ImportColumn::kRoles && value.is_array()) {
      auto& roles = cells_->roles.emplace();
      for (const auto& role : value.get_array()) {
        if (!role.is_string()) return "roles must be an array of texts";
        roles.emplace_back(role.get_string());
      }
    } else if (column == ImportColumn::kAttributes && value.is_object()) {
      auto& attributes = cells_->attributes.emplace();
      for (const auto& [key, text] : value.get_object()) {
        if (!text.is_string()) return "attributes must be an object of texts";
        attributes.emplace(key, text.get_string());
      }
    } else {
      return fmt::format("{} must be a text", name(column));
    }
    cells_->set(column).clear();
    return std::nullopt;
  }

  std::array<unsigned char, 4096> arena_{};
};

// By the beginning of the file's name, else by the columns that only one kind has.
ImportKind kind_of(const std::string& path, std::uint32_t columns) {
  const auto name = std::filesystem::path(path).filename().string();
  if (name.starts_with("organizations")) return ImportKind::kOrganizations;
  if (name.starts_with("users")) return ImportKind::kUsers;
  if (name.starts_with("memberships")) return ImportKind::kMemberships;
  if ((columns & bit(ImportColumn::kUserKey)) != 0) return ImportKind::kMemberships;
  if ((columns & (bit(ImportColumn::kEmail) | bit(ImportColumn::kUserName))) != 0) return ImportKind::kUsers;
  return ImportKind::kOrganizations;
}

bool is_utf8_row(const ImportCells& cells) {
  for (std::size_t i = 0; i < kImportColumns; ++i) {
    if ((cells.given & (1U << i)) == 0) continue;
    if (!text::is_utf8(cells.text[i]) || cells.text[i].find('\0') != std::string::npos) return false;
  }
  return true;
}

}  // namespace

ImportReader::ImportReader(ImportSource source) : source_(std::move(source)), cells_(std::make_unique<ImportCells>()) {}

ImportReader::~ImportReader() = default;

Result<std::unique_ptr<ImportReader>> ImportReader::open(const std::string& path) {
  const auto extension = std::filesystem::path(path).extension().string();
  auto source = TRY(ImportSource::open(path));
  std::unique_ptr<ImportReader> reader;
  if (extension == ".csv") {
    reader = std::make_unique<CsvReader>(std::move(source));
  } else if (extension == ".jsonl" || extension == ".ndjson") {
    reader = std::make_unique<JsonLinesReader>(std::move(source));
  } else {
    return invalid("import.format_unknown", fmt::format("{} is neither .csv nor .jsonl", path));
  }
  std::error_code error;
  const auto absolute = std::filesystem::canonical(path, error).string();
  reader->file_ = {error ? path : absolute, reader->source_.fingerprint(), {}};
  // An empty file has no rows of any kind.
  std::uint32_t columns = 0;
  if (reader->skip_blank_lines()) {
    auto read = reader->read_columns();
    if (!read) return invalid(read.error().code, path + ": " + read.error().detail);
    columns = *read;
  }
  reader->file_.kind = kind_of(path, columns);
  for (std::size_t i = 0; i < kImportColumns; ++i) {
    const auto foreign = columns & ~columns_of(reader->file_.kind) & (1U << i);
    if (foreign == 0) continue;
    return invalid("import.columns_unknown",
                   fmt::format("{}: {} has no place here", path, name(static_cast<ImportColumn>(i))));
  }
  return reader;
}

// False at the end of the file.
bool ImportReader::skip_blank_lines() {
  while (true) {
    const auto window = source_.window();
    if (window.empty()) return false;
    const std::size_t blanks = window.front() == '\n' ? 1 : window.starts_with("\r\n") ? 2 : 0;
    if (blanks == 0) return true;
    source_.consume(blanks);
  }
}

void ImportReader::skip_line() {
  while (true) {
    const auto window = source_.window();
    const auto end = window.find('\n');
    const bool found = end != std::string_view::npos;
    source_.consume(found ? end + 1 : window.size());
    if (found || source_.at_end()) return;
  }
}

bool ImportReader::next(domain::ImportRow& row, std::optional<std::string>& fault) {
  fault.reset();
  if (!skip_blank_lines()) return false;
  row.line = source_.line();
  cells_->clear();
  fault = read_record();
  if (fault) return true;
  if (!is_utf8_row(*cells_)) {
    fault = "not UTF-8 text";
  } else if (const auto foreign = cells_->given & ~columns_of(file_.kind); foreign != 0) {
    fault = fmt::format("{} has no place here", name(static_cast<ImportColumn>(std::countr_zero(foreign))));
  } else {
    fault = to_row(*cells_, file_.kind, row);
  }
  return true;
}

}  // namespace gatehouse::server
