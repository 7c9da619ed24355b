#include "domain/deployment/dump_cells.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::string_view kHex = "hex";
constexpr std::string_view kTextHex = "text_hex";
constexpr std::size_t kLongestRow = 1U << 30U;
constexpr std::size_t kDepth = 3;  // a row, a cell and its bytes

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Capitals are not what this writes.
bool decode_hex(std::string_view digits, std::string& out) {
  if (digits.size() % 2 != 0) return false;
  out.clear();
  out.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]);
    const int low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

// The text of {"hex":…}.
const boost::json::string* digits_in(const boost::json::value& cell, std::string_view name) {
  const auto* object = cell.if_object();
  if (object == nullptr || object->size() != 1) return nullptr;
  const auto* digits = object->if_contains(name);
  return digits == nullptr ? nullptr : digits->if_string();
}

void append_hex_cell(JsonWriter& json, std::string_view name, std::string_view bytes) {
  json.begin_object().key(name);
  std::string& out = json.place();
  out.push_back('"');
  append_hex(out, bytes);
  out.push_back('"');
  json.end_object();
}

void append_cell(JsonWriter& json, const sql::Row& row, int column, sql::ColumnType type) {
  if (row.is_null(column)) {
    json.null();
  } else if (type == sql::ColumnType::kInteger) {
    json.value(row.integer(column));
  } else if (type == sql::ColumnType::kBytes) {
    append_hex_cell(json, kHex, row.bytes(column));
  } else if (const auto text = row.text(column); text::is_utf8(text)) {
    json.value(text);
  } else {
    append_hex_cell(json, kTextHex, text);
  }
}

Error bad_row(std::string_view why) {
  return invalid("deployment.damaged", "the row is not as this release writes it: " + std::string(why));
}

}  // namespace

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 15U]);
  }
}

std::optional<std::string> bytes_in(std::string_view row, std::size_t place) {
  const auto json = json::parse(row, {.max_depth = kDepth, .max_bytes = kLongestRow});
  const auto* cells = json ? json->if_array() : nullptr;
  if (cells == nullptr || place >= cells->size()) return std::nullopt;
  const auto* digits = digits_in((*cells)[place], kHex);
  std::string bytes;
  if (digits == nullptr || !decode_hex(*digits, bytes)) return std::nullopt;
  return bytes;
}

void append_row(std::string& out, const sql::Row& row, const std::vector<sql::Column>& columns) {
  JsonWriter json(out);
  json.begin_array();
  int place = 0;
  for (const auto& column : columns) append_cell(json, row, place++, column.type);
  json.end_array();
}

Result<void> DumpRow::read(std::string_view json, const std::vector<sql::Column>& columns) {
  values_.clear();
  decoded_.clear();
  json_ = TRY(json::parse(json, {.max_depth = kDepth, .max_bytes = kLongestRow}));
  const auto* cells = json_.if_array();
  if (cells == nullptr || cells->size() != columns.size()) return bad_row("it has not one cell for each column");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!take((*cells)[i], columns[i].type)) return bad_row(columns[i].name + " is not of its column's type");
  }
  return {};
}

bool DumpRow::take(const boost::json::value& cell, sql::ColumnType type) {
  if (cell.is_null()) {
    values_.emplace_back(nullptr);
    return true;
  }
  if (type == sql::ColumnType::kInteger) {
    if (!cell.is_int64()) return false;
    values_.emplace_back(cell.get_int64());
    return true;
  }
  if (cell.is_string()) {
    if (type != sql::ColumnType::kText) return false;
    values_.emplace_back(std::string_view(cell.get_string()));
    return true;
  }
  const auto* digits = digits_in(cell, type == sql::ColumnType::kBytes ? kHex : kTextHex);
  if (digits == nullptr || !decode_hex(*digits, decoded_.emplace_back())) return false;
  values_.push_back(type == sql::ColumnType::kBytes ? sql::Value::bytes(decoded_.back()) : sql::Value(decoded_.back()));
  return true;
}

KeptCells::KeptCells(const std::vector<sql::Value>& values, const std::vector<std::size_t>& places) {
  for (const auto place : places) {
    cells_.push_back({values[place].type(), values[place].integer(), std::string(values[place].view())});
  }
}

bool KeptCells::any_null() const {
  return std::any_of(cells_.begin(), cells_.end(),
                     [](const Cell& cell) { return cell.type == sql::Value::Type::kNull; });
}

std::strong_ordering KeptCells::operator<=>(const KeptCells& other) const {
  return std::lexicographical_compare_three_way(cells_.begin(), cells_.end(), other.cells_.begin(), other.cells_.end());
}

void KeptCells::append_to(std::vector<sql::Value>& values) const {
  for (const auto& cell : cells_) {
    switch (cell.type) {
      case sql::Value::Type::kNull: values.emplace_back(nullptr); break;
      case sql::Value::Type::kInteger: values.emplace_back(cell.integer); break;
      case sql::Value::Type::kText: values.emplace_back(cell.text); break;
      case sql::Value::Type::kBytes: values.push_back(sql::Value::bytes(cell.text)); break;
    }
  }
}

}  // namespace gatehouse::domain
