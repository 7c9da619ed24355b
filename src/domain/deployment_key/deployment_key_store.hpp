// The SQL of the deployment's one row.
#pragma once

#include <optional>
#include <string>

#include "sql/database.hpp"

namespace gatehouse::domain::deployment_key_store {

struct Row {
  std::string id;
  std::string key_check;  // sealed
};

std::optional<Row> find(sql::Tx& tx);
// Nothing when there is one.
void insert(sql::Tx& tx, const Row& row);

}  // namespace gatehouse::domain::deployment_key_store
