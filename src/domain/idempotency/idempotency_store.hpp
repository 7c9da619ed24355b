// The SQL of idempotency keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/database.hpp"

namespace gatehouse::domain::idempotency_store {

struct Row {
  std::string fingerprint;
  std::optional<std::string> answer;  // sealed; none while the first request runs
  Timestamp created_at;
};

// False when the key is taken.
bool insert(sql::Tx& tx, const Uuid& principal, std::string_view key, std::string_view fingerprint, Timestamp now);
std::optional<Row> find(sql::Tx& tx, const Uuid& principal, std::string_view key);
void complete(sql::Tx& tx, const Uuid& principal, std::string_view key, std::string_view answer);
void remove(sql::Tx& tx, const Uuid& principal, std::string_view key);
void remove_unanswered(sql::Tx& tx, const Uuid& principal, std::string_view key);
bool any_before(sql::Tx& tx, Timestamp before);
std::int64_t remove_before(sql::Tx& tx, Timestamp before, std::int64_t limit);

}  // namespace gatehouse::domain::idempotency_store
