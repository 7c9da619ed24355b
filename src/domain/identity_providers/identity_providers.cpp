#include "domain/identity_providers/identity_providers.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "crypto/seal.hpp"
#include "domain/identity_providers/identity_provider_rules.hpp"
#include "domain/identity_providers/identity_provider_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = identity_provider_store;
namespace rules = identity_provider_rules;

Error no_such() { return not_found("identity_provider.not_found", "There is no such identity provider."); }
Error prefix_taken() {
  return conflict("identity_provider.prefix_taken", "An identity provider of this prefix exists already.");
}
Error refused(std::vector<FieldError> faults) {
  return {ErrorKind::kInvalid, "identity_provider.invalid", "The identity provider is not as it must be.",
          std::move(faults)};
}

std::string context_of(const IdentityProviderId& id) { return "identity_provider:" + id.to_string(); }

// Of the secret only that it was set anew.
std::string described(const IdentityProvider& provider, bool has_new_secret = false) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("name", provider.name).member("prefix", provider.prefix);
  json.member("enabled", provider.enabled).member("type", provider.type).member("issuer", provider.issuer);
  json.member("clientId", provider.client_id).key("scopes").begin_array();
  for (const auto& scope : provider.scopes) json.value(std::string_view(scope));
  json.end_array();
  if (has_new_secret) json.member("clientSecretChanged", true);
  json.end_object();
  return out;
}

IdentityProvider patched(const IdentityProvider& before, const IdentityProviderPatch& patch) {
  auto after = before;
  if (patch.name) after.name = *patch.name;
  if (patch.prefix) after.prefix = *patch.prefix;
  if (patch.enabled) after.enabled = *patch.enabled;
  if (patch.type) after.type = *patch.type;
  if (patch.issuer) after.issuer = *patch.issuer;
  if (patch.client_id) after.client_id = *patch.client_id;
  if (patch.scopes) after.scopes = *patch.scopes;
  return after;
}

}  // namespace

Result<IdentityProvider> IdentityProviders::create(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                                   const NewIdentityProvider& in) {
  IdentityProvider given;
  given.name = in.name;
  given.prefix = in.prefix;
  given.enabled = in.enabled;
  given.type = in.type;
  given.issuer = in.issuer;
  given.client_id = in.client_id;
  given.scopes = in.scopes.value_or(std::vector<std::string>{"openid", "email", "profile"});
  auto faults = rules::tidy(given, in.client_secret);
  if (!faults.empty()) return refused(std::move(faults));
  return ledger_.write(permit, [&](Unit& unit) -> Result<IdentityProvider> {
    if (store::count(unit.tx()) >= kMaxIdentityProviders) {
      return conflict("identity_provider.too_many", "At most 1000 identity providers.");
    }
    auto made = given;
    made.id = IdentityProviderId::make(unit.now(), unit.random());
    made.created_at = unit.now();
    made.updated_at = unit.now();
    if (!store::insert(unit.tx(), made, seal_.seal(in.client_secret, context_of(made.id)))) return prefix_taken();
    unit.record({.action = "identity_provider.created",
                 .organization = unit.view().platform(),
                 .target_kind = "identity_provider",
                 .target = made.id,
                 .before = {},
                 .after = described(made),
                 .facts = {}});
    return made;
  });
}

Result<IdentityProvider> IdentityProviders::update(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                                   const IdentityProviderId& id, const IdentityProviderPatch& patch) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<IdentityProvider> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    auto after = patched(*before, patch);
    auto faults = rules::tidy(after, patch.client_secret);
    if (!faults.empty()) return refused(std::move(faults));
    std::optional<std::string> sealed;
    if (patch.client_secret) {
      // One that no longer opens is replaced: that is the way out after a lost master key.
      const auto kept = client_secret(unit.tx(), id);
      if (!kept || *kept != *patch.client_secret) sealed = seal_.seal(*patch.client_secret, context_of(id));
    }
    auto old_facts = described(*before);
    auto new_facts = described(after, sealed.has_value());
    if (old_facts == new_facts) return *before;
    after.updated_at = unit.now();
    if (!store::update(unit.tx(), after, sealed)) return prefix_taken();
    unit.record({.action = "identity_provider.updated",
                 .organization = unit.view().platform(),
                 .target_kind = "identity_provider",
                 .target = id,
                 .before = std::move(old_facts),
                 .after = std::move(new_facts),
                 .facts = {}});
    return after;
  });
}

Result<void> IdentityProviders::remove(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                       const IdentityProviderId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    if (store::is_in_use(unit.tx(), id, unit.now())) {
      return conflict("identity_provider.in_use",
                      "Accounts sign in with this identity provider, or are invited to; disable it instead.");
    }
    store::remove(unit.tx(), id);
    unit.record({.action = "identity_provider.removed",
                 .organization = unit.view().platform(),
                 .target_kind = "identity_provider",
                 .target = id,
                 .before = described(*before),
                 .after = {},
                 .facts = {}});
    return {};
  });
}

std::vector<IdentityProvider> IdentityProviders::list(const access::Pass& pass, std::optional<bool> enabled) const {
  (void)pass;
  std::vector<IdentityProvider> all;
  ledger_.read([&](sql::Tx& tx) { all = store::all(tx); });
  std::vector<std::pair<std::string, IdentityProvider*>> order;
  for (auto& provider : all) {
    if (!enabled || provider.enabled == *enabled) order.emplace_back(text::name_key(provider.name), &provider);
  }
  // Names may be equal, prefixes are not.
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->prefix) < std::tie(b.first, b.second->prefix);
  });
  std::vector<IdentityProvider> listed;
  listed.reserve(order.size());
  for (const auto& [key, provider] : order) listed.push_back(std::move(*provider));
  return listed;
}

Result<IdentityProvider> IdentityProviders::get(const access::Pass& pass, const IdentityProviderId& id) const {
  (void)pass;
  std::optional<IdentityProvider> found;
  ledger_.read([&](sql::Tx& tx) { found = store::find(tx, id); });
  if (!found) return no_such();
  return *std::move(found);
}

std::optional<IdentityProvider> IdentityProviders::find(sql::Tx& tx, const IdentityProviderId& id) {
  return store::find(tx, id);
}

std::optional<IdentityProvider> IdentityProviders::find_by_prefix(sql::Tx& tx, std::string_view prefix) {
  return store::find_by_prefix(tx, prefix);
}

std::vector<IdentityProvider> IdentityProviders::all(sql::Tx& tx) { return store::all(tx); }

Result<void> IdentityProviders::check_sign_in(sql::Tx& tx, UserNo user) {
  const auto at = store::of_user(tx, user);
  return at ? check_enabled(tx, *at) : Result<void>();
}

bool IdentityProviders::is_offered(sql::Tx& tx, UserNo user, Timestamp now) { return store::is_offered(tx, user, now); }

Result<void> IdentityProviders::check_enabled(sql::Tx& tx, const IdentityProviderId& id) {
  const auto enabled = store::is_enabled(tx, id);
  if (!enabled) return no_such();
  if (!*enabled) return conflict("identity_provider.disabled", "This identity provider is disabled.");
  return {};
}

Result<std::string> IdentityProviders::client_secret(sql::Tx& tx, const IdentityProviderId& id) const {
  const auto sealed = store::sealed_secret(tx, id);
  if (!sealed) return no_such();
  auto opened = seal_.open(*sealed, context_of(id));
  if (!opened) {
    return Error{ErrorKind::kInternal, "identity_provider.unsealable",
                 "A client secret does not open: the master key is not the one it was sealed with."};
  }
  return *std::move(opened);
}

}  // namespace gatehouse::domain
