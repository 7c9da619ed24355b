#include "domain/users/user_store.hpp"

#include "domain/scope_store.hpp"

namespace gatehouse::domain::user_store {
namespace {

constexpr std::string_view kSelect =
    "SELECT u.no, u.id, u.user_name, u.email, u.display_name, u.status, u.version, u.created_at, u.updated_at, "
    "u.last_sign_in_at, u.first_name, u.last_name, u.phone, u.identification_type_id, u.identification_number, "
    "u.identification_key, u.identity_provider_id, u.email_proven, u.password_hash IS NOT NULL, "
    "u.proven_email, u.password_given_at FROM ";

UserNo number(const sql::Row& row) { return {static_cast<std::uint32_t>(row.integer(0))}; }

User read(const sql::Row& row) {
  User user;
  user.no = number(row);
  user.id = row.id<UserId>(1);
  user.user_name = row.text(2);
  user.email = row.text(3);
  user.display_name = row.text(4);
  user.status = parse_user_status(row.text(5)).value_or(UserStatus::kInactive);
  user.version = row.integer(6);
  user.created_at = row.time(7);
  user.updated_at = row.time(8);
  user.last_sign_in_at = row.maybe_time(9);
  user.first_name = row.text(10);
  user.last_name = row.text(11);
  user.phone = row.text(12);
  if (!row.is_null(13)) {
    user.identification =
        Identification{row.id<IdentificationTypeId>(13), std::string(row.text(14)), std::string(row.text(15))};
  }
  if (!row.is_null(16)) user.identity_provider = row.id<IdentityProviderId>(16);
  user.email_proven = row.boolean(17);
  user.has_password = row.boolean(18);
  user.proven_email = row.text(19);
  user.password_given_at = row.maybe_time(20);
  return user;
}

std::string select(std::string_view rest) { return std::string(kSelect).append(rest); }

// `found`: the users of the scope's organizations and `scope.self`, each once.
std::string collected(std::vector<sql::Value>& values, const access::Scope& scope) {
  auto sql = scope_store::seen(values, scope);
  values.emplace_back(scope.self.value);
  sql +=
      ", found(no) AS (SELECT m.user_no FROM seen s CROSS JOIN memberships m WHERE m.organization_no = s.no UNION "
      "SELECT no FROM users WHERE no = $" +
      std::to_string(values.size()) + ") ";
  return sql;
}

std::string limit(std::vector<sql::Value>& values, const Paging& paging) {
  values.emplace_back(paging.limit);
  std::string sql = " LIMIT $" + std::to_string(values.size());
  if (paging.skip > 0) {
    values.emplace_back(paging.skip);
    sql += " OFFSET $" + std::to_string(values.size());
  }
  return sql;
}

std::int64_t integer(sql::Tx& tx, const std::string& sql, const std::vector<sql::Value>& values) {
  std::int64_t result = 0;
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    result = row.integer(0);
    return false;
  });
  return result;
}

void rows(sql::Tx& tx, const std::string& sql, const std::vector<sql::Value>& values, std::vector<User>& items) {
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    items.push_back(read(row));
    return true;
  });
}

}  // namespace

std::optional<User> find(sql::Tx& tx, UserNo no) {
  return tx.first(select("users u WHERE u.no = $1"), {no.value}, read);
}

std::vector<User> find(sql::Tx& tx, std::span<const UserNo> numbers) {
  std::vector<std::uint32_t> plain;
  plain.reserve(numbers.size());
  for (const auto no : numbers) plain.push_back(no.value);
  std::vector<sql::Value> values;
  const auto sql = select("users u WHERE u.no IN (" + scope_store::number_list(values, plain) + ")");
  std::vector<User> users;
  users.reserve(numbers.size());
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    users.push_back(read(row));
    return true;
  });
  return users;
}

std::optional<User> find_by_user_name(sql::Tx& tx, std::string_view key) {
  return tx.first(select("users u WHERE u.user_name_key = $1"), {key}, read);
}

std::optional<User> find_by_email(sql::Tx& tx, std::string_view key) {
  return tx.first(select("users u WHERE u.email_key = $1"), {key}, read);
}

bool is_taken(sql::Tx& tx, std::string_view user_name_key, std::string_view email_key, UserNo except) {
  return tx.exists(
      "SELECT 1 FROM users WHERE user_name_key = $1 AND no <> $3 UNION ALL "
      "SELECT 1 FROM users WHERE email_key = $2 AND no <> $3",
      {user_name_key, email_key, except.value});
}

std::vector<std::string> names_like(sql::Tx& tx, std::string_view skeleton, std::string_view sight, UserNo except) {
  std::vector<std::string> names;
  tx.each(
      "SELECT user_name FROM users WHERE user_name_skeleton IN ($1, $2) AND no <> $3 UNION ALL "
      "SELECT user_name FROM users WHERE user_name_sight IN ($1, $2) AND no <> $3 LIMIT 10",
      {skeleton, sight, except.value}, [&](const sql::Row& row) {
        names.emplace_back(row.text(0));
        return true;
      });
  return names;
}

bool is_identified(sql::Tx& tx, const Identification& as, UserNo except) {
  return tx.exists("SELECT 1 FROM users WHERE identification_key = $1 AND identification_type_id = $2 AND no <> $3",
                   {as.key, as.type, except.value});
}

namespace {

// Of an account without an identification: null.
template <class T>
sql::Value of(const User& user, T Identification::*member) {
  return user.identification ? sql::Value((*user.identification).*member) : sql::Value(nullptr);
}

}  // namespace

void insert(sql::Tx& tx, const User& user, const SignInKeys& keys, const std::optional<std::string>& password_hash) {
  tx.post(
      "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, display_name, status, password_hash, "
      "password_changed_at, version, created_at, updated_at, first_name, last_name, phone, identification_type_id, "
      "identification_number, identification_key, identity_provider_id, user_name_skeleton, "
      "user_name_sight) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
      "$20, $21, $22)",
      {user.no.value,
       user.id,
       user.user_name,
       keys.user_name,
       user.email,
       keys.email,
       user.display_name,
       name(user.status),
       password_hash,
       password_hash ? sql::Value(user.created_at) : sql::Value(nullptr),
       user.version,
       user.created_at,
       user.updated_at,
       user.first_name,
       user.last_name,
       user.phone,
       of(user, &Identification::type),
       of(user, &Identification::number),
       of(user, &Identification::key),
       user.identity_provider,
       keys.skeleton,
       keys.sight});
}

namespace {

void write_keys(sql::Tx& tx, UserNo no, const SignInKeys& keys) {
  tx.execute(
      "UPDATE users SET user_name_key = $2, email_key = $3, user_name_skeleton = $4, user_name_sight = $5 WHERE no = "
      "$1",
      {no.value, keys.user_name, keys.email, keys.skeleton, keys.sight});
}

}  // namespace

void update(sql::Tx& tx, const User& user, const std::optional<SignInKeys>& keys) {
  tx.execute(
      "UPDATE users SET user_name = $2, email = $3, display_name = $4, status = $5, version = $6, updated_at = $7, "
      "first_name = $8, last_name = $9, phone = $10, identification_type_id = $11, identification_number = $12, "
      "identification_key = $13, email_proven = $14, proven_email = $15 WHERE no = $1",
      {user.no.value, user.user_name, user.email, user.display_name, name(user.status), user.version, user.updated_at,
       user.first_name, user.last_name, user.phone, of(user, &Identification::type), of(user, &Identification::number),
       of(user, &Identification::key), user.email_proven ? 1 : 0,
       user.email_proven ? sql::Value(nullptr) : sql::Value(user.proven_email)});
  if (keys) write_keys(tx, user.no, *keys);
}

void accept(sql::Tx& tx, UserNo no, Timestamp now) {
  tx.execute(
      "UPDATE users SET status = CASE status WHEN 'new' THEN 'active' ELSE status END, email_proven = 1, "
      "proven_email = NULL, version = version + 1, updated_at = $2 WHERE no = $1",
      {no.value, now});
}

void set_identity_provider(sql::Tx& tx, UserNo no, const std::optional<IdentityProviderId>& id, Timestamp now) {
  tx.execute("UPDATE users SET identity_provider_id = $2, version = version + 1, updated_at = $3 WHERE no = $1",
             {no.value, id, now});
}

std::vector<User> with_old_keys(sql::Tx& tx, std::int64_t limit) {
  std::vector<User> users;
  tx.each(select("users u WHERE u.user_name_sight IS NULL ORDER BY u.no LIMIT $1"), {limit}, [&](const sql::Row& row) {
    users.push_back(read(row));
    return true;
  });
  return users;
}

bool set_keys(sql::Tx& tx, UserNo no, const SignInKeys& keys) {
  if (tx.execute("UPDATE users SET user_name_sight = $2 WHERE no = $1 AND user_name_skeleton IS NOT NULL",
                 {no.value, keys.sight}) > 0) {
    return true;
  }
  if (is_taken(tx, keys.user_name, keys.user_name_as_email, no) ||
      is_taken(tx, keys.email_as_user_name, keys.email, no)) {
    tx.execute("UPDATE users SET user_name_skeleton = $2, user_name_sight = $3 WHERE no = $1",
               {no.value, keys.skeleton, keys.sight});
    return false;
  }
  write_keys(tx, no, keys);
  return true;
}

void erase(sql::Tx& tx, UserNo no) { tx.execute("DELETE FROM users WHERE no = $1", {no.value}); }

std::string order(const UserFilter& filter) {
  const std::string direction = filter.descending ? " DESC" : "";
  switch (filter.order) {
    case UserFilter::Order::kUserName: break;
    case UserFilter::Order::kEmail: return " ORDER BY u.email_key" + direction;
    case UserFilter::Order::kDisplayName: return " ORDER BY u.display_name" + direction + ", u.no" + direction;
    case UserFilter::Order::kCreatedAt: return " ORDER BY u.created_at" + direction + ", u.no" + direction;
  }
  return " ORDER BY u.user_name_key" + direction;
}

Page<User> list(sql::Tx& tx, const UserFilter& filter, const Paging& paging, std::int64_t total) {
  Page<User> page;
  page.total = total;
  if (page.total <= paging.skip) return page;
  std::vector<sql::Value> values;
  const auto sql = "users u" + order(filter) + limit(values, paging);
  rows(tx, select(sql), values, page.items);
  return page;
}

Page<User> list_in(sql::Tx& tx, const access::Scope& scope, bool wide, const UserFilter& filter, const Paging& paging) {
  std::vector<sql::Value> values;
  const auto with = collected(values, scope);
  Page<User> page;
  page.total = integer(tx, with + "SELECT COUNT(*) FROM found", values);
  if (page.total <= paging.skip) return page;
  const auto self = "$" + std::to_string(values.size());
  const std::string from = wide ? "users u WHERE (EXISTS (SELECT 1 FROM memberships m WHERE m.user_no = u.no AND "
                                  "m.organization_no IN (SELECT no FROM seen)) OR u.no = " +
                                      self + ")"
                                : "found f CROSS JOIN users u WHERE u.no = f.no";
  rows(tx, with + select(from + order(filter)) + limit(values, paging), values, page.items);
  return page;
}

Page<User> list_filtered(sql::Tx& tx, const UserFilter& filter, FunctionRef<bool(UserNo)> keep, const Paging& paging) {
  Page<User> page;
  tx.each(select("users u" + order(filter)), {}, [&](const sql::Row& row) {
    if (!keep(number(row))) return true;
    const auto at = page.total++;
    if (at >= paging.skip && at - paging.skip < paging.limit) page.items.push_back(read(row));
    return true;
  });
  return page;
}

void each_in(sql::Tx& tx, const access::Scope& scope, FunctionRef<void(UserNo)> use) {
  std::vector<sql::Value> values;
  const auto sql = collected(values, scope) + "SELECT no FROM found";
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    use(number(row));
    return true;
  });
}

std::int64_t count_members(sql::Tx& tx, const access::Scope& scope) {
  std::vector<sql::Value> values;
  const auto sql = scope_store::seen(values, scope) +
                   "SELECT COUNT(*) FROM seen s CROSS JOIN memberships m WHERE m.organization_no = s.no";
  std::int64_t count = 0;
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    count = row.integer(0);
    return false;
  });
  return count;
}

void load(sql::Tx& tx, access::Graph& graph) {
  tx.each("SELECT no, id, status FROM users ORDER BY no", {}, [&](const sql::Row& row) {
    graph.load(access::UserFact{number(row), row.id<UserId>(1), row.text(2) != "inactive"});
    return true;
  });
}

}  // namespace gatehouse::domain::user_store
