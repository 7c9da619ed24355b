#include "domain/users/user_roll_store.hpp"

#include <algorithm>

#include "domain/scope_store.hpp"

namespace gatehouse::domain::user_roll_store {
namespace {

constexpr std::string_view kEntry =
    "SELECT no, user_name, email_key, display_name, first_name, last_name, status FROM users WHERE ";
constexpr std::size_t kListed = 1024;  // numbers in one statement

UserNo number(const sql::Row& row) { return {static_cast<std::uint32_t>(row.integer(0))}; }

Entry read(const sql::Row& row) {
  return {number(row),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          parse_user_status(row.text(6)).value_or(UserStatus::kInactive)};
}

std::vector<std::uint32_t> plain(std::span<const UserNo> users) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(users.size());
  for (const auto no : users) numbers.push_back(no.value);
  return numbers;
}

// Without a limit in the statement: an engine would go along the order in the hope of finding them soon.
std::vector<UserNo> few(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging) {
  std::vector<sql::Value> values;
  const auto sql =
      "SELECT u.no FROM users u WHERE u.no IN (" + scope_store::number_list(values, plain(set.numbers())) + ")" + order;
  std::vector<UserNo> all;
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    all.push_back(number(row));
    return std::ssize(all) < paging.skip + paging.limit;
  });
  return page_of(std::move(all), paging).items;
}

std::vector<UserNo> many(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging,
                         std::int64_t user_count) {
  const auto sql = "SELECT u.no FROM users u" + order + " LIMIT $1 OFFSET $2";
  std::vector<UserNo> page;
  auto to_skip = paging.skip;
  const auto wanted = std::min(paging.limit, set.size() - paging.skip);
  // As far as the page should be, were they spread evenly; then twice as far.
  auto length = (paging.skip + paging.limit) * std::max<std::int64_t>(user_count, 1) / set.size() * 5 / 4 + 256;
  bool more = true;
  for (std::int64_t gone = 0; more && std::ssize(page) < wanted; gone += length, length *= 2) {
    std::int64_t rows = 0;
    tx.each(sql, {length, gone}, [&](const sql::Row& row) {
      ++rows;
      const auto no = number(row);
      if (set.contains(no) && to_skip-- <= 0) page.push_back(no);
      return std::ssize(page) < wanted;
    });
    more = rows == length;
  }
  return page;
}

}  // namespace

void each_after(sql::Tx& tx, UserNo after, std::int64_t limit, FunctionRef<void(const Entry&)> use) {
  tx.each(std::string(kEntry).append("no > $1 ORDER BY no LIMIT $2"), {after.value, limit}, [&](const sql::Row& row) {
    use(read(row));
    return true;
  });
}

void each_of(sql::Tx& tx, std::span<const UserNo> numbers, FunctionRef<void(const Entry&)> use) {
  while (!numbers.empty()) {
    const auto some = numbers.first(std::min(numbers.size(), kListed));
    numbers = numbers.subspan(some.size());
    std::vector<sql::Value> values;
    const auto list = scope_store::number_list(values, plain(some));
    tx.each(std::string(kEntry).append("no IN (").append(list).append(")"), sql::Values(values),
            [&](const sql::Row& row) {
              use(read(row));
              return true;
            });
  }
}

std::vector<UserNo> changed(sql::Tx& tx, Revision after, Revision head) {
  std::vector<std::uint32_t> numbers;
  // Whose account is gone by now is known by the facts alone; the entry that says so is one of these.
  tx.each(
      "SELECT u.no, c.facts FROM changes c LEFT JOIN users u ON u.id = c.target_id WHERE c.revision > $1 AND "
      "c.revision <= $2 AND c.target_kind = 'user'",
      {after, head}, [&](const sql::Row& row) {
        if (!row.is_null(0)) {
          numbers.push_back(number(row).value);
          return true;
        }
        const auto facts = access::decode(row.bytes(1));
        if (!facts) throw sql::EngineError("an entry of the log cannot be read");
        for (const auto& fact : *facts) {
          if (const auto* gone = std::get_if<access::UserGone>(&fact)) numbers.push_back(gone->no.value);
        }
        return true;
      });
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<UserNo> users;
  users.reserve(numbers.size());
  for (const auto no : numbers) users.push_back({no});
  return users;
}

bool any_changed(sql::Tx& tx, Revision after, Revision head) {
  return tx.exists("SELECT 1 FROM changes WHERE revision > $1 AND revision <= $2 AND target_kind = 'user' LIMIT 1",
                   {after, head});
}

// By the words of the partial index, so that it is read and nothing else.
std::pair<std::int64_t, std::int64_t> count_not_active(sql::Tx& tx) {
  const auto count = [&](UserStatus status) {
    return tx.integer("SELECT COUNT(*) FROM users WHERE status <> 'active' AND status = $1", {name(status)});
  };
  return {count(UserStatus::kNew), count(UserStatus::kInactive)};
}

std::vector<UserNo> page(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging,
                         std::int64_t user_count) {
  if (set.size() <= paging.skip) return {};
  return set.size() <= static_cast<std::int64_t>(kListed) ? few(tx, set, order, paging)
                                                          : many(tx, set, order, paging, user_count);
}

}  // namespace gatehouse::domain::user_roll_store
