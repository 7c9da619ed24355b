#include "domain/providers/provider_store.hpp"

#include "base/text.hpp"
#include "domain/scope_store.hpp"

namespace gatehouse::domain::provider_store {
namespace {

constexpr std::string_view kColumns = "p.id, p.name, p.identification_number, p.active, p.created_at";

Provider read(const sql::Row& row) {
  Provider provider;
  provider.id = row.id<ProviderId>(0);
  provider.name = row.text(1);
  if (!row.is_null(2)) provider.identification_number = row.text(2);
  provider.active = row.boolean(3);
  provider.created_at = row.time(4);
  return provider;
}

std::string select(std::string_view rest) {
  return std::string("SELECT ").append(kColumns).append(" FROM ").append(rest);
}

}  // namespace

bool insert(sql::Tx& tx, const Provider& provider) {
  const auto key = text::name_key(provider.name);
  return tx.execute(
             "INSERT INTO providers (id, name, name_key, identification_number, active, created_at) "
             "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name_key) DO NOTHING",
             {provider.id, provider.name, key, provider.identification_number, provider.active, provider.created_at}) >
         0;
}

bool update(sql::Tx& tx, const Provider& provider) {
  const auto key = text::name_key(provider.name);
  if (tx.exists("SELECT 1 FROM providers WHERE name_key = $1 AND id <> $2", {key, provider.id})) return false;
  tx.execute("UPDATE providers SET name = $2, name_key = $3, identification_number = $4, active = $5 WHERE id = $1",
             {provider.id, provider.name, key, provider.identification_number, provider.active});
  return true;
}

void remove(sql::Tx& tx, const ProviderId& id) { tx.execute("DELETE FROM providers WHERE id = $1", {sql::Value(id)}); }

std::int64_t count(sql::Tx& tx) { return tx.integer("SELECT count(*) FROM providers"); }

std::vector<Provider> page(sql::Tx& tx, const Paging& paging) {
  std::vector<Provider> found;
  // What is skipped is skipped in the index alone.
  tx.each(select("(SELECT id, name_key FROM providers ORDER BY name_key LIMIT $1 OFFSET $2) n "
                 "CROSS JOIN providers p WHERE p.id = n.id ORDER BY n.name_key"),
          {paging.limit, paging.skip}, [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

std::optional<Provider> find(sql::Tx& tx, const ProviderId& id) {
  return tx.first(select("providers p WHERE p.id = $1"), {id}, read);
}

bool is_in_use(sql::Tx& tx, const ProviderId& id) {
  return tx.exists("SELECT 1 FROM user_providers WHERE provider_id = $1", {sql::Value(id)});
}

bool add_user(sql::Tx& tx, UserNo user, const ProviderId& id) {
  return tx.execute("INSERT INTO user_providers (user_no, provider_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    {user.value, id}) > 0;
}

bool remove_user(sql::Tx& tx, UserNo user, const ProviderId& id) {
  return tx.execute("DELETE FROM user_providers WHERE user_no = $1 AND provider_id = $2", {user.value, id}) > 0;
}

void remove_all_of(sql::Tx& tx, UserNo user) {
  tx.execute("DELETE FROM user_providers WHERE user_no = $1", {sql::Value(user.value)});
}

std::int64_t count_of(sql::Tx& tx, UserNo user) {
  return tx.integer("SELECT count(*) FROM user_providers WHERE user_no = $1", {sql::Value(user.value)});
}

std::unordered_map<UserNo, std::vector<Provider>> of_users(sql::Tx& tx, std::span<const UserNo> users) {
  std::unordered_map<UserNo, std::vector<Provider>> found;
  if (users.empty()) return found;
  std::vector<std::uint32_t> plain;
  plain.reserve(users.size());
  for (const auto no : users) plain.push_back(no.value);
  std::vector<sql::Value> values;
  const auto numbers = scope_store::number_list(values, plain);
  const auto sql = std::string("SELECT ").append(kColumns).append(
                       ", a.user_no FROM user_providers a CROSS JOIN providers p WHERE p.id = a.provider_id AND "
                       "a.user_no IN (") +
                   numbers + ") ORDER BY p.name_key";
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    found[{static_cast<std::uint32_t>(row.integer(5))}].push_back(read(row));
    return true;
  });
  return found;
}

UserId user_id(sql::Tx& tx, UserNo user) {
  return tx
      .first("SELECT id FROM users WHERE no = $1", {sql::Value(user.value)},
             [](const sql::Row& row) { return row.id<UserId>(0); })
      .value_or(UserId());
}

}  // namespace gatehouse::domain::provider_store
