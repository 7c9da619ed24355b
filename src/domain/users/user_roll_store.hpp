// The SQL around the roll: what is put on it, and the pages of what was found on it.
#pragma once

#include "domain/users/user_roll.hpp"

namespace gatehouse::domain::user_roll_store {

// One account; the texts live until the callback returns.
struct Entry {
  UserNo no;
  std::string_view user_name;
  std::string_view email_key;
  std::string_view display_name;
  std::string_view first_name;
  std::string_view last_name;
  UserStatus status;
};

// Ascending; at most `limit`.
void each_after(sql::Tx& tx, UserNo after, std::int64_t limit, FunctionRef<void(const Entry&)> use);
// Those that there are, in no order.
void each_of(sql::Tx& tx, std::span<const UserNo> numbers, FunctionRef<void(const Entry&)> use);
// Accounts that the log names in (after, head], each once, ascending.
std::vector<UserNo> changed(sql::Tx& tx, Revision after, Revision head);
// Whether there is one.
bool any_changed(sql::Tx& tx, Revision after, Revision head);

// Of all accounts: new ones, and inactive ones.
std::pair<std::int64_t, std::int64_t> count_not_active(sql::Tx& tx);

// A page of the set. `order`: ` ORDER BY …` of columns of `users u`, no two alike in all of them. `user_count`: of all
// accounts, about. Few are looked up and sorted, of many the order is gone along until the page is full.
std::vector<UserNo> page(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging,
                         std::int64_t user_count);

}  // namespace gatehouse::domain::user_roll_store
