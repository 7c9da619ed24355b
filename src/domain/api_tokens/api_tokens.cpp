#include "domain/api_tokens/api_tokens.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/api_tokens/api_token_store.hpp"
#include "domain/names.hpp"

namespace gatehouse::domain {
namespace {

namespace store = api_token_store;

constexpr std::string_view kKind = "api";
constexpr std::size_t kMaxName = 100;
constexpr std::int64_t kBatch = 500;
constexpr std::size_t kMaxNotedUses = 100'000;

std::string token_json(const access::View& view, const ApiToken& token) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("name", token.name).key("roles").begin_array();
  for (const auto no : token.roles) {
    if (const auto* role = view.role(no)) json.value(std::string_view(role->name));
  }
  json.end_array();
  if (token.expires_at) json.member("expiresAt", token.expires_at->to_string());
  json.end_object();
  return out;
}

// Every role that may be given there on its own.
std::vector<RoleNo> roles_to_give(const Unit& unit, const access::Pass& pass, OrganizationNo at) {
  auto roles = unit.view().roles();
  roles.erase(
      std::remove_if(roles.begin(), roles.end(),
                     [&](RoleNo no) {
                       return !access::Policy::may_assign(unit.view(), unit.permissions(), pass, at, {no}).ok() ||
                              !access::Policy::acts_in_own_right(unit.view(), pass, at, {no}).ok();
                     }),
      roles.end());
  return roles;
}

void remove_one(Unit& unit, const store::Owned& token) {
  if (!store::remove(unit.tx(), token.id)) return;
  std::string before;
  JsonWriter(before).begin_object().member("name", token.name).end_object();
  unit.record(
      {"api_token.removed", token.organization, "api_token", token.id, before, {}, {access::ApiTokenGone{token.id}}});
}

}  // namespace

Result<CreatedApiToken> ApiTokens::create(const access::Permit<access::Action::kApiTokenCreate>& permit,
                                          const NewApiToken& in) {
  const auto name = name_of(in.name, kMaxName);
  if (!name) return invalid_field("api_token.invalid", "name", "must be 1 to 100 visible characters");
  if (in.expires_at && *in.expires_at <= permit.now()) {
    return invalid_field("api_token.invalid", "expires_at", "must be in the future");
  }
  return ledger_.write(permit, [&](Unit& unit) -> Result<CreatedApiToken> {
    const auto at = permit.organization();
    if (store::count(unit.tx(), at) >= kMaxApiTokens) {
      return conflict("api_token.too_many", "At most 1000 API tokens an organization.");
    }
    auto roles = in.roles ? *in.roles : roles_to_give(unit, permit, at);
    TRY(access::Policy::may_assign(unit.view(), unit.permissions(), permit, at, roles));
    TRY(access::Policy::acts_in_own_right(unit.view(), permit, at, roles));
    auto secret = crypto::mint_opaque_token(kKind, unit.random());
    const Principal& who = unit.actor();
    ApiToken token;
    token.id = ApiTokenId::make(unit.now(), unit.random());
    token.name = *name;
    token.roles = std::move(roles);
    token.creator = who.user_id();
    token.created_at = unit.now();
    token.expires_at = in.expires_at;
    store::insert(unit.tx(), token, at, who.user, secret.digest);
    unit.record(
        {"api_token.created",
         at,
         "api_token",
         token.id,
         {},
         token_json(unit.view(), token),
         {access::ApiTokenFact{token.id, at, token.expires_at.value_or(store::kNever), secret.digest, token.roles}}});
    return CreatedApiToken{std::move(token), std::move(secret.text)};
  });
}

Result<Page<ApiToken>> ApiTokens::list(const access::Permit<access::Action::kApiTokenList>& permit,
                                       const Paging& paging) {
  Page<ApiToken> page;
  ledger_.read([&](sql::Tx& tx) {
    page.total = store::count(tx, permit.organization());
    page.items = store::page(tx, permit.organization(), paging);
  });
  const std::lock_guard lock(uses_mutex_);
  for (auto& token : page.items) {
    const auto used = uses_.find(token.id);
    // Another node may have seen a later one.
    if (used != uses_.end() && token.last_used_at < used->second) token.last_used_at = used->second;
  }
  return page;
}

Result<void> ApiTokens::revoke(const access::Permit<access::Action::kApiTokenRevoke>& permit, const ApiTokenId& id) {
  return revoke_in(permit, id);
}

Result<void> ApiTokens::revoke(const access::Permit<access::Action::kUserRemove>& permit, const ApiTokenId& id) {
  return revoke_in(permit, id);
}

Result<void> ApiTokens::revoke_in(const access::Pass& pass, const ApiTokenId& id) {
  return ledger_.write(pass, [&](Unit& unit) -> Result<void> {
    const auto token = store::find(unit.tx(), id);
    if (!token || token->organization != pass.organization()) {
      return not_found("api_token.not_found", "There is no such API token.");
    }
    const auto roles = store::roles(unit.tx(), id);
    TRY(access::Policy::may_assign(unit.view(), unit.permissions(), pass, token->organization, roles));
    TRY(access::Policy::may_take(unit.view(), pass, token->organization, roles));
    remove_one(unit, *token);
    return {};
  });
}

void ApiTokens::note_use(const ApiTokenId& id, Timestamp now) {
  const std::lock_guard lock(uses_mutex_);
  if (uses_.size() < kMaxNotedUses || uses_.count(id) != 0) uses_[id] = now;
}

void ApiTokens::organization_removed(Unit& unit, OrganizationNo organization) {
  for (const auto& token : store::of_organization(unit.tx(), organization)) remove_one(unit, token);
}

void ApiTokens::load(sql::Tx& tx, access::Graph& graph) {
  store::each(tx, [&](const access::ApiTokenFact& fact) { graph.load(fact); });
}

std::int64_t ApiTokens::maintain(Timestamp now) {
  std::vector<std::pair<ApiTokenId, Timestamp>> uses;
  {
    const std::lock_guard lock(uses_mutex_);
    uses.assign(uses_.begin(), uses_.end());
    uses_.clear();
  }
  std::int64_t written = 0;
  for (std::size_t begin = 0; begin < uses.size(); begin += kBatch) {
    const auto end = std::min(uses.size(), begin + kBatch);
    const auto done = ledger_.unguarded("last use of API tokens", Principal::system(), [&](Unit& unit) -> Result<void> {
      for (auto i = begin; i < end; ++i) store::set_last_used(unit.tx(), uses[i].first, uses[i].second);
      return {};
    });
    if (!done) return written;
    written += static_cast<std::int64_t>(end - begin);
  }
  const auto over = now.plus_s(-86'400);
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = !store::expired(tx, over, 1).empty(); });
  if (!any) return written;
  auto removed = ledger_.unguarded("expired API tokens", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
    const auto expired = store::expired(unit.tx(), over, kBatch);
    for (const auto& token : expired) remove_one(unit, token);
    return static_cast<std::int64_t>(expired.size());
  });
  return written + (removed ? *removed : 0);
}

}  // namespace gatehouse::domain
