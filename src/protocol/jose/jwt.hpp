// Access tokens as JSON Web Tokens (RFC 9068): what is in one, how it is issued, and when it is believed.
// Says nothing about whether session, user or client still stand: that is asked of the store's picture afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/signing_key.hpp"
#include "protocol/jose/jws.hpp"

namespace gatehouse::jose {

enum class SubjectKind : std::uint8_t { kUser, kClient };

struct AccessClaims {
  std::string iss;
  std::string sub;  // id of the user or the client
  std::string aud;
  std::string client_id;
  Timestamp iat;  // whole seconds
  Timestamp exp;  // whole seconds
  std::string jti;
  std::optional<std::string> sid;    // id of the session
  std::optional<std::string> scope;  // RFC 8693 4.2: names separated by spaces
  std::optional<std::string> org;    // id of the active organization
  SubjectKind kind = SubjectKind::kUser;

  bool operator==(const AccessClaims&) const = default;
};

struct AccessExpectations {
  std::string_view iss;
  std::string_view aud;
  Timestamp now;
};

// Fractions of seconds are cut off the times.
std::string issue_access_token(const AccessClaims& claims, const crypto::SigningKey& key);

// kUnauthenticated `auth.token_invalid` unless the signature is good, issuer and audience are the expected ones, it has
// not expired (no leeway), `nbf` is past, and `iat` is at most 60 s ahead of `now`.
Result<AccessClaims> verify_access_token(std::string_view token, const AccessExpectations& expected,
                                         KeyFinder find_key);

}  // namespace gatehouse::jose
