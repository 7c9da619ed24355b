#include "domain/sign_in/attempt_store.hpp"

namespace gatehouse::domain::attempt_store {

std::optional<Row> find(sql::Tx& tx, std::string_view account, std::string_view source) {
  return tx.first(
      "SELECT failures, last_failure_at, blocked_until FROM sign_in_attempts WHERE account = $1 AND source = $2",
      {sql::Value::bytes(account), source}, [](const sql::Row& row) {
        return Row{row.integer(0), row.time(1), row.time(2)};
      });
}

void put(sql::Tx& tx, std::string_view account, std::string_view source, const Row& row) {
  tx.execute(
      "INSERT INTO sign_in_attempts (account, source, failures, last_failure_at, blocked_until) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account, source) DO UPDATE "
      "SET failures = $3, last_failure_at = $4, blocked_until = $5",
      {sql::Value::bytes(account), source, row.failures, row.last_failure_at, row.blocked_until});
}

void remove(sql::Tx& tx, std::string_view account, std::string_view source) {
  tx.execute("DELETE FROM sign_in_attempts WHERE account = $1 AND source = $2", {sql::Value::bytes(account), source});
}

bool any_before(sql::Tx& tx, Timestamp before) {
  return tx.exists("SELECT 1 FROM sign_in_attempts WHERE last_failure_at <= $1 LIMIT 1", {sql::Value(before)});
}

std::int64_t remove_before(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  return tx.execute(
      "DELETE FROM sign_in_attempts WHERE (account, source) IN "
      "(SELECT account, source FROM sign_in_attempts WHERE last_failure_at <= $1 ORDER BY last_failure_at LIMIT $2)",
      {before, limit});
}

}  // namespace gatehouse::domain::attempt_store
