// A row of an answer in binary format. Refuses to turn one type into another: text is no number here, and neither is
// floating point, which no table has.
#pragma once

#include <memory>

#include <libpq-fe.h>

#include "sql/database.hpp"

namespace gatehouse::sql::postgres {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, Clear>;

class ResultRow final : public Row {
 public:
  explicit ResultRow(const PGresult* result) : result_(result) {}
  [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_, 0, column) != 0; }
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::string_view bytes(int column) const override;

 private:
  [[nodiscard]] std::string_view raw(int column) const;
  const PGresult* result_;
};

}  // namespace gatehouse::sql::postgres
