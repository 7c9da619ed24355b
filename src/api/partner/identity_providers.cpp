#include "api/partner/identity_providers.hpp"

#include "api/partner/wire.hpp"

namespace gatehouse::api::partner {
namespace {

using domain::IdentityProviderId;

constexpr std::string_view kProviders = "/partner/v1/identity-providers";
constexpr std::string_view kProvider = "/partner/v1/identity-providers/{id}";

struct IdentityProvider {
  IdentityProviderId id;
  std::string name;
  std::string prefix;
  bool enabled = true;
};
void describe(http::Fields<IdentityProvider>& f) {
  f.name("PartnerIdentityProvider");
  f.add<&IdentityProvider::id>("id");
  f.add<&IdentityProvider::name>("name");
  f.add<&IdentityProvider::prefix>("prefix");
  f.add<&IdentityProvider::enabled>("enabled");
}

// With its settings, but for the secret: that is never told.
struct ConfiguredProvider {
  IdentityProviderId id;
  std::string name;
  std::string prefix;
  bool enabled = true;
  std::string type;
  std::string issuer;
  std::string client_id;
  std::vector<std::string> scopes;
};
void describe(http::Fields<ConfiguredProvider>& f) {
  f.name("PartnerConfiguredIdentityProvider");
  f.add<&ConfiguredProvider::id>("id");
  f.add<&ConfiguredProvider::name>("name");
  f.add<&ConfiguredProvider::prefix>("prefix");
  f.add<&ConfiguredProvider::enabled>("enabled");
  f.add<&ConfiguredProvider::type>("type", {.one_of = {"oidc"}});
  f.add<&ConfiguredProvider::issuer>("issuer");
  f.add<&ConfiguredProvider::client_id>("clientId");
  f.add<&ConfiguredProvider::scopes>("scopes");
}

struct CreateProvider {
  std::string name;
  std::string prefix;
  std::optional<bool> enabled;
  std::optional<std::string> type;
  std::string issuer;
  std::string client_id;
  std::string client_secret;
  std::vector<std::string> scopes;
};
void describe(http::Fields<CreateProvider>& f) {
  f.name("CreatePartnerIdentityProvider");
  f.add<&CreateProvider::name>("name", {.min = 1, .max = 100});
  f.add<&CreateProvider::prefix>("prefix", {.min = 1, .max = 50, .doc = "Unique; a-z, 0-9, _ and -."});
  f.add<&CreateProvider::enabled>("enabled", {.doc = "Default: true."});
  f.add<&CreateProvider::type>("type", {.doc = "Default: oidc.", .one_of = {"oidc"}});
  f.add<&CreateProvider::issuer>("issuer", {.min = 1, .max = 500});
  f.add<&CreateProvider::client_id>("clientId", {.min = 1, .max = 255});
  f.add<&CreateProvider::client_secret>("clientSecret", {.min = 1, .max = 1000, .doc = "Kept sealed, never returned."});
  f.add<&CreateProvider::scopes>("scopes", {.max = 20, .doc = "Default: openid email profile."});
}

struct UpdateProvider {
  std::optional<std::string> name;
  std::optional<std::string> prefix;
  std::optional<bool> enabled;
  std::optional<std::string> type;
  std::optional<std::string> issuer;
  std::optional<std::string> client_id;
  std::optional<std::string> client_secret;
  std::vector<std::string> scopes;
};
void describe(http::Fields<UpdateProvider>& f) {
  f.name("UpdatePartnerIdentityProvider");
  f.add<&UpdateProvider::name>("name", {.min = 1, .max = 100});
  f.add<&UpdateProvider::prefix>("prefix", {.min = 1, .max = 50});
  f.add<&UpdateProvider::enabled>("enabled");
  f.add<&UpdateProvider::type>("type", {.one_of = {"oidc"}});
  f.add<&UpdateProvider::issuer>("issuer", {.min = 1, .max = 500});
  f.add<&UpdateProvider::client_id>("clientId", {.min = 1, .max = 255});
  f.add<&UpdateProvider::client_secret>("clientSecret", {.min = 1, .max = 1000, .doc = "Absent: as it is."});
  f.add<&UpdateProvider::scopes>("scopes", {.max = 20, .doc = "Absent or empty: as they are."});
}

struct ListProviders {
  std::optional<OrganizationId> platform_id;
  std::optional<bool> enabled;
};
void describe(http::Fields<ListProviders>& f) {
  f.name("ListPartnerIdentityProviders");
  f.add<&ListProviders::platform_id>("platformId", {.in = http::In::kQuery});
  f.add<&ListProviders::enabled>("enabled", {.in = http::In::kQuery});
}

ConfiguredProvider wire(domain::IdentityProvider one) {
  return {one.id,
          std::move(one.name),
          std::move(one.prefix),
          one.enabled,
          std::move(one.type),
          std::move(one.issuer),
          std::move(one.client_id),
          std::move(one.scopes)};
}

std::optional<std::vector<std::string>> given(std::vector<std::string> scopes) {
  return scopes.empty() ? std::nullopt : std::optional(std::move(scopes));
}

void register_reads(http::Surface& surface, domain::IdentityProviders& providers, const access::Graph& graph) {
  surface.add({.id = "listIdentityProviders",
               .path = kProviders,
               .summary = "List the identity providers, disabled ones too.",
               .errors = {ErrorKind::kNotFound}},
              [&providers, &graph](Call& call, const Permit<Action::kAccountGet>& permit,
                                   const ListProviders& in) -> Result<std::vector<IdentityProvider>> {
                TRY(check_platform(graph, in.platform_id));
                std::vector<IdentityProvider> all;
                for (auto& one : providers.list(permit, in.enabled)) {
                  all.push_back({one.id, std::move(one.name), std::move(one.prefix), one.enabled});
                }
                const auto total = static_cast<std::int64_t>(all.size());
                return counted(call, total, std::move(all));
              });
  surface.add(
      {.id = "getIdentityProvider",
       .path = kProvider,
       .summary = "An identity provider with its settings, without the secret.",
       .errors = {ErrorKind::kNotFound}},
      [&providers](Call& call, const Permit<Action::kCatalogueEdit>& permit, Nothing) -> Result<ConfiguredProvider> {
        return wire(TRY(providers.get(permit, id_in_path<IdentityProviderId>(call))));
      });
}

}  // namespace

void register_identity_providers(http::Surface& surface, domain::IdentityProviders& providers,
                                 const access::Graph& graph) {
  register_reads(surface, providers, graph);
  surface.add({.id = "createIdentityProvider",
               .method = Method::kPost,
               .path = kProviders,
               .summary = "Register an identity provider.",
               .work = Work::kWrite,
               .success = 201,
               .errors = {ErrorKind::kConflict}},
              [&providers](Call& call, const Permit<Action::kCatalogueEdit>& permit,
                           CreateProvider in) -> Result<ConfiguredProvider> {
                auto made = TRY(
                    providers.create(permit, {std::move(in.name), std::move(in.prefix), in.enabled.value_or(true),
                                              in.type.value_or("oidc"), std::move(in.issuer), std::move(in.client_id),
                                              std::move(in.client_secret), given(std::move(in.scopes))}));
                call.set_header("Location", std::string(kProviders) + "/" + made.id.to_string());
                return wire(std::move(made));
              });
  surface.add({.id = "updateIdentityProvider",
               .method = Method::kPut,
               .path = kProvider,
               .summary = "Change an identity provider; absent members stay as they are.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&providers](Call& call, const Permit<Action::kCatalogueEdit>& permit,
                           UpdateProvider in) -> Result<ConfiguredProvider> {
                return wire(TRY(providers.update(
                    permit, id_in_path<IdentityProviderId>(call),
                    {std::move(in.name), std::move(in.prefix), in.enabled, std::move(in.type), std::move(in.issuer),
                     std::move(in.client_id), std::move(in.client_secret), given(std::move(in.scopes))})));
              });
  surface.add({.id = "removeIdentityProvider",
               .method = Method::kDelete,
               .path = kProvider,
               .summary = "Remove an identity provider that no account has.",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
              [&providers](Call& call, const Permit<Action::kCatalogueEdit>& permit, Nothing) -> Result<Nothing> {
                TRY(providers.remove(permit, id_in_path<IdentityProviderId>(call)));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::partner
