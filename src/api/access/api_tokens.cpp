#include "api/access/api_tokens.hpp"

#include "api/access/wire.hpp"

namespace gatehouse::api::access_api {
namespace {

constexpr std::string_view kDefaultName = "API token";

struct AddApiToken {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> roles;
  std::optional<Timestamp> expires_at;
};
void describe(http::Fields<AddApiToken>& f) {
  f.name("AddApiToken");
  f.add<&AddApiToken::name>("name", {.min = 1, .max = 100});
  f.add<&AddApiToken::roles>(
      "roles",
      {.min = 1, .max = domain::kMaxEditedRoles, .doc = "Default: every role that you may give in your organization."});
  f.add<&AddApiToken::expires_at>("expires_at", {.doc = "In the future; default: never."});
}

struct AddedApiToken {
  ApiTokenId id;
  std::string name;
  std::string token;
  std::vector<std::string> roles;
  Timestamp created_at;
  std::optional<Timestamp> expires_at;
};
void describe(http::Fields<AddedApiToken>& f) {
  f.name("AddedApiToken");
  f.add<&AddedApiToken::id>("id");
  f.add<&AddedApiToken::name>("name");
  f.add<&AddedApiToken::token>("token", {.doc = "The bearer itself; it is not shown again."});
  f.add<&AddedApiToken::roles>("roles");
  f.add<&AddedApiToken::created_at>("created_at");
  f.add<&AddedApiToken::expires_at>("expires_at");
}

struct ApiTokenView {
  ApiTokenId id;
  std::string name;
  std::vector<std::string> roles;
  std::optional<UserId> created_by;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;
  std::optional<Timestamp> expires_at;
};
void describe(http::Fields<ApiTokenView>& f) {
  f.name("ApiToken");
  f.add<&ApiTokenView::id>("id");
  f.add<&ApiTokenView::name>("name");
  f.add<&ApiTokenView::roles>("roles");
  f.add<&ApiTokenView::created_by>("created_by", {.doc = "The user, as long as the account stands."});
  f.add<&ApiTokenView::created_at>("created_at");
  f.add<&ApiTokenView::last_used_at>("last_used_at");
  f.add<&ApiTokenView::expires_at>("expires_at");
}

struct RevokedApiToken {
  ApiTokenId id;
};
void describe(http::Fields<RevokedApiToken>& f) {
  f.name("RevokedApiToken");
  f.add<&RevokedApiToken::id>("id");
}

}  // namespace

void register_api_tokens(http::Surface& surface, domain::ApiTokens& api_tokens, const access::Graph& graph) {
  surface.add({.id = "addApiToken",
               .method = Method::kPost,
               .path = "/access/add-api-token",
               .summary = "Make an API token of your organization; it is shown once.",
               .at_active = true,
               .work = Work::kWrite},
              [&api_tokens, &graph](Call&, const Permit<Action::kApiTokenCreate>& permit,
                                    AddApiToken in) -> Result<Success<AddedApiToken>> {
                domain::NewApiToken wanted{in.name.value_or(std::string(kDefaultName)), std::nullopt, in.expires_at};
                if (in.roles) {
                  Result<std::vector<RoleNo>> numbers = std::vector<RoleNo>();
                  graph.read([&](const access::View& view) { numbers = domain::role_numbers(view, *in.roles); });
                  wanted.roles = TRY(std::move(numbers));
                }
                auto made = TRY(api_tokens.create(permit, wanted));
                AddedApiToken out{made.token.id,         std::move(made.token.name), std::move(made.secret), {},
                                  made.token.created_at, made.token.expires_at};
                graph.read([&](const access::View& view) { out.roles = domain::role_names(view, made.token.roles); });
                return success(std::move(out));
              });
  surface.add({.id = "listApiTokens",
               .path = "/access/api-tokens",
               .summary = "The API tokens of your organization, newest first; never the tokens themselves.",
               .at_active = true},
              [&api_tokens, &graph](Call&, const Permit<Action::kApiTokenList>& permit,
                                    Nothing) -> Result<std::vector<ApiTokenView>> {
                auto page = TRY(api_tokens.list(permit, {0, domain::kMaxApiTokens}));
                std::vector<ApiTokenView> views;
                graph.read([&](const access::View& view) {
                  for (auto& token : page.items) {
                    views.push_back({token.id, std::move(token.name), domain::role_names(view, token.roles),
                                     token.creator, token.created_at, token.last_used_at, token.expires_at});
                  }
                });
                return views;
              });
  surface.add({.id = "revokeApiToken",
               .method = Method::kPost,
               .path = "/access/api-tokens/{id}/revoke",
               .summary = "Revoke an API token; the next request with it is refused.",
               .at_active = true,
               .work = Work::kWrite},
              [&api_tokens](Call& call, const Permit<Action::kApiTokenRevoke>& permit,
                            Nothing) -> Result<Success<RevokedApiToken>> {
                const auto id = id_in_path<ApiTokenId>(call, "id");
                TRY(api_tokens.revoke(permit, id));
                return success(RevokedApiToken{id});
              });
}

}  // namespace gatehouse::api::access_api
