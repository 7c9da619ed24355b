#include "protocol/jose/jwt.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace gatehouse::jose {
namespace {

constexpr std::string_view kType = "at+jwt";  // RFC 9068 2.1
constexpr std::int64_t kClockSkew_s = 60;     // between the nodes of a deployment, and a clock that was put back
static_assert(kClockSkew_s >= kClockTolerance_s);
constexpr std::int64_t kLatest_s = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::string_view kUser = "user";
constexpr std::string_view kClient = "client";

// Reads members one after another and remembers whether one was missing or of the wrong type.
class Members {
 public:
  explicit Members(const boost::json::object& object) : object_(object) {}

  std::string text(std::string_view name) {
    auto found = optional_text(name);
    if (!found) good_ = false;
    return found ? *std::move(found) : std::string();
  }
  std::optional<std::string> optional_text(std::string_view name) {
    const auto* member = object_.if_contains(name);
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (text == nullptr) {
      good_ = false;
      return std::nullopt;
    }
    return std::string(text->data(), text->size());
  }
  Timestamp time(std::string_view name) {
    const auto found = optional_time(name);
    if (!found) good_ = false;
    return found.value_or(Timestamp{});
  }
  // RFC 7519 2 NumericDate; whole seconds only, since that is what is issued.
  std::optional<Timestamp> optional_time(std::string_view name) {
    const auto* member = object_.if_contains(name);
    if (member == nullptr) return std::nullopt;
    const auto* seconds = member->if_int64();
    if (seconds == nullptr || *seconds < 0 || *seconds > kLatest_s) {
      good_ = false;
      return std::nullopt;
    }
    return Timestamp{*seconds * 1'000'000};
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const boost::json::object& object_;
  bool good_ = true;
};

struct Payload {
  AccessClaims claims;
  std::optional<Timestamp> nbf;
};

Result<Payload> read_payload(std::string_view text) {
  std::array<unsigned char, 4096>
      room;  // NOLINT(cppcoreguidelines-pro-type-member-init): the arena writes before it reads
  boost::json::monotonic_resource arena(room.data(), room.size());
  const auto parsed = json::parse(text, {.max_depth = 4, .max_bytes = kLongestToken}, &arena);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return token_invalid("The token's payload is not a JSON object.");

  Members members(*object);
  Payload payload;
  AccessClaims& claims = payload.claims;
  claims.iss = members.text("iss");
  claims.sub = members.text("sub");
  claims.aud = members.text("aud");
  claims.client_id = members.text("client_id");
  claims.iat = members.time("iat");
  claims.exp = members.time("exp");
  claims.jti = members.text("jti");
  claims.sid = members.optional_text("sid");
  claims.scope = members.optional_text("scope");
  claims.org = members.optional_text("org");
  payload.nbf = members.optional_time("nbf");
  const std::string kind = members.text("kind");
  claims.kind = kind == kClient ? SubjectKind::kClient : SubjectKind::kUser;
  if (!members.good() || (kind != kUser && kind != kClient))
    return token_invalid("The token lacks claims it must have.");
  return payload;
}

}  // namespace

std::string issue_access_token(const AccessClaims& claims, const crypto::SigningKey& key) {
  std::string payload;
  payload.reserve(512);
  JsonWriter json(payload);
  const auto text = [&json](std::string_view name, std::string_view value) { json.key(name).value(value); };
  json.begin_object();
  text("iss", claims.iss);
  text("sub", claims.sub);
  text("aud", claims.aud);
  text("client_id", claims.client_id);
  json.member("iat", claims.iat.seconds()).member("exp", claims.exp.seconds());
  text("jti", claims.jti);
  if (claims.sid) text("sid", *claims.sid);
  if (claims.scope) text("scope", *claims.scope);
  if (claims.org) text("org", *claims.org);
  text("kind", claims.kind == SubjectKind::kUser ? kUser : kClient);
  json.end_object();
  return sign_compact(kType, payload, key);
}

Result<AccessClaims> verify_access_token(std::string_view token, const AccessExpectations& expected,
                                         KeyFinder find_key) {
  const std::string text = TRY(verify_compact(token, kType, find_key));
  Payload payload = TRY(read_payload(text));
  const AccessClaims& claims = payload.claims;
  if (claims.iss != expected.iss) return token_invalid("The token is from another issuer.");
  if (claims.aud != expected.aud) return token_invalid("The token is for another audience.");
  if (expected.now >= claims.exp) return token_invalid("The token has expired.");  // RFC 7519 4.1.4: "on or after"
  if (payload.nbf && *payload.nbf > expected.now) return token_invalid("The token is not valid yet.");
  if (claims.iat > expected.now.plus_s(kClockSkew_s)) return token_invalid("The token was issued in the future.");
  return std::move(payload.claims);
}

}  // namespace gatehouse::jose
