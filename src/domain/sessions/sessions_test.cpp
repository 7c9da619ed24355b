#include "domain/sessions/sessions.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;

class Sessions_ : public ::testing::Test {
 protected:
  Result<TokenPair> refresh(const TokenPair& pair) {
    return world.sessions->refresh(pair.refresh_token, pair.access_token);
  }
  bool lives(const TokenPair& pair) { return world.who(pair.access_token).ok(); }
  OrganizationNo active(const TokenPair& pair) { return need(world.who(pair.access_token)).active; }

  Credentials world;
  User ann = world.person("ann");
};

TEST_F(Sessions_, RotateTheirRefreshToken) {
  const auto first = world.signed_in(ann);
  const auto second = need(refresh(first));
  EXPECT_NE(first.refresh_token, second.refresh_token);
  EXPECT_EQ(first.session, second.session);
  EXPECT_EQ(second.expires_in_s, 900);
  EXPECT_TRUE(lives(second));
}

TEST_F(Sessions_, EndWithTheirFamilyWhenAnOldRefreshTokenComesBack) {
  const auto first = world.signed_in(ann);
  const auto other = world.signed_in(ann);
  const auto second = need(refresh(first));
  const auto third = need(refresh(second));
  EXPECT_EQ(code(refresh(first)), "auth.refresh_token_invalid");
  for (const auto& pair : {first, second, third}) EXPECT_FALSE(lives(pair));
  EXPECT_EQ(code(refresh(third)), "auth.refresh_token_invalid");
  EXPECT_TRUE(lives(other));
  EXPECT_TRUE(refresh(other).ok());
}

TEST_F(Sessions_, RecoverAnAnswerLostOnItsWayWithinTenSeconds) {
  const auto first = world.signed_in(ann);
  const auto lost = need(refresh(first));
  world.clock.advance_s(10);
  const auto again = need(refresh(first));
  EXPECT_NE(lost.refresh_token, again.refresh_token);
  EXPECT_TRUE(refresh(again).ok());
}

TEST_F(Sessions_, DoNotRecoverLater) {
  const auto first = world.signed_in(ann);
  const auto second = need(refresh(first));
  world.clock.advance_s(10 + kClockTolerance_s + 1);
  EXPECT_EQ(code(refresh(first)), "auth.refresh_token_invalid");
  EXPECT_FALSE(lives(second));
}

TEST_F(Sessions_, EndWhenASuccessorThatWasReplacedIsPresented) {
  const auto first = world.signed_in(ann);
  const auto replaced = need(refresh(first));
  const auto successor = need(refresh(first));
  EXPECT_EQ(code(refresh(replaced)), "auth.refresh_token_invalid");
  EXPECT_FALSE(lives(successor));
}

TEST_F(Sessions_, OfManyRefreshesAtOnceKeepOneSuccessorAtMost) {
  const auto first = world.signed_in(ann);
  std::vector<std::optional<TokenPair>> pairs(32);
  std::vector<std::thread> threads;
  for (auto& pair : pairs) {
    threads.emplace_back([&] {
      if (auto refreshed = refresh(first)) pair = std::move(*refreshed);
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> distinct;
  std::size_t answered = 0;
  for (const auto& pair : pairs) {
    if (!pair) continue;
    ++answered;
    distinct.insert(pair->refresh_token);
  }
  EXPECT_GE(answered, 1U);
  EXPECT_EQ(distinct.size(), answered);
  EXPECT_EQ(world.rows("refresh_tokens WHERE used_at IS NULL"), 1);
}

TEST_F(Sessions_, RefuseTheAccessTokenOfAnother) {
  const auto mine = world.signed_in(ann);
  const auto other = world.signed_in(world.person("eve"));
  EXPECT_EQ(code(world.sessions->refresh(mine.refresh_token, other.access_token)), "auth.refresh_token_invalid");
  EXPECT_TRUE(lives(mine));
  EXPECT_TRUE(refresh(mine).ok());
}

TEST_F(Sessions_, RefreshWithAnExpiredAccessToken) {
  const auto first = world.signed_in(ann);
  world.clock.advance_s(3600);
  EXPECT_FALSE(lives(first));
  EXPECT_TRUE(lives(need(refresh(first))));
}

TEST_F(Sessions_, ExpireWhenIdleAndWhenOld) {
  const auto idle = world.signed_in(ann);
  auto used = world.signed_in(ann);
  world.clock.advance_s(14 * 86'400);
  EXPECT_EQ(code(refresh(idle)), "auth.refresh_token_invalid");
  used = world.signed_in(ann);
  for (int day = 0; day < 29; ++day) {
    world.clock.advance_s(86'400);
    used = need(refresh(used));
  }
  world.clock.advance_s(86'400);
  EXPECT_EQ(code(refresh(used)), "auth.refresh_token_invalid");
  world.clock.advance_s(kClockTolerance_s);  // until it is over on every node
  EXPECT_GT(world.sessions->maintain(world.clock.now()), 0);
  EXPECT_EQ(world.rows("sessions"), 0);
  EXPECT_EQ(world.rows("refresh_tokens"), 0);
}

TEST_F(Sessions_, EndAtSignOutAtOnceAndAfterARestart) {
  const auto first = world.signed_in(ann);
  const auto other = world.signed_in(ann);
  const auto who = need(world.who(first.access_token));
  need(world.sessions->end(world.permit<Action::kSessionEnd>(who)));
  EXPECT_FALSE(lives(first));
  EXPECT_EQ(code(refresh(first)), "auth.refresh_token_invalid");
  EXPECT_TRUE(lives(other));
  world.restart();
  EXPECT_FALSE(lives(first));
  EXPECT_TRUE(lives(other));
}

TEST_F(Sessions_, NoticeReuseAfterARestart) {
  const auto first = world.signed_in(ann);
  const auto second = need(refresh(first));
  const auto third = need(refresh(second));
  world.restart();
  EXPECT_FALSE(refresh(first).ok());
  EXPECT_FALSE(lives(third));
}

TEST_F(Sessions_, EndWithTheirUser) {
  const auto first = world.signed_in(ann);
  UserPatch rest;
  rest.status = UserStatus::kInactive;
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), ann.id, rest));
  EXPECT_FALSE(lives(first));
  rest.status = UserStatus::kActive;
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), ann.id, rest));
  EXPECT_FALSE(lives(first));
  EXPECT_FALSE(refresh(first).ok());
  const auto again = world.signed_in(ann);
  need(world.users->remove(world.system<Action::kAccountRemove>(world.platform), ann.id));
  EXPECT_FALSE(lives(again));
}

TEST_F(Sessions_, StartWhereTheUserLastWasElseAtTheFirstMembershipByName) {
  const auto zoo = world.organization("Zoo");
  const auto acme = world.organization("acme");
  EXPECT_FALSE(active(world.signed_in(ann)));
  world.join(ann, zoo.no, {"viewer"});
  world.join(ann, acme.no, {"viewer"});
  const auto pair = world.signed_in(ann);
  EXPECT_EQ(active(pair), acme.no);
  const auto who = need(world.who(pair.access_token));
  need(world.sessions->switch_organization(world.permit<Action::kOrganizationSwitch>(who), zoo.no));
  EXPECT_EQ(active(pair), zoo.no);
  EXPECT_EQ(active(world.signed_in(ann)), zoo.no);
}

TEST_F(Sessions_, LeaveAnOrganizationThatGoes) {
  const auto zoo = world.organization("Zoo");
  const auto acme = world.organization("Acme", zoo.no);
  world.join(ann, acme.no, {"admin"});
  world.join(ann, zoo.no, {"admin"});
  const auto pair = world.signed_in(ann);
  ASSERT_EQ(active(pair), acme.no);
  const auto who = need(world.who(pair.access_token));
  need(world.organizations->remove(world.permit<Action::kOrganizationDelete>(who, acme.id), {}));
  EXPECT_EQ(active(pair), zoo.no);
}

TEST_F(Sessions_, LeaveAnOrganizationThatTheirUserLeavesAtOnce) {
  const auto acme = world.organization("Acme");
  const auto zoo = world.organization("Zoo");
  world.join(ann, acme.no, {});
  world.join(ann, zoo.no, {});
  const auto pair = world.signed_in(ann);
  ASSERT_EQ(active(pair), acme.no);
  need(world.memberships->remove(world.system<Action::kUserRemove>(acme.no), {.user = ann.id}));
  EXPECT_EQ(active(pair), zoo.no);
  need(world.memberships->remove(world.system<Action::kUserRemove>(zoo.no), {.user = ann.id}));
  EXPECT_FALSE(active(pair));
  EXPECT_TRUE(lives(pair)) << "but nobody is signed out";
}

TEST_F(Sessions_, LeaveAnOrganizationThatTheirUserLeaves) {
  const auto acme = world.organization("Acme");
  const auto zoo = world.organization("Zoo");
  world.join(ann, acme.no, {"viewer"});
  world.join(ann, zoo.no, {"viewer"});
  const auto pair = world.signed_in(ann);
  world.unit([&](Unit& unit) { world.memberships->erase(unit, ann.no, acme.no); });
  const auto next = need(refresh(pair));
  EXPECT_EQ(active(next), zoo.no);
}

}  // namespace
}  // namespace gatehouse::domain
