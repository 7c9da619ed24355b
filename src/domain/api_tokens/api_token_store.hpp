// The SQL of API tokens and the roles given to them.
#pragma once

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "access/facts.hpp"
#include "domain/api_tokens/api_tokens.hpp"

namespace gatehouse::domain::api_token_store {

// When a token expires, to the graph, whose row says nothing of it.
inline constexpr Timestamp kNever{std::numeric_limits<std::int64_t>::max()};

struct Owned {
  ApiTokenId id;
  OrganizationNo organization;
  std::string name;
};

void insert(sql::Tx& tx, const ApiToken& token, OrganizationNo organization, UserNo creator,
            const access::Digest& secret);
std::int64_t count(sql::Tx& tx, OrganizationNo organization);
std::vector<ApiToken> page(sql::Tx& tx, OrganizationNo organization, const Paging& paging);
std::optional<Owned> find(sql::Tx& tx, const ApiTokenId& id);
std::vector<RoleNo> roles(sql::Tx& tx, const ApiTokenId& id);
bool remove(sql::Tx& tx, const ApiTokenId& id);
std::vector<Owned> of_organization(sql::Tx& tx, OrganizationNo organization);
std::vector<Owned> expired(sql::Tx& tx, Timestamp before, std::int64_t limit);
void set_last_used(sql::Tx& tx, const ApiTokenId& id, Timestamp at);
void each(sql::Tx& tx, FunctionRef<void(const access::ApiTokenFact&)> use);

}  // namespace gatehouse::domain::api_token_store
