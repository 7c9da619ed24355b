// Machine clients: a person's rights, narrowed by scopes, within one organization, for a program.
//
// The secret is shown once; only its digest is kept. Authentication is of the graph alone: no SQL, nothing written.
// A client cannot make clients (the action demands a person).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/graph.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/page.hpp"
#include "domain/sessions/access_token.hpp"

namespace gatehouse::domain {

struct Client {
  ClientId id;  // RFC 6749's client_id as well
  std::string name;
  std::vector<std::string> scopes;
  Timestamp created_at;
  Timestamp expires_at;
};

struct NewClient {
  std::string name;                     // 1 to 100 characters, unique among the owner's
  std::vector<std::string> scopes;      // 1 to 50 of `noun.read` or `noun.write`
  std::optional<Timestamp> expires_at;  // in the future; default in 365 days
};

struct CreatedClient {
  Client client;
  std::string secret;
};

struct ClientToken {
  std::string access_token;
  std::int64_t expires_in_s = 0;
  std::string scope;  // RFC 6749 3.3: with blanks between
};

class Clients {
 public:
  // `access_token_s`: life of the tokens it issues.
  Clients(Ledger& ledger, AccessTokenIssuer& issuer, std::int64_t access_token_s = 15 * 60);

  // Within the creator's active organization. Errors: client.invalid with fields, client.name_taken, client.too_many.
  Result<CreatedClient> create(const access::Permit<access::Action::kClientEdit>& permit, const NewClient& in);
  // The caller's own, newest first.
  Result<Page<Client>> list(const access::Permit<access::Action::kClientEdit>& permit, const Paging& paging);
  // One's own, or anybody's with clients.edit at the platform. Errors: client.not_found.
  Result<void> remove(const access::Permit<access::Action::kClientEdit>& permit, const ClientId& id);

  // RFC 6749 4.4. `scope` may be empty; else each word of it must be among the client's. The token carries all of the client's
  // scopes and the answer says so. Errors: auth.credentials_invalid (kUnauthenticated), client.scope_invalid (kInvalid).
  Result<ClientToken> token(std::string_view client_id, std::string_view secret, std::string_view scope, Timestamp now);
  // Constant-time; the same answer and work whatever was wrong. Errors: auth.credentials_invalid.
  Result<ClientId> authenticate(std::string_view client_id, std::string_view secret, Timestamp now) const;
  // The scopes as given at creation; nothing when unknown.
  [[nodiscard]] std::optional<std::vector<std::string>> scopes(const ClientId& id) const;

  // Hooks for the units of other nouns, before the rows they refer to go.
  static void user_removed(Unit& unit, UserNo user);
  static void organization_removed(Unit& unit, OrganizationNo organization);

  static void load(sql::Tx& tx, access::Graph& graph);
  // Forgets clients expired for a day, in small batches; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  using Scopes = std::shared_ptr<const std::vector<std::string>>;
  [[nodiscard]] Scopes find_scopes(const ClientId& id) const;

  Ledger& ledger_;
  AccessTokenIssuer& issuer_;
  std::int64_t access_token_s_;
};

}  // namespace gatehouse::domain
