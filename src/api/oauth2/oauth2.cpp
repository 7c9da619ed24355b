#include "api/oauth2/oauth2.hpp"

#include <vector>

#include "protocol/jose/jwks.hpp"
#include "protocol/oauth/token_endpoint.hpp"

namespace gatehouse::api::oauth2 {
namespace {

using http::Anyone;
using http::Call;
using http::Nothing;
using http::RawAnswer;
using http::RawBody;

constexpr std::string_view kTokenRequestSchema =
    R"({"type":"object","required":["grant_type"],"properties":{)"
    R"("grant_type":{"type":"string","enum":["client_credentials"]},"client_id":{"type":"string"},)"
    R"("client_secret":{"type":"string"},"scope":{"type":"string"}}})";
constexpr std::string_view kTokenSchema =
    R"({"type":"object","required":["access_token","token_type","expires_in","scope"],)"
    R"("properties":{"access_token":{"type":"string"},"token_type":{"type":"string"},"expires_in":{"type":"integer"},)"
    R"("scope":{"type":"string"}}})";
constexpr std::string_view kKeysSchema = R"({"type":"object","required":["keys"],"properties":{"keys":{"type":"array",)"
                                         R"("items":{"type":"object"}}}})";

class OAuthDialect final : public http::Dialect {
 public:
  void render(const Error& error, const Call&, http::Response& response) const override {
    if (response.status < 400) response.status = status(error.kind);
    response.content_type = "application/json";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = oauth::render(oauth::TokenError{word(error.kind), error.detail, response.status, false});
  }
  [[nodiscard]] std::string_view error_media_type() const override { return "application/json"; }
  [[nodiscard]] std::string_view error_schema() const override {
    return R"({"type":"object","required":["error"],"properties":{"error":{"type":"string"},"error_description":{"type":"string"}}})";
  }
  [[nodiscard]] std::string_view error_schema_name() const override { return "OAuthError"; }

 private:
  static std::string_view word(ErrorKind kind) {
    switch (kind) {
      case ErrorKind::kUnauthenticated: return "invalid_client";
      case ErrorKind::kForbidden: return "access_denied";
      case ErrorKind::kUnavailable:
      case ErrorKind::kThrottled: return "temporarily_unavailable";
      case ErrorKind::kInternal: return "server_error";
      default: return "invalid_request";
    }
  }
};

RawAnswer refuse(Call& call, const oauth::TokenError& error) {
  if (error.challenge) call.set_header("WWW-Authenticate", "Basic realm=\"gatehouse\", charset=\"UTF-8\"");
  return {"application/json", oauth::render(error), error.status};
}

RawAnswer exchange(Call& call, domain::Clients& clients, std::string_view body) {
  // RFC 6749 5.1: answers with tokens are kept by nobody.
  call.set_header("Cache-Control", "no-store");
  call.set_header("Pragma", "no-cache");
  const auto parsed = oauth::parse_token_request(body, call.request.header("Authorization"));
  if (const auto* error = std::get_if<oauth::TokenError>(&parsed)) return refuse(call, *error);
  const auto& request = *std::get_if<oauth::TokenRequest>(&parsed);
  const auto token = clients.token(request.client_id, request.client_secret, request.scope, call.now);
  if (token)
    return {"application/json", oauth::render_token(token->access_token, token->expires_in_s, token->scope), 200};
  return refuse(call, token.error().kind == ErrorKind::kUnauthenticated ? oauth::invalid_client(request.basic)
                                                                        : oauth::invalid_scope());
}

}  // namespace

const http::Dialect& dialect() {
  static const OAuthDialect dialect;
  return dialect;
}

void register_oauth2(http::Surface& surface, domain::Clients& clients, const domain::SigningKeys& keys) {
  surface.add({.id = "exchangeToken",
               .method = http::Method::kPost,
               .path = "/connect/token",
               .summary = "Exchange a machine client's credentials for an access token (RFC 6749 4.4).",
               .anyone_because = "the client's credentials come in the request",
               .work = http::Work::kMemory,
               .errors = {ErrorKind::kUnauthenticated},
               .raw_media_type = "application/x-www-form-urlencoded",
               .raw_schema = kTokenRequestSchema,
               .raw_answer_schema = kTokenSchema},
              [&clients](Call& call, Anyone, RawBody body) -> Result<RawAnswer> {
                return exchange(call, clients, body.bytes);
              });
  surface.add({.id = "getSigningKeys",
               .method = http::Method::kGet,
               .path = "/.well-known/jwks.json",
               .summary = "The public keys that verify access tokens (RFC 7517).",
               .anyone_because = "public keys are public",
               .work = http::Work::kMemory,
               .raw_answer_schema = kKeysSchema},
              [&keys](Call& call, Anyone, Nothing) -> Result<RawAnswer> {
                // Shorter than a new key is published ahead, so that nobody meets a signature before its key.
                call.set_header("Cache-Control", "public, max-age=300");
                const auto all = keys.all();
                std::vector<const crypto::PublicKey*> published;
                for (const auto& key : *all) published.push_back(&key->key.public_key());
                return RawAnswer{"application/json", jose::jwks_document(published), 200};
              });
}

}  // namespace gatehouse::api::oauth2
