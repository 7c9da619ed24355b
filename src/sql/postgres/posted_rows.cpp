#include "sql/postgres/posted_rows.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sql::postgres {
namespace {

constexpr std::size_t kMostRows = 64;
constexpr std::size_t kMostBytes = 256 << 10;
constexpr std::string_view kValues = " VALUES ";

std::string places(std::size_t first, std::size_t count) {
  std::string list = "(";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) list += ", ";
    list += "$" + std::to_string(first + i);
  }
  return list + ")";
}

}  // namespace

bool PostedRows::begin(std::string_view sql, Values values) {
  if (!sql.starts_with("INSERT INTO ")) return false;
  const auto at = sql.find(kValues);
  if (at == std::string_view::npos) return false;
  const auto list = places(1, values.size());
  const auto front = at + kValues.size();
  if (!sql.substr(front).starts_with(list)) return false;
  const auto rest = sql.substr(front + list.size());
  if (!rest.empty() && !(rest.starts_with(" ON CONFLICT ") && rest.ends_with(" DO NOTHING"))) return false;
  bytes_.clear();
  sql_ = sql;
  front_ = front;
  back_ = front + list.size();
  columns_ = values.size();
  return true;
}

bool PostedRows::goes_with(std::string_view sql, Values values) const {
  return rows_ < kMostRows && bytes_.size() < kMostBytes && sql == sql_ && values.size() == columns_ &&
         std::equal(values.begin(), values.end(), kept_.begin(),
                    [](const Value& value, const Kept& kept) { return value.type() == kept.type; });
}

bool PostedRows::take(std::string_view sql, Values values) {
  if (empty() ? !begin(sql, values) : !goes_with(sql, values)) return false;
  for (const auto& value : values) {
    const bool plain = value.type() == Value::Type::kInteger;
    kept_.push_back(
        {value.type(), plain ? value.integer() : static_cast<std::int64_t>(bytes_.size()), value.view().size()});
    bytes_ += value.view();
  }
  ++rows_;
  return true;
}

Value PostedRows::value(const Kept& kept) const {
  if (kept.type == Value::Type::kNull) return nullptr;
  if (kept.type == Value::Type::kInteger) return kept.integer;
  const auto view = std::string_view(bytes_).substr(static_cast<std::size_t>(kept.integer), kept.size);
  return kept.type == Value::Type::kBytes ? Value::bytes(view) : Value(view);
}

std::string PostedRows::statement(std::size_t rows) const {
  std::string sql = sql_.substr(0, front_);
  for (std::size_t row = 0; row < rows; ++row) {
    if (row > 0) sql += ", ";
    sql += places(row * columns_ + 1, columns_);
  }
  return sql + sql_.substr(back_);
}

void PostedRows::hand_over(FunctionRef<void(std::string_view, Values)> send) {
  const auto kept = std::exchange(kept_, {});
  auto left = std::exchange(rows_, 0);
  std::vector<Value> values;
  values.reserve(kept.size());
  for (const auto& one : kept) values.push_back(value(one));
  auto from = values.begin();
  for (auto rows = kMostRows; left > 0;) {
    if (rows > left) {
      rows /= 4;
      continue;
    }
    const auto end = from + static_cast<std::ptrdiff_t>(rows * columns_);
    send(rows == 1 ? sql_ : statement(rows), Values(from, end));
    from = end;
    left -= rows;
  }
  forget();
}

void PostedRows::forget() {
  rows_ = 0;
  kept_.clear();
  bytes_.clear();
}

}  // namespace gatehouse::sql::postgres
