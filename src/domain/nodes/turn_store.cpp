#include "domain/nodes/turn_store.hpp"

namespace gatehouse::domain::turn_store {

std::optional<Row> find(sql::Tx& tx, std::string_view work) {
  return tx.first("SELECT node, until FROM node_turns WHERE work = $1", {work}, [](const sql::Row& row) {
    return Row{row.id<NodeId>(0), row.time(1)};
  });
}

void put(sql::Tx& tx, std::string_view work, const Row& row) {
  tx.execute(
      "INSERT INTO node_turns (work, node, until) VALUES ($1, $2, $3) ON CONFLICT (work) DO UPDATE "
      "SET node = $2, until = $3",
      {work, row.node, row.until});
}

void remove(sql::Tx& tx, std::string_view work, const NodeId& node) {
  tx.execute("DELETE FROM node_turns WHERE work = $1 AND node = $2", {work, node});
}

}  // namespace gatehouse::domain::turn_store
