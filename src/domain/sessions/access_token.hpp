// What an access token says, and the seam to its wire format. The domain decides the claims; how they are written and
// signed (RFC 7519, RFC 9068) is the protocol's business and stands behind two small interfaces.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/types.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::domain {

struct AccessClaims {
  enum class Kind : std::uint8_t { kUser, kClient };
  Kind kind = Kind::kUser;
  Uuid subject;                                // UserId or ClientId
  SessionId session;                           // kUser only: `sid`
  std::optional<OrganizationId> organization;  // active when it was issued; for the holder's eyes, never decided by
  std::vector<std::string> scopes;             // kClient only
  Uuid id;                                     // `jti`
  Timestamp issued_at;
  Timestamp expires_at;
};

class AccessTokenIssuer {
 public:
  virtual ~AccessTokenIssuer() = default;
  // Signs with the current key. Any thread.
  virtual std::string issue(const AccessClaims& claims) = 0;
};

class AccessTokenVerifier {
 public:
  virtual ~AccessTokenVerifier() = default;
  // Signature, issuer, audience, type and times. Errors: auth.token_invalid. Any thread.
  virtual Result<AccessClaims> verify(std::string_view token, Timestamp now) = 0;
  // The claims as they stand there, nothing checked: only for narrowing what another proof already allows. Nothing when
  // it is no access token at all.
  virtual std::optional<AccessClaims> read_unverified(std::string_view token) = 0;
};

}  // namespace gatehouse::domain
