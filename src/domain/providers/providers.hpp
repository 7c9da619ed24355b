// Providers: the external parties that accounts are associated with. Refuses two of a name (compared without case), to
// remove one while an account is associated with it, and to associate another with one that is not active.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/changes/ledger.hpp"
#include "domain/page.hpp"

namespace gatehouse::domain {

using ProviderId = Id<struct ProviderNoun>;

inline constexpr std::int64_t kMaxProviders = 100'000;
inline constexpr std::int64_t kMaxProvidersOfUser = 100;  // so that a page of accounts with theirs stays bounded

struct Provider {
  ProviderId id;
  std::string name;
  std::optional<std::string> identification_number;
  bool active = true;
  Timestamp created_at;
};

struct NewProvider {
  std::string name{};                                  // 1 to 100 characters
  std::optional<std::string> identification_number{};  // at most 50 characters; empty is none
  bool active = true;
};

// Absent members stay as they are.
struct ProviderPatch {
  std::optional<std::string> name{};
  std::optional<std::string> identification_number{};  // empty: none any more
  std::optional<bool> active{};
};

class Providers {
 public:
  explicit Providers(Ledger& ledger) : ledger_(ledger) {}

  // Errors: provider.invalid with every faulty field, provider.name_taken, provider.too_many.
  Result<Provider> create(const access::Permit<access::Action::kCatalogueEdit>& permit, const NewProvider& in);
  // Errors: provider.not_found, those of create.
  Result<Provider> update(const access::Permit<access::Action::kCatalogueEdit>& permit, const ProviderId& id,
                          const ProviderPatch& patch);
  // Errors: provider.not_found, provider.in_use.
  Result<void> remove(const access::Permit<access::Action::kCatalogueEdit>& permit, const ProviderId& id);

  // By name; whoever is signed in.
  [[nodiscard]] Page<Provider> list(const access::Pass& pass, const Paging& paging) const;
  // Errors: provider.not_found.
  [[nodiscard]] Result<Provider> get(const access::Pass& pass, const ProviderId& id) const;

  // Within units and snapshots of other nouns, whose permit covers it; the account exists.
  static std::optional<Provider> find(sql::Tx& tx, const ProviderId& id);
  // Errors: provider.not_found, provider.association_exists, provider.inactive, provider.too_many_of_user.
  static Result<void> add_user(Unit& unit, UserNo user, const ProviderId& id);
  // Errors: provider.not_found, provider.association_not_found.
  static Result<void> remove_user(Unit& unit, UserNo user, const ProviderId& id);
  // Each one's by name, in one query; accounts without any have no entry. At most 10,000 accounts.
  static std::unordered_map<UserNo, std::vector<Provider>> of_users(sql::Tx& tx, std::span<const UserNo> users);

  // Before the account goes; its removal is what the log says.
  static void user_removed(Unit& unit, UserNo user);

 private:
  Ledger& ledger_;
};

}  // namespace gatehouse::domain
