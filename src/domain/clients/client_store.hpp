// The SQL of machine clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/facts.hpp"
#include "domain/clients/clients.hpp"

namespace gatehouse::domain::client_store {

struct NewRow {
  Client client;
  UserNo owner;
  OrganizationNo organization;
  access::Digest secret;
};
struct Owned {
  ClientId id;
  UserNo owner;
  OrganizationNo organization;
  std::string name;
};

// Nothing changed and false when the owner has one of that name.
// Scopes with a blank between: as RFC 6749 3.3 has them, and as a row keeps them, since they hold none.
std::string join(const std::vector<std::string>& scopes);
bool insert(sql::Tx& tx, const NewRow& row, std::string_view name_key);
std::int64_t count(sql::Tx& tx, UserNo owner);
std::vector<Client> page(sql::Tx& tx, UserNo owner, const Paging& paging);
std::optional<Owned> find(sql::Tx& tx, const ClientId& id);
std::optional<std::vector<std::string>> scopes(sql::Tx& tx, const ClientId& id);
bool remove(sql::Tx& tx, const ClientId& id);
std::vector<Owned> of_owner(sql::Tx& tx, UserNo owner);
std::vector<Owned> of_organization(sql::Tx& tx, OrganizationNo organization);
std::vector<ClientId> expired(sql::Tx& tx, Timestamp before, std::int64_t limit);
void each(sql::Tx& tx, FunctionRef<void(const access::ClientFact&)> use);

}  // namespace gatehouse::domain::client_store
