#include "api/oauth2/access_tokens.hpp"

#include <gtest/gtest.h>

#include "crypto/seal.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::api::oauth2 {
namespace {

using gatehouse::testing::Domain;
using gatehouse::testing::need;

class AccessTokens_ : public ::testing::Test {
 protected:
  AccessTokens_() { need(keys.ensure()); }
  domain::AccessClaims claims(domain::AccessClaims::Kind kind = domain::AccessClaims::Kind::kUser) {
    domain::AccessClaims made;
    made.kind = kind;
    made.subject = Uuid::v7(domain.now(), random);
    if (kind == domain::AccessClaims::Kind::kUser) {
      made.session = SessionId::make(domain.now(), random);
    } else {
      made.scopes = {"a.read", "b.write"};
    }
    made.organization = OrganizationId::make(domain.now(), random);
    made.id = Uuid::v7(domain.now(), random);
    made.issued_at = domain.now();
    made.expires_at = domain.now().plus_s(900);
    return made;
  }

  Domain domain;
  SystemRandom random;
  crypto::Seal seal{crypto::MasterKey{1}, random};
  domain::SigningKeys keys{*domain.ledger, seal, {}};
  AccessTokens tokens{keys, "https://id.example.com"};
};

TEST_F(AccessTokens_, SayWhatWasClaimed) {
  for (const auto kind : {domain::AccessClaims::Kind::kUser, domain::AccessClaims::Kind::kClient}) {
    const auto issued = claims(kind);
    const auto token = tokens.issue(issued);
    const auto read = need(tokens.verify(token, domain.now()));
    EXPECT_EQ(read.kind, kind);
    EXPECT_EQ(read.subject, issued.subject);
    EXPECT_EQ(read.session, issued.session);
    EXPECT_EQ(read.organization, issued.organization);
    EXPECT_EQ(read.scopes, issued.scopes);
    EXPECT_EQ(read.id, issued.id);
    EXPECT_EQ(read.expires_at, issued.expires_at);
    const auto unverified = tokens.read_unverified(token);
    ASSERT_TRUE(unverified);
    EXPECT_EQ(unverified->kind, kind);
    EXPECT_EQ(unverified->session, issued.session);
  }
}

TEST_F(AccessTokens_, AreForOneIssuerOnly) {
  AccessTokens other{keys, "https://other.example.com"};
  EXPECT_FALSE(other.verify(tokens.issue(claims()), domain.now()).ok());
}

TEST_F(AccessTokens_, VerifyAcrossARotationAndNotAfterTheyExpired) {
  const auto token = tokens.issue(claims());
  need(keys.rotate(domain.system<access::Action::kStoreAdminister>(domain.platform)));
  EXPECT_TRUE(tokens.verify(token, domain.now()).ok());
  EXPECT_FALSE(tokens.verify(token, domain.now().plus_s(900)).ok());
}

TEST_F(AccessTokens_, ReadNothingUnverifiedFromWhatIsNoToken) {
  for (const std::string_view text : {"", "a", "a.b", "a.b.c", "..", "a.e30.c"})
    EXPECT_FALSE(tokens.read_unverified(text)) << text;
}

}  // namespace
}  // namespace gatehouse::api::oauth2
