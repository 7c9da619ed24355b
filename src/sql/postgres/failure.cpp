#include "sql/postgres/failure.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace gatehouse::sql::postgres {
namespace {

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Failure failure_of(const PGresult* result, const PGconn* connection) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) return {{}, one_line(PQerrorMessage(connection))};
  const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return {state, one_line(words == nullptr ? "" : words)};
}

bool ends_connection(const Failure& failure) {
  const std::string_view state = failure.state;
  // 57P: shutdown, crash, idle too long. 25P03: idle in a transaction. 25006: this server takes no writes any more.
  // 26000, 0A000: a prepared statement that is gone, or whose answer has another shape since a migration.
  return state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25P03" || state == "25006" ||
         state == "26000" || state == "0A000";
}

void fail(const Failure& failure, std::string_view sql) {
  const std::string where = sql.empty() ? std::string() : fmt::format(" in: {}", sql);
  const std::string words = fmt::format("PostgreSQL{}{}: {}{}", failure.state.empty() ? "" : " ", failure.state,
                                        failure.words.empty() ? "the connection was lost" : failure.words, where);
  if (ends_connection(failure)) throw ConnectionLost(words);
  constexpr std::array<std::string_view, 3> kAgain{"40001", "40P01", "55P03"};
  if (std::find(kAgain.begin(), kAgain.end(), failure.state) != kAgain.end()) throw TransientError(words);
  // Appendix A: data exceptions, broken constraints, limits of the program.
  constexpr std::array<std::string_view, 3> kNever{"22", "23", "54"};
  const auto of_class = [&](std::string_view one) { return failure.state.starts_with(one); };
  if (std::any_of(kNever.begin(), kNever.end(), of_class)) throw StatementRefused(words);
  throw EngineError(words);
}

}  // namespace gatehouse::sql::postgres
