#include "domain/providers/providers.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "domain/names.hpp"
#include "domain/providers/provider_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = provider_store;

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxIdentification = 50;

Error no_such() { return not_found("provider.not_found", "There is no such provider."); }
Error name_taken() { return conflict("provider.name_taken", "A provider of this name exists already."); }

std::string described(const Provider& provider) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("name", provider.name);
  if (provider.identification_number) json.member("identificationNumber", *provider.identification_number);
  json.member("active", provider.active).end_object();
  return out;
}

std::string association(const Provider& provider) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .member("providerId", provider.id.to_string())
      .member("name", provider.name)
      .end_object();
  return out;
}

// Blanks collapsed, every member valid; every fault is told.
Result<void> tidy(Provider& provider) {
  std::vector<FieldError> faults;
  if (auto name = name_of(provider.name, kMaxName)) {
    provider.name = *std::move(name);
  } else {
    faults.push_back({"name", "must be 1 to 100 visible characters"});
  }
  if (provider.identification_number) {
    if (auto number = line_of(*provider.identification_number, kMaxIdentification)) {
      provider.identification_number = number->empty() ? std::nullopt : std::move(number);
    } else {
      faults.push_back({"identification_number", "must be at most 50 printable characters"});
    }
  }
  if (faults.empty()) return {};
  return Error{ErrorKind::kInvalid, "provider.invalid", "The provider is not as it must be.", std::move(faults)};
}

void record(Unit& unit, std::string_view action, const ProviderId& id, std::string before, std::string after) {
  unit.record({.action = action,
               .organization = unit.view().platform(),
               .target_kind = "provider",
               .target = id,
               .before = std::move(before),
               .after = std::move(after),
               .facts = {}});
}

}  // namespace

Result<Provider> Providers::create(const access::Permit<access::Action::kCatalogueEdit>& permit,
                                   const NewProvider& in) {
  Provider given;
  given.name = in.name;
  given.identification_number = in.identification_number;
  given.active = in.active;
  TRY(tidy(given));
  return ledger_.write(permit, [&](Unit& unit) -> Result<Provider> {
    if (store::count(unit.tx()) >= kMaxProviders) {
      return conflict("provider.too_many", "At most 100,000 providers.");
    }
    auto made = given;
    made.id = ProviderId::make(unit.now(), unit.random());
    made.created_at = unit.now();
    if (!store::insert(unit.tx(), made)) return name_taken();
    record(unit, "provider.created", made.id, {}, described(made));
    return made;
  });
}

Result<Provider> Providers::update(const access::Permit<access::Action::kCatalogueEdit>& permit, const ProviderId& id,
                                   const ProviderPatch& patch) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<Provider> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    auto after = *before;
    if (patch.name) after.name = *patch.name;
    if (patch.identification_number) after.identification_number = patch.identification_number;
    if (patch.active) after.active = *patch.active;
    TRY(tidy(after));
    auto old_facts = described(*before);
    auto new_facts = described(after);
    if (old_facts == new_facts) return *before;
    if (!store::update(unit.tx(), after)) return name_taken();
    record(unit, "provider.updated", id, std::move(old_facts), std::move(new_facts));
    return after;
  });
}

Result<void> Providers::remove(const access::Permit<access::Action::kCatalogueEdit>& permit, const ProviderId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto before = store::find(unit.tx(), id);
    if (!before) return no_such();
    if (store::is_in_use(unit.tx(), id)) {
      return conflict("provider.in_use", "Accounts are associated with this provider.");
    }
    store::remove(unit.tx(), id);
    record(unit, "provider.removed", id, described(*before), {});
    return {};
  });
}

Page<Provider> Providers::list(const access::Pass& pass, const Paging& paging) const {
  (void)pass;
  Page<Provider> page;
  ledger_.read([&](sql::Tx& tx) {
    page.total = store::count(tx);
    page.items = store::page(tx, paging);
  });
  return page;
}

Result<Provider> Providers::get(const access::Pass& pass, const ProviderId& id) const {
  (void)pass;
  std::optional<Provider> found;
  ledger_.read([&](sql::Tx& tx) { found = store::find(tx, id); });
  if (!found) return no_such();
  return *std::move(found);
}

std::optional<Provider> Providers::find(sql::Tx& tx, const ProviderId& id) { return store::find(tx, id); }

Result<void> Providers::add_user(Unit& unit, UserNo user, const ProviderId& id) {
  const auto provider = store::find(unit.tx(), id);
  if (!provider) return no_such();
  if (!store::add_user(unit.tx(), user, id)) {
    return conflict("provider.association_exists", "The user is associated with this provider already.");
  }
  if (!provider->active) return conflict("provider.inactive", "This provider is not active.");
  if (store::count_of(unit.tx(), user) > kMaxProvidersOfUser) {
    return conflict("provider.too_many_of_user", "A user is associated with at most 100 providers.");
  }
  unit.record({.action = "user.provider_added",
               .organization = unit.view().platform(),
               .target_kind = "user",
               .target = store::user_id(unit.tx(), user),
               .before = {},
               .after = association(*provider),
               .facts = {}});
  return {};
}

Result<void> Providers::remove_user(Unit& unit, UserNo user, const ProviderId& id) {
  const auto provider = store::find(unit.tx(), id);
  if (!provider) return no_such();
  if (!store::remove_user(unit.tx(), user, id)) {
    return not_found("provider.association_not_found", "The user is not associated with this provider.");
  }
  unit.record({.action = "user.provider_removed",
               .organization = unit.view().platform(),
               .target_kind = "user",
               .target = store::user_id(unit.tx(), user),
               .before = association(*provider),
               .after = {},
               .facts = {}});
  return {};
}

std::unordered_map<UserNo, std::vector<Provider>> Providers::of_users(sql::Tx& tx, std::span<const UserNo> users) {
  return store::of_users(tx, users);
}

void Providers::user_removed(Unit& unit, UserNo user) { store::remove_all_of(unit.tx(), user); }

}  // namespace gatehouse::domain
