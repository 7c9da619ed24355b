#include "domain/api_tokens/api_token_store.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace gatehouse::domain::api_token_store {
namespace {

Owned read_owned(const sql::Row& row) {
  return {row.id<ApiTokenId>(0), {static_cast<std::uint32_t>(row.integer(1))}, std::string(row.text(2))};
}

RoleNo role(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }

}  // namespace

void insert(sql::Tx& tx, const ApiToken& token, OrganizationNo organization, UserNo creator,
            const access::Digest& secret) {
  tx.execute(
      "INSERT INTO api_tokens (id, organization_no, name, secret, creator_no, created_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {token.id, organization.value, token.name, sql::Value::bytes(crypto::view(secret)),
       creator ? sql::Value(creator.value) : sql::Value(nullptr), token.created_at, token.expires_at});
  for (const auto no : token.roles) {
    tx.execute("INSERT INTO api_token_grants (api_token_id, role_no) VALUES ($1, $2) ON CONFLICT DO NOTHING",
               {token.id, no.value});
  }
}

std::int64_t count(sql::Tx& tx, OrganizationNo organization) {
  return tx.integer("SELECT count(*) FROM api_tokens WHERE organization_no = $1", {organization.value});
}

std::vector<ApiToken> page(sql::Tx& tx, OrganizationNo organization, const Paging& paging) {
  std::vector<ApiToken> found;
  // One row a role, so that a page is one query; a token without roles has one row without one.
  tx.each(
      "SELECT t.id, t.name, u.id, t.created_at, t.expires_at, t.last_used_at, g.role_no "
      "FROM (SELECT id, name, creator_no, created_at, expires_at, last_used_at FROM api_tokens "
      "WHERE organization_no = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) t "
      "LEFT JOIN users u ON u.no = t.creator_no LEFT JOIN api_token_grants g ON g.api_token_id = t.id "
      "ORDER BY t.created_at DESC, t.id DESC, g.role_no",
      {organization.value, paging.limit, paging.skip}, [&](const sql::Row& row) {
        const auto id = row.id<ApiTokenId>(0);
        if (found.empty() || found.back().id != id) {
          ApiToken token;
          token.id = id;
          token.name = row.text(1);
          if (!row.is_null(2)) token.creator = row.id<UserId>(2);
          token.created_at = row.time(3);
          token.expires_at = row.maybe_time(4);
          token.last_used_at = row.maybe_time(5);
          found.push_back(std::move(token));
        }
        if (!row.is_null(6)) found.back().roles.push_back(role(row, 6));
        return true;
      });
  return found;
}

std::optional<Owned> find(sql::Tx& tx, const ApiTokenId& id) {
  return tx.first("SELECT id, organization_no, name FROM api_tokens WHERE id = $1", {id}, read_owned);
}

std::vector<RoleNo> roles(sql::Tx& tx, const ApiTokenId& id) {
  std::vector<RoleNo> found;
  tx.each("SELECT role_no FROM api_token_grants WHERE api_token_id = $1 ORDER BY role_no", {sql::Value(id)},
          [&](const sql::Row& row) {
            found.push_back(role(row, 0));
            return true;
          });
  return found;
}

bool remove(sql::Tx& tx, const ApiTokenId& id) {
  tx.execute("DELETE FROM api_token_grants WHERE api_token_id = $1", {sql::Value(id)});
  return tx.execute("DELETE FROM api_tokens WHERE id = $1", {sql::Value(id)}) > 0;
}

std::vector<Owned> of_organization(sql::Tx& tx, OrganizationNo organization) {
  std::vector<Owned> found;
  tx.each("SELECT id, organization_no, name FROM api_tokens WHERE organization_no = $1 ORDER BY id",
          {sql::Value(organization.value)}, [&](const sql::Row& row) {
            found.push_back(read_owned(row));
            return true;
          });
  return found;
}

std::vector<Owned> expired(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  std::vector<Owned> found;
  tx.each("SELECT id, organization_no, name FROM api_tokens WHERE expires_at <= $1 LIMIT $2", {before, limit},
          [&](const sql::Row& row) {
            found.push_back(read_owned(row));
            return true;
          });
  return found;
}

void set_last_used(sql::Tx& tx, const ApiTokenId& id, Timestamp at) {
  tx.execute("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
             {id, at});
}

void each(sql::Tx& tx, FunctionRef<void(const access::ApiTokenFact&)> use) {
  access::ApiTokenFact fact;
  tx.each(
      "SELECT t.id, t.organization_no, t.expires_at, t.secret, g.role_no FROM api_tokens t "
      "LEFT JOIN api_token_grants g ON g.api_token_id = t.id ORDER BY t.id, g.role_no",
      {}, [&](const sql::Row& row) {
        const auto id = row.id<ApiTokenId>(0);
        if (fact.id != id) {
          if (!fact.id.is_nil()) use(fact);
          fact = {};
          fact.id = id;
          fact.organization = {static_cast<std::uint32_t>(row.integer(1))};
          fact.expires_at = row.maybe_time(2).value_or(kNever);
          const auto secret = row.bytes(3);
          std::copy_n(secret.begin(), std::min(secret.size(), fact.secret.size()), fact.secret.begin());
        }
        if (!row.is_null(4)) fact.roles.push_back(role(row, 4));
        return true;
      });
  if (!fact.id.is_nil()) use(fact);
}

}  // namespace gatehouse::domain::api_token_store
