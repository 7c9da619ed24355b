#include "api/v1/tokens.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "domain/roles/roles.hpp"

namespace gatehouse::api::v1 {

namespace {

using http::Action;
using http::Anyone;
using http::Call;
using http::Nothing;
using http::Permit;

// Longer ones belong to nobody; the limits only keep strangers from sending megabytes.
constexpr std::int64_t kMaxAccount = 320;
constexpr std::int64_t kMaxPassword = 1024;
constexpr std::int64_t kMaxToken = 8192;
constexpr std::size_t kMaxOrgRoles = 1000;

struct TokenRequest {
  std::string grant_type;
  std::optional<std::string> account;
  std::optional<std::string> password;
  std::optional<std::string> token;
  std::optional<std::string> refresh_token;
  std::optional<std::string> client_id;
  std::optional<std::string> client_secret;
};

void describe(http::Fields<TokenRequest>& f) {
  f.name("TokenRequest");
  f.add<&TokenRequest::grant_type>("grant_type", {.in = http::In::kQuery,
                                                  .doc = "Which of the proofs the body holds.",
                                                  .fallback = "password",
                                                  .one_of = {"password", "refresh_token", "client_credentials"}});
  f.add<&TokenRequest::account>("account",
                                {.max = kMaxAccount, .doc = "User name or e-mail; with grant_type password."});
  f.add<&TokenRequest::password>("password", {.max = kMaxPassword, .doc = "With grant_type password."});
  f.add<&TokenRequest::token>(
      "token", {.max = kMaxToken, .doc = "The former access token, expired or not; with grant_type refresh_token."});
  f.add<&TokenRequest::refresh_token>("refreshToken",
                                      {.max = kMaxToken, .doc = "With grant_type refresh_token; works once."});
  f.add<&TokenRequest::client_id>("clientId", {.max = kMaxAccount, .doc = "With grant_type client_credentials."});
  f.add<&TokenRequest::client_secret>("clientSecret", {.max = kMaxToken, .doc = "With grant_type client_credentials."});
}

struct TokenAnswer {
  std::string access_token;
  std::optional<std::string> refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;
};

void describe(http::Fields<TokenAnswer>& f) {
  f.name("Tokens");
  f.add<&TokenAnswer::access_token>("accessToken");
  f.add<&TokenAnswer::refresh_token>("refreshToken", {.doc = "Not for machine clients.", .omit_absent = true});
  f.add<&TokenAnswer::token_type>("tokenType");
  f.add<&TokenAnswer::expires_in>("expiresIn", {.doc = "Seconds the access token lives."});
}

struct OrgRole {
  OrganizationId org_id;
  std::optional<std::string> org_role;
};

void describe(http::Fields<OrgRole>& f) {
  f.name("OrgRole");
  f.add<&OrgRole::org_id>("orgId");
  f.add<&OrgRole::org_role>("orgRole",
                            {.doc = "admin, operator or viewer; null when the membership carries none of them."});
}

struct CurrentToken {
  std::optional<UserId> user_id;
  std::optional<ClientId> client_id;
  std::optional<ApiTokenId> api_token_id;
  std::optional<OrganizationId> active_org_id;
  std::vector<OrgRole> org_roles;
  std::vector<std::string> scopes;
  std::optional<Timestamp> expires_at;
};

void describe(http::Fields<CurrentToken>& f) {
  f.name("CurrentToken");
  f.add<&CurrentToken::user_id>("userId", {.omit_absent = true});
  f.add<&CurrentToken::client_id>("clientId", {.omit_absent = true});
  f.add<&CurrentToken::api_token_id>("apiTokenId", {.omit_absent = true});
  f.add<&CurrentToken::active_org_id>("activeOrgId",
                                      {.doc = "The session's active organization.", .omit_absent = true});
  f.add<&CurrentToken::org_roles>("orgRoles");
  f.add<&CurrentToken::scopes>("scopes");
  f.add<&CurrentToken::expires_at>("expiresAt", {.omit_absent = true});
}

// The members that the grant needs, or where they are missing.
Result<void> demand(std::initializer_list<std::pair<std::string_view, const std::optional<std::string>*>> members) {
  Error error{ErrorKind::kInvalid, "request.invalid", "The request is not valid."};
  for (const auto& [name, value] : members) {
    if (!*value || (*value)->empty()) error.fields.push_back({std::string(name), "is required"});
  }
  if (error.fields.empty()) return {};
  if (error.fields.size() == 1) error.detail = error.fields.front().field + " is required.";
  return error;
}

TokenAnswer answer(domain::TokenPair pair) {
  return {std::move(pair.access_token), std::move(pair.refresh_token), "Bearer", pair.expires_in_s};
}

std::optional<std::string> org_role(const access::View& view, UserNo user, OrganizationNo organization) {
  const auto role = domain::OrganizationRoles::of(view).heaviest(view.direct_roles(user, organization));
  return role ? std::optional(std::string(domain::name(*role))) : std::nullopt;
}

// Only passwords are hashed: refreshing does not wait behind a storm of sign-ins.
http::Work work_of_grant(const Call& call) {
  const auto grant = call.query_parameter("grant_type");
  return grant == "refresh_token" || grant == "client_credentials" ? http::Work::kWrite : http::Work::kHash;
}

void add_org_roles(const access::View& view, const Principal& who, Timestamp now, CurrentToken& out) {
  const auto add = [&](OrganizationNo no) {
    const auto id = view.organization_id(no);
    if (id && out.org_roles.size() < kMaxOrgRoles && view.reaches(who, no, now)) {
      out.org_roles.push_back({*id, org_role(view, who.user, no)});
    }
  };
  if (who.kind == Principal::Kind::kClient) {
    add(who.active);
  } else if (who.kind == Principal::Kind::kUser) {
    for (const auto& holding : view.holdings(who.user)) {
      if (holding.member) add(holding.organization);
    }
  }
}

CurrentToken current(const access::Graph& graph, domain::Clients& clients, const Principal& who, Timestamp now) {
  CurrentToken out;
  if (who.kind == Principal::Kind::kUser) out.user_id = UserId(who.id);
  if (who.kind == Principal::Kind::kApiToken) out.api_token_id = ApiTokenId(who.id);
  if (who.kind == Principal::Kind::kClient) {
    out.client_id = ClientId(who.id);
    out.scopes = clients.scopes(*out.client_id).value_or(std::vector<std::string>());
  }
  if (who.expires_at.micros != std::numeric_limits<std::int64_t>::max()) out.expires_at = who.expires_at;
  graph.read([&](const access::View& view) {
    out.org_roles.clear();
    out.active_org_id = view.organization_id(who.active);
    add_org_roles(view, who, now, out);
  });
  return out;
}

}  // namespace

void register_tokens(http::Surface& surface, domain::SignIn& sign_in, domain::Sessions& sessions,
                     domain::Clients& clients, const access::Graph& graph) {
  surface.add({.id = "createToken",
               .method = http::Method::kPost,
               .path = "/api/v1/auth/tokens",
               .summary = "Sign in, refresh, or exchange a machine client's credentials.",
               .anyone_because = "the proof comes in the body",
               .work = http::Work::kHash,
               .work_of_call = work_of_grant,
               .success = 201,
               .errors = {ErrorKind::kUnauthenticated, ErrorKind::kThrottled}},
              [&sign_in, &sessions, &clients](Call& call, Anyone, TokenRequest in) -> Result<TokenAnswer> {
                call.set_header("Cache-Control", "no-store");
                if (in.grant_type == "refresh_token") {
                  TRY(demand({{"refreshToken", &in.refresh_token}}));
                  return answer(TRY(sessions.refresh(*in.refresh_token, in.token.value_or(""))));
                }
                if (in.grant_type == "client_credentials") {
                  TRY(demand({{"clientId", &in.client_id}, {"clientSecret", &in.client_secret}}));
                  auto token = TRY(clients.token(*in.client_id, *in.client_secret, {}, call.now));
                  return TokenAnswer{std::move(token.access_token), std::nullopt, "Bearer", token.expires_in_s};
                }
                TRY(demand({{"account", &in.account}, {"password", &in.password}}));
                return answer(TRY(sign_in.with_password(*in.account, *in.password, call.source_address)));
              });
  // Reads the caller's own credential back, which everybody who stands may.
  surface.add(
      {.id = "getCurrentToken",
       .method = http::Method::kGet,
       .path = "/api/v1/auth/tokens/current",
       .summary = "Validate the presented token: who is calling, with which roles."},
      [&graph, &clients](Call& call, const Permit<Action::kAccountGet>& permit, Nothing) -> Result<CurrentToken> {
        return current(graph, clients, permit.principal(), call.now);
      });
  surface.add({.id = "removeCurrentToken",
               .method = http::Method::kDelete,
               .path = "/api/v1/auth/tokens/current",
               .summary = "Sign out: the session ends at once.",
               .work = http::Work::kWrite,
               .success = 204},
              [&sessions](Call&, const Permit<Action::kSessionEnd>& permit, Nothing) -> Result<Nothing> {
                TRY(sessions.end(permit));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::v1
