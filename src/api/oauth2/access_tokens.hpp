// The domain's access tokens as JSON Web Tokens (RFC 9068), signed with the deployment's keys.
#pragma once

#include <string>

#include "domain/sessions/access_token.hpp"
#include "domain/signing_keys/signing_keys.hpp"

namespace gatehouse::api::oauth2 {

class AccessTokens final : public domain::AccessTokenIssuer, public domain::AccessTokenVerifier {
 public:
  // `issuer`: the public URL; it is the audience as well. The keys must outlive this.
  AccessTokens(const domain::SigningKeys& keys, std::string issuer) : keys_(keys), issuer_(std::move(issuer)) {}

  std::string issue(const domain::AccessClaims& claims) override;
  Result<domain::AccessClaims> verify(std::string_view token, Timestamp now) override;
  std::optional<domain::AccessClaims> read_unverified(std::string_view token) override;

 private:
  const domain::SigningKeys& keys_;
  const std::string issuer_;
};

}  // namespace gatehouse::api::oauth2
