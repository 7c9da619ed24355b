#include "domain/deployment_key/deployment_key_store.hpp"

namespace gatehouse::domain::deployment_key_store {

std::optional<Row> find(sql::Tx& tx) {
  return tx.first("SELECT id, key_check FROM deployment WHERE one = 1", {}, [](const sql::Row& row) {
    return Row{std::string(row.bytes(0)), std::string(row.bytes(1))};
  });
}

void insert(sql::Tx& tx, const Row& row) {
  tx.execute("INSERT INTO deployment (one, id, key_check) VALUES (1, $1, $2) ON CONFLICT (one) DO NOTHING",
             {sql::Value::bytes(row.id), sql::Value::bytes(row.key_check)});
}

}  // namespace gatehouse::domain::deployment_key_store
