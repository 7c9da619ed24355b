// The SQL of turns.
#pragma once

#include <optional>
#include <string_view>

#include "domain/nodes/node.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain::turn_store {

struct Row {
  NodeId node;
  Timestamp until;
};

std::optional<Row> find(sql::Tx& tx, std::string_view work);
void put(sql::Tx& tx, std::string_view work, const Row& row);
void remove(sql::Tx& tx, std::string_view work, const NodeId& node);

}  // namespace gatehouse::domain::turn_store
