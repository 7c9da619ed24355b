// The SQL of counted sign-in attempts.
#pragma once

#include <optional>
#include <string_view>

#include "sql/database.hpp"

namespace gatehouse::domain::attempt_store {

struct Row {
  std::int64_t failures = 0;
  Timestamp last_failure_at;
  Timestamp blocked_until;
};

// `account` is a digest; `source` empty: from everywhere.
std::optional<Row> find(sql::Tx& tx, std::string_view account, std::string_view source);
void put(sql::Tx& tx, std::string_view account, std::string_view source, const Row& row);
void remove(sql::Tx& tx, std::string_view account, std::string_view source);
bool any_before(sql::Tx& tx, Timestamp before);  // as below
// At most `limit` rows whose last failure is before; how many went.
std::int64_t remove_before(sql::Tx& tx, Timestamp before, std::int64_t limit);

}  // namespace gatehouse::domain::attempt_store
