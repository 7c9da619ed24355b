// API tokens: long-lived bearers of an organization's own, with roles of their own, within that organization.
//
// The ceiling holds: a token carries only what its creator may give, and is taken only by who may take what it carries.
// The token is shown once. A call made with one writes nothing: last use is kept in memory and flushed by maintain.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/graph.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/page.hpp"

namespace gatehouse::domain {

inline constexpr std::int64_t kMaxApiTokens = 1000;  // of one organization

struct ApiToken {
  ApiTokenId id;
  std::string name;
  std::vector<RoleNo> roles;
  std::optional<UserId> creator;  // as long as the account stands
  Timestamp created_at;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> last_used_at;
};

struct NewApiToken {
  std::string name;                          // 1 to 100 characters
  std::optional<std::vector<RoleNo>> roles;  // default: every role the creator may give there
  std::optional<Timestamp> expires_at;       // in the future; default never
};

struct CreatedApiToken {
  ApiToken token;
  std::string secret;  // the bearer itself
};

class ApiTokens {
 public:
  explicit ApiTokens(Ledger& ledger) : ledger_(ledger) {}

  // Errors: api_token.invalid with fields, access.ceiling, access.through_agency, api_token.too_many.
  Result<CreatedApiToken> create(const access::Permit<access::Action::kApiTokenCreate>& permit, const NewApiToken& in);
  // Newest first.
  Result<Page<ApiToken>> list(const access::Permit<access::Action::kApiTokenList>& permit, const Paging& paging);
  // Errors: api_token.not_found, access.ceiling.
  Result<void> revoke(const access::Permit<access::Action::kUserRemove>& permit, const ApiTokenId& id);
  Result<void> revoke(const access::Permit<access::Action::kApiTokenRevoke>& permit, const ApiTokenId& id);

  // Memory only, any thread: remembers that the token was used.
  void note_use(const ApiTokenId& id, Timestamp now);

  static void organization_removed(Unit& unit, OrganizationNo organization);
  static void load(sql::Tx& tx, access::Graph& graph);
  // Writes the noted uses and forgets tokens expired for a day; the rows written.
  std::int64_t maintain(Timestamp now);

 private:
  Result<void> revoke_in(const access::Pass& pass, const ApiTokenId& id);

  Ledger& ledger_;
  std::mutex uses_mutex_;
  std::unordered_map<ApiTokenId, Timestamp> uses_;
};

}  // namespace gatehouse::domain
