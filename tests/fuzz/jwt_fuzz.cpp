// Access tokens. The first byte tells what the rest is: 'p' a payload under a good signature, 'h' a header to which
// payload and signature are added, anything else the token as it came.
#include <string>

#include "crypto/base64url.hpp"
#include "fuzz/fuzz.hpp"
#include "protocol/jose/jwt.hpp"

using namespace gatehouse;

namespace {

constexpr std::string_view kIssuer = "https://id.example.com";
constexpr std::string_view kAudience = "https://api.example.com";
constexpr Timestamp kNow{1'700'000'000'000'000};

// Ed25519 of a fixed seed (RFC 8410 7), so that an input means the same in every run.
const crypto::SigningKey& key() {
  static const auto fixed = [] {
    std::string der("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
    der.append(32, 'g');
    auto made = crypto::SigningKey::from_pkcs8(der);
    fuzz::must(made.ok(), "the key is a key");
    return std::move(made).value();
  }();
  return fixed;
}

Result<jose::AccessClaims> verify(std::string_view token) {
  return jose::verify_access_token(token, {kIssuer, kAudience, kNow}, [](std::string_view kid) {
    return kid == key().kid() ? &key().public_key() : nullptr;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = fuzz::text_of(data + 1, size - 1);
  std::string token(rest);
  if (data[0] == 'p') {
    token = jose::sign_compact("at+jwt", rest, key());
  } else if (data[0] == 'h') {
    token = crypto::base64url_encode(rest) + ".e30";
    token += "." + crypto::base64url_encode(key().sign(token));
  }
  const auto claims = verify(token);
  if (!claims) {
    fuzz::must(claims.error().kind == ErrorKind::kUnauthenticated && claims.error().code == "auth.token_invalid",
               "every refusal is the same");
    return 0;
  }
  fuzz::must(data[0] == 'p', "only what was signed is believed");
  fuzz::must(claims->iss == kIssuer && claims->aud == kAudience, "issuer and audience are the expected ones");
  fuzz::must(claims->exp > kNow, "it has not expired");
  const auto again = verify(jose::issue_access_token(*claims, key()));
  fuzz::must(again.ok() && *again == *claims, "what is believed is believed again when it is issued");
  return 0;
}
