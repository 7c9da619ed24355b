#include "api/identity_manager/providers.hpp"

#include "api/identity_manager/user_wire.hpp"

namespace gatehouse::api::identity_manager {
namespace {

constexpr std::string_view kProvider = "/api/Provider";

// The limits that the core has, so that the document tells them.
constexpr std::int64_t kMaxName = 100;
constexpr std::int64_t kMaxNumber = 50;

struct ListProviders {
  std::optional<domain::ProviderId> provider_id;
  std::int64_t page = 1;
  std::int64_t page_size = 100;
};
void describe(http::Fields<ListProviders>& f) {
  f.name("ListDirectoryProviders");
  f.add<&ListProviders::provider_id>("providerId", {.in = In::kQuery, .doc = "Only that one."});
  describe_paging(f);
}

struct CreateProvider {
  std::string name;
  std::optional<std::string> identification_number;
  std::optional<bool> active;
};
void describe(http::Fields<CreateProvider>& f) {
  f.name("CreateDirectoryProvider");
  f.add<&CreateProvider::name>("name", {.min = 1, .max = kMaxName, .doc = "Unique, case does not count."});
  f.add<&CreateProvider::identification_number>("identificationNumber", {.max = kMaxNumber});
  f.add<&CreateProvider::active>("active", {.doc = "True unless given."});
}

struct UpdateProvider {
  domain::ProviderId provider_id;
  std::optional<std::string> name;
  std::optional<std::string> identification_number;
  std::optional<bool> active;
};
void describe(http::Fields<UpdateProvider>& f) {
  f.name("UpdateDirectoryProvider");
  f.add<&UpdateProvider::provider_id>("providerId");
  f.add<&UpdateProvider::name>("name", {.min = 1, .max = kMaxName});
  f.add<&UpdateProvider::identification_number>("identificationNumber",
                                                {.max = kMaxNumber, .doc = "Empty: none any more."});
  f.add<&UpdateProvider::active>("active", {.doc = "No user is associated anew with one that is not."});
}

struct RemoveProvider {
  domain::ProviderId provider_id;
};
void describe(http::Fields<RemoveProvider>& f) {
  f.name("RemoveDirectoryProvider");
  f.add<&RemoveProvider::provider_id>("providerId", {.in = In::kEither});
}

}  // namespace

void register_providers(http::Surface& surface, domain::Providers& providers) {
  surface.add({.id = "listDirectoryProviders", .path = kProvider, .summary = "The providers, by name."},
              [&providers](Call& call, const Permit<Action::kAccountList>& permit,
                           const ListProviders& in) -> Result<std::vector<Provider>> {
                const auto paging = paging_of(in);
                auto page = in.provider_id ? TRY(only(providers.get(permit, *in.provider_id), paging))
                                           : providers.list(permit, paging);
                return listed(call, std::move(page), [](domain::Provider one) { return wire(std::move(one)); });
              });
  surface.add(
      {.id = "createDirectoryProvider",
       .method = Method::kPost,
       .path = kProvider,
       .summary = "Create a provider.",
       .work = Work::kWrite,
       .success = 201,
       .errors = {ErrorKind::kConflict}},
      [&providers](Call& call, const Permit<Action::kCatalogueEdit>& permit, CreateProvider in) -> Result<Provider> {
        auto created = TRY(in_wire_words(providers.create(
            permit, {std::move(in.name), std::move(in.identification_number), in.active.value_or(true)})));
        call.set_header("Location", std::string(kProvider) + "?providerId=" + created.id.to_string());
        return wire(std::move(created));
      });
  surface.add({.id = "updateDirectoryProvider",
               .method = Method::kPut,
               .path = kProvider,
               .summary = "Change a provider; what is absent stays as it is.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&providers](Call&, const Permit<Action::kCatalogueEdit>& permit, UpdateProvider in) -> Result<Provider> {
                return wire(TRY(in_wire_words(providers.update(
                    permit, in.provider_id, {std::move(in.name), std::move(in.identification_number), in.active}))));
              });
  surface.add(
      {.id = "removeDirectoryProvider",
       .method = Method::kDelete,
       .path = kProvider,
       .summary = "Delete a provider that no user is associated with.",
       .work = Work::kWrite,
       .success = 204,
       .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
      [&providers](Call&, const Permit<Action::kCatalogueEdit>& permit, const RemoveProvider& in) -> Result<Nothing> {
        TRY(providers.remove(permit, in.provider_id));
        return Nothing{};
      });
}

}  // namespace gatehouse::api::identity_manager
