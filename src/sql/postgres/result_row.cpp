#include "sql/postgres/result_row.hpp"

#include <fmt/format.h>

namespace gatehouse::sql::postgres {
namespace {

// Of pg_type.dat; they never change.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kUnknown = 705;
constexpr Oid kVarchar = 1043;
constexpr Oid kNumeric = 1700;

std::uint64_t big_endian(std::string_view raw) {
  std::uint64_t value = 0;
  for (const char c : raw) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

// src/backend/utils/adt/numeric.c, numeric_send: digits of base 10,000; sums of integers are of this type.
std::int64_t whole_number(std::string_view raw) {
  const auto part = [&](std::size_t index) { return static_cast<std::int16_t>(big_endian(raw.substr(index * 2, 2))); };
  if (raw.size() < 8 || part(3) != 0) throw EngineError("PostgreSQL: the number is not whole");
  const std::int64_t digits = part(0);
  const std::int64_t weight = part(1);
  if (weight > 4) throw EngineError("PostgreSQL: the number is too large");
  std::int64_t value = 0;
  for (std::int64_t i = 0; i <= weight; ++i) {
    value = value * 10'000 + (i < digits ? part(static_cast<std::size_t>(4 + i)) : 0);
  }
  return part(2) == 0 ? value : -value;
}

[[noreturn]] void refuse(int column, Oid type) {
  throw EngineError(fmt::format("PostgreSQL: column {} is of another type (oid {}) than is asked for", column, type));
}

}  // namespace

std::string_view ResultRow::raw(int column) const {
  return {PQgetvalue(result_, 0, column), static_cast<std::size_t>(PQgetlength(result_, 0, column))};
}

std::int64_t ResultRow::integer(int column) const {
  if (is_null(column)) return 0;
  const std::string_view value = raw(column);
  switch (const Oid type = PQftype(result_, column)) {
    case kInt8: return static_cast<std::int64_t>(big_endian(value));
    case kInt4: return static_cast<std::int32_t>(big_endian(value));
    case kInt2: return static_cast<std::int16_t>(big_endian(value));
    case kBool: return static_cast<std::int64_t>(big_endian(value));
    case kNumeric: return whole_number(value);
    default: refuse(column, type);
  }
}

std::string_view ResultRow::text(int column) const {
  if (is_null(column)) return {};
  switch (const Oid type = PQftype(result_, column)) {
    case kText:
    case kVarchar:
    case kName:
    case kUnknown: return raw(column);
    default: refuse(column, type);
  }
}

std::string_view ResultRow::bytes(int column) const {
  if (is_null(column)) return {};
  const Oid type = PQftype(result_, column);
  if (type != kBytea) refuse(column, type);
  return raw(column);
}

}  // namespace gatehouse::sql::postgres
