#include "domain/clients/clients.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/json_writer.hpp"
#include "crypto/digest.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/clients/client_store.hpp"
#include "domain/names.hpp"
#include "domain/sessions/sessions.hpp"

namespace gatehouse::domain {
namespace {

namespace store = client_store;

constexpr std::string_view kSecretKind = "client";
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxScopes = 50;
constexpr std::size_t kMaxScope = 100;
constexpr std::int64_t kMaxPerOwner = 1000;
constexpr std::int64_t kDefaultLife_s = 365 * 86'400;
constexpr std::int64_t kBatch = 500;

Error wrong_credentials() {
  return {ErrorKind::kUnauthenticated, "auth.credentials_invalid", "These credentials are not valid."};
}

bool is_scope(std::string_view scope) {
  const auto dot = scope.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || scope.size() > kMaxScope) return false;
  const auto verb = scope.substr(dot + 1);
  if (verb != "read" && verb != "write") return false;
  return std::all_of(scope.begin(), scope.begin() + static_cast<std::ptrdiff_t>(dot),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

std::vector<FieldError> faults(const NewClient& in, bool is_named, Timestamp now) {
  std::vector<FieldError> found;
  if (!is_named) found.push_back({"name", "must be 1 to 100 visible characters"});
  if (in.scopes.empty() || in.scopes.size() > kMaxScopes) found.push_back({"scopes", "must hold 1 to 50 scopes"});
  for (std::size_t i = 0; i < std::min(in.scopes.size(), kMaxScopes); ++i) {
    if (!is_scope(in.scopes[i])) {
      found.push_back(
          {"scopes[" + std::to_string(i) + "]", "must be `noun.read` or `noun.write`, the noun of a-z, 0-9, _ and -"});
    }
  }
  if (in.expires_at && *in.expires_at <= now) found.push_back({"expires_at", "must be in the future"});
  return found;
}

std::string client_json(const Client& client, const std::string& organization) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("name", client.name).key("scopes").begin_array();
  for (const auto& scope : client.scopes) json.value(std::string_view(scope));
  json.end_array().member("expiresAt", client.expires_at.to_string());
  if (!organization.empty()) json.member("organizationId", organization);
  json.end_object();
  return out;
}

void remove_one(Unit& unit, const store::Owned& client) {
  if (!store::remove(unit.tx(), client.id)) return;
  std::string before;
  JsonWriter(before).begin_object().member("name", client.name).end_object();
  unit.record(
      {"client.removed", client.organization, "client", client.id, before, {}, {access::ClientGone{client.id}}});
}

}  // namespace

Clients::Clients(Ledger& ledger, AccessTokenIssuer& issuer, std::int64_t access_token_s)
    : ledger_(ledger), issuer_(issuer), access_token_s_(access_token_s) {}

Result<CreatedClient> Clients::create(const access::Permit<access::Action::kClientEdit>& permit, const NewClient& in) {
  const auto name = name_of(in.name, kMaxName);
  auto found = faults(in, name.has_value(), permit.now());
  if (!found.empty())
    return Error{ErrorKind::kInvalid, "client.invalid", "The client is not as it must be.", std::move(found)};
  std::vector<std::string> scopes;
  for (const auto& scope : in.scopes) {
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  }
  return ledger_.write(permit, [&](Unit& unit) -> Result<CreatedClient> {
    const Principal& who = unit.actor();
    if (store::count(unit.tx(), who.user) >= kMaxPerOwner) {
      return conflict("client.too_many", "At most 1000 clients a user.");
    }
    auto secret = crypto::mint_opaque_token(kSecretKind, unit.random());
    store::NewRow row;
    row.client = {ClientId::make(unit.now(), unit.random()), *name, scopes, unit.now(),
                  in.expires_at.value_or(unit.now().plus_s(kDefaultLife_s))};
    row.owner = who.user;
    // Somebody whose first organization came after signing in has none active yet.
    const bool still_there = who.active && unit.view().reaches(who, who.active, unit.now());
    row.organization = still_there ? who.active : Sessions::choose_organization(unit, who.user, who.user_id());
    row.secret = secret.digest;
    if (!store::insert(unit.tx(), row, text::name_key(*name))) {
      return conflict("client.name_taken", "You have a client of that name.");
    }
    const auto organization = unit.view().organization_id(row.organization);
    unit.record(
        {"client.created",
         row.organization,
         "client",
         row.client.id,
         {},
         client_json(row.client, organization ? organization->to_string() : std::string()),
         {access::ClientFact{row.client.id, row.owner, row.organization, row.client.expires_at, row.secret, scopes}}});
    return CreatedClient{std::move(row.client), std::move(secret.text)};
  });
}

Result<Page<Client>> Clients::list(const access::Permit<access::Action::kClientEdit>& permit, const Paging& paging) {
  Page<Client> page;
  ledger_.read([&](sql::Tx& tx) {
    page.total = store::count(tx, permit.principal().user);
    page.items = store::page(tx, permit.principal().user, paging);
  });
  return page;
}

Result<void> Clients::remove(const access::Permit<access::Action::kClientEdit>& permit, const ClientId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto client = store::find(unit.tx(), id);
    const Principal& who = unit.actor();
    const auto may = [&] {
      return client->owner == who.user ||
             unit.view().allows(who, access::permission::kClientsEdit, unit.view().platform(), unit.now());
    };
    if (!client || !may()) return not_found("client.not_found", "There is no such client.");
    remove_one(unit, *client);
    return {};
  });
}

Result<ClientId> Clients::authenticate(std::string_view client_id, std::string_view secret, Timestamp now) const {
  const auto id = ClientId::parse(client_id).value_or(ClientId());
  const auto digest = crypto::sha256(secret);
  bool good = false;
  ledger_.graph().read([&](const access::View& view) {
    const auto* client = view.client(id);
    const access::Digest nothing{};
    const bool equal =
        crypto::equal_constant_time(crypto::view(digest), crypto::view(client != nullptr ? client->secret : nothing));
    good = equal && client != nullptr && client->expires_at > now && view.user_is_active(client->owner);
  });
  if (!good) return wrong_credentials();
  return id;
}

Result<ClientToken> Clients::token(std::string_view client_id, std::string_view secret, std::string_view scope,
                                   Timestamp now) {
  const auto id = TRY(authenticate(client_id, secret, now));
  const auto scopes = find_scopes(id);
  if (scopes == nullptr) return wrong_credentials();
  while (!scope.empty()) {
    const auto word = scope.substr(0, std::min(scope.find(' '), scope.size()));
    scope.remove_prefix(std::min(word.size() + 1, scope.size()));
    if (!word.empty() && std::find(scopes->begin(), scopes->end(), word) == scopes->end()) {
      return invalid("client.scope_invalid", "The client does not have that scope.");
    }
  }
  AccessClaims claims;
  claims.kind = AccessClaims::Kind::kClient;
  claims.subject = id;
  claims.scopes = *scopes;
  claims.id = Uuid::v7(now, ledger_.random());
  claims.issued_at = now;
  claims.expires_at = now.plus_s(access_token_s_);
  ledger_.graph().read([&](const access::View& view) {
    if (const auto* client = view.client(id)) {
      claims.organization = view.organization_id(client->organization);
      claims.expires_at = std::min(claims.expires_at, client->expires_at);
    }
  });
  return ClientToken{issuer_.issue(claims), claims.expires_at.seconds_since(now), store::join(*scopes)};
}

Clients::Scopes Clients::find_scopes(const ClientId& id) const {
  Scopes scopes;
  ledger_.graph().read([&](const access::View& view) {
    const auto* client = view.client(id);
    scopes = client != nullptr ? client->scopes : nullptr;
  });
  return scopes;
}

std::optional<std::vector<std::string>> Clients::scopes(const ClientId& id) const {
  const auto found = find_scopes(id);
  if (found == nullptr) return std::nullopt;
  return *found;
}

void Clients::user_removed(Unit& unit, UserNo user) {
  for (const auto& client : store::of_owner(unit.tx(), user)) remove_one(unit, client);
}

void Clients::organization_removed(Unit& unit, OrganizationNo organization) {
  for (const auto& client : store::of_organization(unit.tx(), organization)) remove_one(unit, client);
}

void Clients::load(sql::Tx& tx, access::Graph& graph) {
  store::each(tx, [&](const access::ClientFact& fact) { graph.load(fact); });
}

std::int64_t Clients::maintain(Timestamp now) {
  const auto over = now.plus_s(-86'400);
  std::int64_t removed = 0;
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = !store::expired(tx, over, 1).empty(); });
  while (any) {
    auto batch = ledger_.unguarded("expired clients", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
      const auto ids = store::expired(unit.tx(), over, kBatch);
      for (const auto& id : ids) {
        if (const auto client = store::find(unit.tx(), id)) remove_one(unit, *client);
      }
      return static_cast<std::int64_t>(ids.size());
    });
    if (!batch) break;
    removed += *batch;
    any = *batch == kBatch;
  }
  return removed;
}

}  // namespace gatehouse::domain
