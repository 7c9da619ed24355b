#include "api/oauth2/access_tokens.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "crypto/base64url.hpp"
#include "protocol/jose/jwt.hpp"

namespace gatehouse::api::oauth2 {
namespace {

// RFC 9068 2.2 wants a client_id in every token; people's sessions are with the service itself.
constexpr std::string_view kFirstParty = "gatehouse";

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out.push_back(' ');
    out += word;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Ours, as far as their shape says; nothing when the ids are none.
std::optional<domain::AccessClaims> from_wire(const jose::AccessClaims& wire) {
  domain::AccessClaims claims;
  const auto subject = Uuid::parse(wire.sub);
  if (!subject) return std::nullopt;
  claims.subject = *subject;
  claims.kind =
      wire.kind == jose::SubjectKind::kClient ? domain::AccessClaims::Kind::kClient : domain::AccessClaims::Kind::kUser;
  if (claims.kind == domain::AccessClaims::Kind::kUser) {
    const auto session = SessionId::parse(wire.sid.value_or(""));
    if (!session) return std::nullopt;
    claims.session = *session;
  }
  if (wire.org) claims.organization = OrganizationId::parse(*wire.org);
  if (wire.scope) claims.scopes = split(*wire.scope);
  claims.id = Uuid::parse(wire.jti).value_or(Uuid());
  claims.issued_at = wire.iat;
  claims.expires_at = wire.exp;
  return claims;
}

}  // namespace

std::string AccessTokens::issue(const domain::AccessClaims& claims) {
  jose::AccessClaims wire;
  wire.iss = issuer_;
  wire.aud = issuer_;
  wire.sub = claims.subject.to_string();
  wire.iat = claims.issued_at;
  wire.exp = claims.expires_at;
  wire.jti = claims.id.to_string();
  if (claims.organization) wire.org = claims.organization->to_string();
  if (claims.kind == domain::AccessClaims::Kind::kClient) {
    wire.kind = jose::SubjectKind::kClient;
    wire.client_id = wire.sub;
    wire.scope = join(claims.scopes);
  } else {
    wire.kind = jose::SubjectKind::kUser;
    wire.client_id = kFirstParty;
    wire.sid = claims.session.to_string();
  }
  return jose::issue_access_token(wire, keys_.current()->key);
}

Result<domain::AccessClaims> AccessTokens::verify(std::string_view token, Timestamp now) {
  domain::SigningKeys::KeyPtr key;  // held while it is used: a rotation may drop it from the set meanwhile
  const auto find_key = [&](std::string_view kid) -> const crypto::PublicKey* {
    key = keys_.find(kid);
    return key == nullptr ? nullptr : &key->key.public_key();
  };
  const auto wire = TRY(jose::verify_access_token(token, {issuer_, issuer_, now}, find_key));
  auto claims = from_wire(wire);
  if (!claims) return jose::token_invalid("The token names nobody.");
  return *std::move(claims);
}

std::optional<domain::AccessClaims> AccessTokens::read_unverified(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.size() > jose::kLongestToken) return std::nullopt;
  const auto payload = crypto::base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return std::nullopt;
  const auto json = json::parse(*payload);
  const auto* object = json ? json->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const auto* value = object->if_contains(name);
    const auto* string = value == nullptr ? nullptr : value->if_string();
    return string == nullptr ? std::string_view() : std::string_view(string->data(), string->size());
  };
  domain::AccessClaims claims;
  const auto subject = Uuid::parse(text("sub"));
  if (!subject) return std::nullopt;
  claims.subject = *subject;
  const auto session = SessionId::parse(text("sid"));
  claims.kind = session ? domain::AccessClaims::Kind::kUser : domain::AccessClaims::Kind::kClient;
  if (session) claims.session = *session;
  return claims;
}

}  // namespace gatehouse::api::oauth2
