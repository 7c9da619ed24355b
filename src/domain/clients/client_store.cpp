#include "domain/clients/client_store.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace gatehouse::domain::client_store {
namespace {

// As `join` wrote them.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Owned read_owned(const sql::Row& row) {
  return {row.id<ClientId>(0),
          {static_cast<std::uint32_t>(row.integer(1))},
          {static_cast<std::uint32_t>(row.integer(2))},
          std::string(row.text(3))};
}

std::vector<Owned> owned_where(sql::Tx& tx, std::string_view sql, std::uint32_t no) {
  std::vector<Owned> found;
  tx.each(sql, {sql::Value(no)}, [&](const sql::Row& row) {
    found.push_back(read_owned(row));
    return true;
  });
  return found;
}

}  // namespace

std::string join(const std::vector<std::string>& scopes) {
  std::string out;
  for (const auto& scope : scopes) {
    if (!out.empty()) out.push_back(' ');
    out += scope;
  }
  return out;
}

bool insert(sql::Tx& tx, const NewRow& row, std::string_view name_key) {
  const auto scopes = join(row.client.scopes);
  const auto organization = row.organization ? sql::Value(row.organization.value) : sql::Value(nullptr);
  return tx.execute(
             "INSERT INTO clients (id, owner_no, organization_no, name, name_key, scopes, secret, created_at, "
             "expires_at) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (owner_no, name_key) DO NOTHING",
             {row.client.id, row.owner.value, organization, row.client.name, name_key, scopes,
              sql::Value::bytes(crypto::view(row.secret)), row.client.created_at, row.client.expires_at}) > 0;
}

std::int64_t count(sql::Tx& tx, UserNo owner) {
  return tx.integer("SELECT count(*) FROM clients WHERE owner_no = $1", {owner.value});
}

std::vector<Client> page(sql::Tx& tx, UserNo owner, const Paging& paging) {
  std::vector<Client> found;
  tx.each(
      "SELECT id, name, scopes, created_at, expires_at FROM clients WHERE owner_no = $1 "
      "ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
      {owner.value, paging.limit, paging.skip}, [&](const sql::Row& row) {
        found.push_back({row.id<ClientId>(0), std::string(row.text(1)), split(row.text(2)), row.time(3), row.time(4)});
        return true;
      });
  return found;
}

std::optional<Owned> find(sql::Tx& tx, const ClientId& id) {
  return tx.first("SELECT id, owner_no, organization_no, name FROM clients WHERE id = $1", {id}, read_owned);
}

std::optional<std::vector<std::string>> scopes(sql::Tx& tx, const ClientId& id) {
  return tx.first("SELECT scopes FROM clients WHERE id = $1", {id},
                  [](const sql::Row& row) { return split(row.text(0)); });
}

bool remove(sql::Tx& tx, const ClientId& id) {
  return tx.execute("DELETE FROM clients WHERE id = $1", {sql::Value(id)}) > 0;
}

std::vector<Owned> of_owner(sql::Tx& tx, UserNo owner) {
  return owned_where(tx, "SELECT id, owner_no, organization_no, name FROM clients WHERE owner_no = $1 ORDER BY id",
                     owner.value);
}

std::vector<Owned> of_organization(sql::Tx& tx, OrganizationNo organization) {
  return owned_where(tx,
                     "SELECT id, owner_no, organization_no, name FROM clients WHERE organization_no = $1 ORDER BY id",
                     organization.value);
}

std::vector<ClientId> expired(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  std::vector<ClientId> found;
  tx.each("SELECT id FROM clients WHERE expires_at <= $1 LIMIT $2", {before, limit}, [&](const sql::Row& row) {
    found.push_back(row.id<ClientId>(0));
    return true;
  });
  return found;
}

void each(sql::Tx& tx, FunctionRef<void(const access::ClientFact&)> use) {
  tx.each("SELECT id, owner_no, organization_no, expires_at, secret, scopes FROM clients", {},
          [&](const sql::Row& row) {
            access::ClientFact fact{row.id<ClientId>(0),
                                    {static_cast<std::uint32_t>(row.integer(1))},
                                    {static_cast<std::uint32_t>(row.integer(2))},
                                    row.time(3),
                                    {},
                                    split(row.text(5))};
            const auto secret = row.bytes(4);
            std::copy_n(secret.begin(), std::min(secret.size(), fact.secret.size()), fact.secret.begin());
            use(fact);
            return true;
          });
}

}  // namespace gatehouse::domain::client_store
