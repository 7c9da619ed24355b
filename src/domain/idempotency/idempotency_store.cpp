#include "domain/idempotency/idempotency_store.hpp"

namespace gatehouse::domain::idempotency_store {

bool insert(sql::Tx& tx, const Uuid& principal, std::string_view key, std::string_view fingerprint, Timestamp now) {
  return tx.execute(
             "INSERT INTO idempotency_keys (principal, key, fingerprint, created_at) VALUES ($1, $2, $3, $4) "
             "ON CONFLICT (principal, key) DO NOTHING",
             {principal, key, sql::Value::bytes(fingerprint), now}) > 0;
}

std::optional<Row> find(sql::Tx& tx, const Uuid& principal, std::string_view key) {
  return tx.first("SELECT fingerprint, answer, created_at FROM idempotency_keys WHERE principal = $1 AND key = $2",
                  {principal, key}, [](const sql::Row& row) {
                    Row found{std::string(row.bytes(0)), std::nullopt, row.time(2)};
                    if (!row.is_null(1)) found.answer = std::string(row.bytes(1));
                    return found;
                  });
}

void complete(sql::Tx& tx, const Uuid& principal, std::string_view key, std::string_view answer) {
  tx.execute("UPDATE idempotency_keys SET answer = $3 WHERE principal = $1 AND key = $2",
             {principal, key, sql::Value::bytes(answer)});
}

void remove(sql::Tx& tx, const Uuid& principal, std::string_view key) {
  tx.execute("DELETE FROM idempotency_keys WHERE principal = $1 AND key = $2", {principal, key});
}

void remove_unanswered(sql::Tx& tx, const Uuid& principal, std::string_view key) {
  tx.execute("DELETE FROM idempotency_keys WHERE principal = $1 AND key = $2 AND answer IS NULL", {principal, key});
}

bool any_before(sql::Tx& tx, Timestamp before) {
  return tx.exists("SELECT 1 FROM idempotency_keys WHERE created_at <= $1 LIMIT 1", {sql::Value(before)});
}

std::int64_t remove_before(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  return tx.execute(
      "DELETE FROM idempotency_keys WHERE (principal, key) IN "
      "(SELECT principal, key FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2)",
      {before, limit});
}

}  // namespace gatehouse::domain::idempotency_store
