#include "domain/signing_keys/signing_key_store.hpp"

namespace gatehouse::domain::signing_key_store {
namespace {

Row read(const sql::Row& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.bytes(2)), row.time(3), row.time(4),
          row.maybe_time(5)};
}

}  // namespace

void insert(sql::Tx& tx, const Row& row) {
  tx.execute(
      "INSERT INTO signing_keys (kid, algorithm, private_key, created_at, active_at, retired_at) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {row.kid, row.algorithm, sql::Value::bytes(row.sealed), row.created_at, row.active_at, row.retired_at});
}

void retire_all(sql::Tx& tx, Timestamp at) {
  tx.execute("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL", {sql::Value(at)});
}

std::vector<Row> all(sql::Tx& tx) {
  std::vector<Row> found;
  tx.each(
      "SELECT kid, algorithm, private_key, created_at, active_at, retired_at FROM signing_keys ORDER BY active_at, kid",
      {}, [&](const sql::Row& row) {
        found.push_back(read(row));
        return true;
      });
  return found;
}

std::optional<Row> newest(sql::Tx& tx) {
  return tx.first(
      "SELECT kid, algorithm, private_key, created_at, active_at, retired_at FROM signing_keys "
      "ORDER BY active_at DESC, kid DESC LIMIT 1",
      {}, read);
}

std::vector<std::string> retired_before(sql::Tx& tx, Timestamp before) {
  std::vector<std::string> found;
  tx.each("SELECT kid FROM signing_keys WHERE retired_at <= $1", {sql::Value(before)}, [&](const sql::Row& row) {
    found.emplace_back(row.text(0));
    return true;
  });
  return found;
}

void remove(sql::Tx& tx, std::string_view kid) {
  tx.execute("DELETE FROM signing_keys WHERE kid = $1", {sql::Value(kid)});
}

}  // namespace gatehouse::domain::signing_key_store
