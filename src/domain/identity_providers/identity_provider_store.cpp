#include "domain/identity_providers/identity_provider_store.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gatehouse::domain::identity_provider_store {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, name, prefix, enabled, type, issuer, client_id, scopes, created_at, updated_at FROM "
    "identity_providers";

std::string select(std::string_view rest) { return std::string(kSelect).append(rest); }

// Scopes hold no blanks.
std::string join(const std::vector<std::string>& scopes) {
  std::string joined;
  for (const auto& scope : scopes) {
    if (!joined.empty()) joined.push_back(' ');
    joined += scope;
  }
  return joined;
}

std::vector<std::string> split(std::string_view joined) {
  std::vector<std::string> scopes;
  while (!joined.empty()) {
    const auto word = joined.substr(0, joined.find(' '));
    scopes.emplace_back(word);
    joined.remove_prefix(std::min(word.size() + 1, joined.size()));
  }
  return scopes;
}

IdentityProvider read(const sql::Row& row) {
  IdentityProvider provider;
  provider.id = row.id<IdentityProviderId>(0);
  provider.name = row.text(1);
  provider.prefix = row.text(2);
  provider.enabled = row.boolean(3);
  provider.type = row.text(4);
  provider.issuer = row.text(5);
  provider.client_id = row.text(6);
  provider.scopes = split(row.text(7));
  provider.created_at = row.time(8);
  provider.updated_at = row.time(9);
  return provider;
}

}  // namespace

bool insert(sql::Tx& tx, const IdentityProvider& provider, std::string_view sealed_secret) {
  const auto key = text::ascii_lower(provider.prefix);
  const auto scopes = join(provider.scopes);
  return tx.execute(
             "INSERT INTO identity_providers (id, name, prefix, prefix_key, enabled, type, issuer, client_id, "
             "client_secret, scopes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
             "$12) ON CONFLICT (prefix_key) DO NOTHING",
             {provider.id, provider.name, provider.prefix, key, provider.enabled, provider.type, provider.issuer,
              provider.client_id, sql::Value::bytes(sealed_secret), scopes, provider.created_at, provider.updated_at}) >
         0;
}

bool update(sql::Tx& tx, const IdentityProvider& provider, const std::optional<std::string>& sealed_secret) {
  const auto key = text::ascii_lower(provider.prefix);
  if (tx.exists("SELECT 1 FROM identity_providers WHERE prefix_key = $1 AND id <> $2", {key, provider.id})) {
    return false;
  }
  const auto scopes = join(provider.scopes);
  tx.execute(
      "UPDATE identity_providers SET name = $2, prefix = $3, prefix_key = $4, enabled = $5, type = $6, issuer = $7, "
      "client_id = $8, scopes = $9, updated_at = $10 WHERE id = $1",
      {provider.id, provider.name, provider.prefix, key, provider.enabled, provider.type, provider.issuer,
       provider.client_id, scopes, provider.updated_at});
  if (sealed_secret) {
    tx.execute("UPDATE identity_providers SET client_secret = $2 WHERE id = $1",
               {provider.id, sql::Value::bytes(*sealed_secret)});
  }
  return true;
}

void remove(sql::Tx& tx, const IdentityProviderId& id) {
  tx.execute("DELETE FROM identity_providers WHERE id = $1", {sql::Value(id)});
}

std::int64_t count(sql::Tx& tx) { return tx.integer("SELECT count(*) FROM identity_providers"); }

std::vector<IdentityProvider> all(sql::Tx& tx) {
  std::vector<IdentityProvider> found;
  tx.each(kSelect, {}, [&](const sql::Row& row) {
    found.push_back(read(row));
    return true;
  });
  return found;
}

std::optional<IdentityProvider> find(sql::Tx& tx, const IdentityProviderId& id) {
  return tx.first(select(" WHERE id = $1"), {id}, read);
}

std::optional<IdentityProvider> find_by_prefix(sql::Tx& tx, std::string_view prefix) {
  const auto key = text::ascii_lower(prefix);
  return tx.first(select(" WHERE prefix_key = $1"), {sql::Value(key)}, read);
}

std::optional<IdentityProviderId> of_user(sql::Tx& tx, UserNo user) {
  return tx.first("SELECT identity_provider_id FROM users WHERE no = $1 AND identity_provider_id IS NOT NULL",
                  {user.value}, [](const sql::Row& row) { return row.id<IdentityProviderId>(0); });
}

std::optional<bool> is_enabled(sql::Tx& tx, const IdentityProviderId& id) {
  return tx.first("SELECT enabled FROM identity_providers WHERE id = $1", {id},
                  [](const sql::Row& row) { return row.boolean(0); });
}

std::optional<std::string> sealed_secret(sql::Tx& tx, const IdentityProviderId& id) {
  return tx.first("SELECT client_secret FROM identity_providers WHERE id = $1", {id},
                  [](const sql::Row& row) { return std::string(row.bytes(0)); });
}

bool is_offered(sql::Tx& tx, UserNo user, Timestamp now) {
  return tx.exists(
      "SELECT 1 FROM users u CROSS JOIN invitations i WHERE u.no = $1 AND u.status = 'new' AND i.user_no = u.no AND "
      "i.identity_provider_id IS NOT NULL AND i.status = 'pending' AND i.expires_at > $2",
      {user.value, now});
}

bool is_in_use(sql::Tx& tx, const IdentityProviderId& id, Timestamp now) {
  // Of new accounts only, of which there are few: it decides nothing for others.
  return tx.exists("SELECT 1 FROM users WHERE identity_provider_id = $1", {sql::Value(id)}) ||
         tx.exists(
             "SELECT 1 FROM users u CROSS JOIN invitations i WHERE u.status <> 'active' AND u.status = 'new' AND "
             "i.user_no = u.no AND i.identity_provider_id = $1 AND i.status = 'pending' AND i.expires_at > $2",
             {sql::Value(id), now});
}

}  // namespace gatehouse::domain::identity_provider_store
