// Identity providers: where accounts sign in that have no password here. Registered now, signed in through later.
//
// The client secret is kept sealed, bound to its row, and no answer and no log entry holds it. Refuses a second one of
// a prefix, issuers that answer over plain HTTP, and to remove one while an account has it or is invited to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::crypto {
class Seal;
}

namespace gatehouse::domain {

using IdentityProviderId = Id<struct IdentityProviderNoun>;

inline constexpr std::int64_t kMaxIdentityProviders = 1000;  // so that a list of them all is one short answer

struct IdentityProvider {
  IdentityProviderId id;
  std::string name;
  std::string prefix;
  bool enabled = true;
  std::string type = "oidc";
  std::string issuer;
  std::string client_id;
  std::vector<std::string> scopes;
  Timestamp created_at;
  Timestamp updated_at;
};

struct NewIdentityProvider {
  std::string name{};    // 1 to 100 characters
  std::string prefix{};  // 1 to 50 of a-z, 0-9, _ and -, the first a letter or a digit; unique
  bool enabled = true;
  std::string type = "oidc";                         // the only one
  std::string issuer{};                              // https, or http on a loopback host; no query, no fragment
  std::string client_id{};                           // 1 to 255 printable ASCII characters
  std::string client_secret{};                       // 1 to 1000 printable characters
  std::optional<std::vector<std::string>> scopes{};  // 1 to 20, openid among them; default openid, email, profile
};

// Absent members stay as they are.
struct IdentityProviderPatch {
  std::optional<std::string> name{};
  std::optional<std::string> prefix{};
  std::optional<bool> enabled{};
  std::optional<std::string> type{};
  std::optional<std::string> issuer{};
  std::optional<std::string> client_id{};
  std::optional<std::string> client_secret{};
  std::optional<std::vector<std::string>> scopes{};
};

class IdentityProviders {
 public:
  // `seal` must outlive this.
  IdentityProviders(Ledger& ledger, const crypto::Seal& seal) : ledger_(ledger), seal_(seal) {}

  // Errors: identity_provider.invalid with every faulty field, identity_provider.prefix_taken,
  // identity_provider.too_many.
  Result<IdentityProvider> create(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                  const NewIdentityProvider& in);
  // Errors: identity_provider.not_found, those of create.
  Result<IdentityProvider> update(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                  const IdentityProviderId& id, const IdentityProviderPatch& patch);
  // Errors: identity_provider.not_found, identity_provider.in_use.
  Result<void> remove(const access::Permit<access::Action::kCatalogueEdit>& permit, const IdentityProviderId& id);

  // By name; `enabled`: only those that are, or are not. Whoever is signed in may see id, name, prefix and enabled; who
  // may see the rest is for the surface to say.
  [[nodiscard]] std::vector<IdentityProvider> list(const access::Pass& pass, std::optional<bool> enabled = {}) const;
  // Errors: identity_provider.not_found.
  [[nodiscard]] Result<IdentityProvider> get(const access::Pass& pass, const IdentityProviderId& id) const;

  // Within units and snapshots of other nouns. The prefix is compared without case.
  static std::optional<IdentityProvider> find(sql::Tx& tx, const IdentityProviderId& id);
  static std::optional<IdentityProvider> find_by_prefix(sql::Tx& tx, std::string_view prefix);
  // In no order; as many as there can be are one page.
  static std::vector<IdentityProvider> all(sql::Tx& tx);
  // Asked wherever a session begins or goes on: an account whose identity provider is disabled does not sign in.
  // Errors: identity_provider.disabled.
  static Result<void> check_sign_in(sql::Tx& tx, UserNo user);
  // Is this new account invited to sign in at one, so that it is to have no password here?
  static bool is_offered(sql::Tx& tx, UserNo user, Timestamp now);
  // Errors: identity_provider.not_found, identity_provider.disabled.
  static Result<void> check_enabled(sql::Tx& tx, const IdentityProviderId& id);
  // Opened, for talking to the provider; must reach no answer and no log. Errors: identity_provider.not_found,
  // identity_provider.unsealable (wrong master key).
  [[nodiscard]] Result<std::string> client_secret(sql::Tx& tx, const IdentityProviderId& id) const;

 private:
  Ledger& ledger_;
  const crypto::Seal& seal_;
};

}  // namespace gatehouse::domain
