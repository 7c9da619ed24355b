// The SQL of the signing keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.hpp"

namespace gatehouse::domain::signing_key_store {

struct Row {
  std::string kid;
  std::string algorithm;
  std::string sealed;
  Timestamp created_at;
  Timestamp active_at;
  std::optional<Timestamp> retired_at;
};

void insert(sql::Tx& tx, const Row& row);
// Those that have no end yet get one.
void retire_all(sql::Tx& tx, Timestamp at);
std::vector<Row> all(sql::Tx& tx);  // oldest first
std::optional<Row> newest(sql::Tx& tx);
std::vector<std::string> retired_before(sql::Tx& tx, Timestamp before);
void remove(sql::Tx& tx, std::string_view kid);

}  // namespace gatehouse::domain::signing_key_store
