// Rows that are posted one after the other into the same table: they go as one statement of many rows, for that costs the
// server and this process a small part of what as many statements cost.
//
// Takes nothing but `INSERT INTO … VALUES ($1, …, $n)`, with or without `ON CONFLICT … DO NOTHING` behind it: of others two
// rows in one statement may be something else than one after the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.hpp"
#include "sql/database.hpp"

namespace gatehouse::sql::postgres {

class PostedRows {
 public:
  // False, and nothing was taken, when it cannot go with those that wait, or at all. The values are copied.
  bool take(std::string_view sql, Values values);
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  // Hands them over in their order and forgets them, whatever becomes of them. In statements of 64, 16, 4
  // and 1 of them, so that there are few different ones.
  void hand_over(FunctionRef<void(std::string_view, Values)> send);
  void forget();

 private:
  struct Kept {
    Value::Type type;
    std::int64_t integer;  // or where in `bytes_`
    std::size_t size;
  };
  bool begin(std::string_view sql, Values values);
  [[nodiscard]] bool goes_with(std::string_view sql, Values values) const;
  [[nodiscard]] Value value(const Kept& kept) const;
  [[nodiscard]] std::string statement(std::size_t rows) const;

  std::string sql_;  // of one row
  std::size_t front_ = 0;
  std::size_t back_ = 0;  // what is before and behind its parentheses
  std::size_t columns_ = 0;
  std::size_t rows_ = 0;
  std::vector<Kept> kept_;
  std::string bytes_;
};

}  // namespace gatehouse::sql::postgres
