#include "domain/authentication/authenticator.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;

class Authenticator_ : public ::testing::Test {
 protected:
  Credentials world;
  User ann = world.person("ann");
  TokenPair pair = world.signed_in(ann);
};

TEST_F(Authenticator_, KnowsWhoIsCalling) {
  const auto who = need(world.who(pair.access_token));
  EXPECT_EQ(who.kind, Principal::Kind::kUser);
  EXPECT_EQ(who.user_id(), ann.id);
  EXPECT_EQ(who.user, ann.no);
  EXPECT_EQ(who.session, pair.session);
  EXPECT_EQ(who.expires_at, world.now().plus_s(900));
}

TEST_F(Authenticator_, ChecksASignatureOnceAThread) {
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(world.who(pair.access_token).ok());
  EXPECT_EQ(world.tokens.verified, 1);
  std::thread([&] { EXPECT_TRUE(world.who(pair.access_token).ok()); }).join();
  EXPECT_EQ(world.tokens.verified, 2);
}

TEST_F(Authenticator_, BelievesNothingThatOutlivedItsRevocation) {
  ASSERT_TRUE(world.who(pair.access_token).ok());
  world.unit([&](Unit& unit) { Sessions::end_all(unit, ann.no, "test"); });
  EXPECT_EQ(code(world.who(pair.access_token)), "auth.token_invalid");
}

TEST_F(Authenticator_, BelievesNothingThatExpired) {
  ASSERT_TRUE(world.who(pair.access_token).ok());
  world.clock.advance_s(900);
  EXPECT_EQ(code(world.who(pair.access_token)), "auth.token_invalid");
}

TEST_F(Authenticator_, SeesTheActiveOrganizationOfNow) {
  const auto acme = world.organization("Acme");
  world.join(ann, acme.no, {"viewer"});
  const auto who = need(world.who(pair.access_token));
  EXPECT_FALSE(who.active);
  need(world.sessions->switch_organization(world.permit<Action::kOrganizationSwitch>(who), acme.no));
  EXPECT_EQ(need(world.who(pair.access_token)).active, acme.no);
}

TEST_F(Authenticator_, RefusesWhatIsNoCredential) {
  for (const std::string_view bearer :
       {"", "garbage", "gth_api_x", "at.", ".", "gth_api_0000000000000000000000000000000000000000000000000"}) {
    EXPECT_EQ(code(world.who(bearer)), "auth.token_invalid") << bearer;
  }
  EXPECT_EQ(code(world.who(pair.refresh_token)), "auth.token_invalid");
  EXPECT_EQ(code(world.who(std::string(1 << 20, 'x'))), "auth.token_invalid");
}

TEST_F(Authenticator_, KeepsServingWhenMoreTokensComeThanItCaches) {
  std::vector<std::string> issued;
  for (int i = 0; i < 6000; ++i) {
    AccessClaims claims;
    claims.subject = ann.id;
    claims.session = pair.session;
    claims.id = Uuid::v7(world.now(), world.system_random);
    claims.expires_at = world.now().plus_s(900);
    issued.push_back(world.tokens.issue(claims));
  }
  for (int round = 0; round < 2; ++round) {
    for (const auto& token : issued) ASSERT_TRUE(world.who(token).ok());
  }
}

}  // namespace
}  // namespace gatehouse::domain
