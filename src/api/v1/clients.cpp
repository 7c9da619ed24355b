#include "api/v1/clients.hpp"

#include <utility>

#include "api/v1/paging.hpp"

namespace gatehouse::api::v1 {

namespace {

using http::Action;
using http::Call;
using http::Nothing;
using http::Permit;

struct NewClientCredential {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Timestamp> expired_at;
};

void describe(http::Fields<NewClientCredential>& f) {
  f.name("NewClientCredential");
  f.add<&NewClientCredential::name>("name", {.min = 1, .max = 100, .doc = "Unique among the caller's own."});
  f.add<&NewClientCredential::scopes>("scopes",
                                      {.min = 1, .max = 50, .doc = "`noun.read` or `noun.write`.", .required = true});
  f.add<&NewClientCredential::expired_at>("expiredAt", {.doc = "In the future; a year from now when absent."});
}

struct ClientCredential {
  ClientId client_credential_id;
  ClientId client_id;
  std::optional<std::string> client_secret;
  std::string name;
  std::vector<std::string> scopes;
  Timestamp expired_at;
  Timestamp created_at;
};

void describe(http::Fields<ClientCredential>& f) {
  f.name("ClientCredential");
  f.add<&ClientCredential::client_credential_id>("clientCredentialId");
  f.add<&ClientCredential::client_id>("clientId");
  f.add<&ClientCredential::client_secret>("clientSecret", {.doc = "Shown once, when it is made.", .omit_absent = true});
  f.add<&ClientCredential::name>("name");
  f.add<&ClientCredential::scopes>("scopes");
  f.add<&ClientCredential::expired_at>("expiredAt");
  f.add<&ClientCredential::created_at>("createdAt");
}

struct ListClients {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
};

void describe(http::Fields<ListClients>& f) {
  f.name("ListClientCredentials");
  describe_paging(f);
}

ClientCredential view_of(domain::Client client) {
  return {client.id,         client.id,        std::nullopt, std::move(client.name), std::move(client.scopes),
          client.expires_at, client.created_at};
}

// The domain's names of members, in the words of this surface.
Error in_wire_words(Error error) {
  for (auto& fault : error.fields) {
    if (fault.field == "expires_at") fault.field = "expiredAt";
  }
  return error;
}

}  // namespace

void register_clients(http::Surface& surface, domain::Clients& clients) {
  surface.add({.id = "createClientCredential",
               .method = http::Method::kPost,
               .path = "/api/v1/oauth2/client-credentials",
               .summary = "Create a machine client with the caller's rights, narrowed by scopes.",
               .asks_active = true,
               .work = http::Work::kWrite,
               .success = 201,
               .errors = {ErrorKind::kConflict}},
              [&clients](Call& call, const Permit<Action::kClientEdit>& permit,
                         NewClientCredential in) -> Result<ClientCredential> {
                auto created = clients.create(permit, {std::move(in.name), std::move(in.scopes), in.expired_at});
                if (!created) return in_wire_words(std::move(created).error());
                call.set_header("Cache-Control", "no-store");
                auto view = view_of(std::move(created->client));
                view.client_secret = std::move(created->secret);
                return view;
              });
  surface.add({.id = "listClientCredentials",
               .method = http::Method::kGet,
               .path = "/api/v1/oauth2/client-credentials",
               .summary = "The caller's machine clients, newest first; X-Total-Count says how many there are."},
              [&clients](Call& call, const Permit<Action::kClientEdit>& permit,
                         ListClients in) -> Result<std::vector<ClientCredential>> {
                auto page = TRY(clients.list(permit, {in.skip, in.limit}));
                call.set_header("X-Total-Count", std::to_string(page.total));
                std::vector<ClientCredential> out;
                out.reserve(page.items.size());
                for (auto& client : page.items) out.push_back(view_of(std::move(client)));
                return out;
              });
  surface.add({.id = "removeClientCredential",
               .method = http::Method::kDelete,
               .path = "/api/v1/oauth2/client-credentials/{clientCredentialId}",
               .summary = "Remove a machine client; its tokens stop working at once.",
               .work = http::Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kNotFound}},
              [&clients](Call& call, const Permit<Action::kClientEdit>& permit, Nothing) -> Result<Nothing> {
                // What is no id names no client.
                const auto id = ClientId::parse(call.path_parameter("clientCredentialId")).value_or(ClientId());
                TRY(clients.remove(permit, id));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::v1
