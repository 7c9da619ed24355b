#include "domain/sign_in/sign_in.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;

constexpr std::string_view kElsewhere = "198.51.100.7";

class SignIn_ : public ::testing::Test {
 protected:
  void fail(int times, std::string_view account = "ann") {
    for (int i = 0; i < times; ++i)
      EXPECT_EQ(code(world.try_sign_in(account, "surely wrong")), "auth.credentials_invalid") << i;
  }
  std::uint32_t wait(std::string_view account = "ann", std::string_view source = "192.0.2.1") {
    const auto refused = world.try_sign_in(account, kPassword, source);
    EXPECT_EQ(code(refused), "auth.throttled");
    return refused ? 0 : refused.error().retry_after_s;
  }

  Credentials world;
  User ann = world.person("ann");
};

TEST_F(SignIn_, TakesUserNameAndEmailInAnyCase) {
  for (const auto* account : {"ann", "ANN", "ann@example.com", "Ann@Example.COM"})
    EXPECT_TRUE(world.try_sign_in(account).ok()) << account;
}

TEST_F(SignIn_, RefusesWithOneTextWhateverIsWrong) {
  const auto off = world.person("off");
  UserPatch rest;
  rest.status = UserStatus::kInactive;
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), off.id, rest));
  world.user("fresh");  // has no password
  const auto wrong = world.try_sign_in("ann", "wrong");
  for (const auto& refused :
       {world.try_sign_in("nobody"), world.try_sign_in("off"), world.try_sign_in("fresh"), wrong}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnauthenticated);
    EXPECT_EQ(refused.error().code, wrong.error().code);
    EXPECT_EQ(refused.error().detail, wrong.error().detail);
  }
}

TEST_F(SignIn_, StopsAfterTenFailuresFromOneSourceForGrowingTimes) {
  fail(10);
  EXPECT_EQ(wait(), 30U);
  world.clock.advance_s(29);
  EXPECT_EQ(wait(), 1U);
  std::int64_t blocked = 1;  // what is left of it
  for (const std::uint32_t next : {60U, 120U, 240U, 480U, 960U, 1920U, 3600U, 3600U}) {
    world.clock.advance_s(blocked);
    fail(1);
    EXPECT_EQ(wait(), next);
    blocked = next;
  }
}

TEST_F(SignIn_, StopsOneSourceOnly) {
  fail(10);
  EXPECT_EQ(wait(), 30U);
  EXPECT_TRUE(world.try_sign_in("ann", kPassword, kElsewhere).ok());
  EXPECT_EQ(wait(), 30U);
}

TEST_F(SignIn_, ThrottlesNamesThatBelongToNobodyAlike) {
  fail(10, "nobody");
  EXPECT_EQ(wait("nobody"), 30U);
  EXPECT_EQ(world.rows("sign_in_attempts WHERE source = ''"), 1);
}

TEST_F(SignIn_, RemembersAcrossARestart) {
  fail(10);
  world.restart();
  EXPECT_EQ(wait(), 30U);
}

TEST_F(SignIn_, ForgetsFailuresAtSuccessAndAfterADay) {
  fail(9);
  EXPECT_TRUE(world.try_sign_in("ann").ok());
  fail(9);
  world.clock.advance_s(86'400);
  EXPECT_GT(world.throttle->maintain(world.clock.now()), 0);
  EXPECT_EQ(world.rows("sign_in_attempts"), 0);
  fail(9);
  EXPECT_TRUE(world.try_sign_in("ann").ok());
}

TEST_F(SignIn_, GuardsAnAccountAgainstManySources) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(code(world.try_sign_in("ann", "wrong", "2001:db8::" + std::to_string(i))), "auth.credentials_invalid");
  }
  EXPECT_EQ(wait("ann", "203.0.113.9"), 30U);
  world.clock.advance_s(30);
  EXPECT_TRUE(world.try_sign_in("ann", kPassword, "203.0.113.9").ok());
}

TEST_F(SignIn_, LetsNoAttemptsAtTheSameMomentSlipBy) {
  std::atomic<int> looked_at = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&] {
      if (code(world.try_sign_in("ann", "wrong")) == "auth.credentials_invalid") ++looked_at;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(looked_at, 10);
}

TEST_F(SignIn_, MakesTheHashAgainWhenItsCostChanged) {
  Passwords dearer(*world.ledger, crypto::PasswordCost{128 * 1024, 1});
  SignIn sign_in(*world.ledger, dearer, *world.sessions, *world.throttle);
  const auto before = world.passwords->find("ann")->hash;
  EXPECT_TRUE(sign_in.with_password("ann", kPassword, "").ok());
  const auto after = world.passwords->find("ann")->hash;
  EXPECT_NE(before, after);
  EXPECT_FALSE(crypto::password_needs_rehash(after, crypto::PasswordCost{128 * 1024, 1}));
  EXPECT_TRUE(sign_in.with_password("ann", kPassword, "").ok());
  EXPECT_EQ(world.passwords->find("ann")->hash, after);
}

TEST_F(SignIn_, RefusesAnUnboundedAccountName) {
  EXPECT_EQ(code(world.try_sign_in(std::string(1 << 20, 'x'), "wrong")), "auth.credentials_invalid");
  EXPECT_EQ(code(world.try_sign_in("ann", std::string(1 << 20, 'x'))), "auth.credentials_invalid");
}

TEST_F(SignIn_, RecordsWhenAndLeavesNoSecretInTheLog) {
  (void)world.signed_in(ann);
  bool found = false;
  world.database->read([&](sql::Tx& tx) {
    found = tx.exists("SELECT 1 FROM users WHERE no = $1 AND last_sign_in_at = $2", {ann.no.value, world.clock.now()});
    EXPECT_FALSE(tx.exists("SELECT 1 FROM changes WHERE after LIKE '%gth_%' OR after LIKE '%argon2%'", {}));
  });
  EXPECT_TRUE(found);
}

class Passwords_ : public SignIn_ {
 protected:
  static constexpr std::string_view kNew = "another horse and its battery";
};

TEST_F(Passwords_, EndTheOtherSessionsWhenTheirUserChangesThem) {
  const auto here = world.signed_in(ann);
  const auto there = world.signed_in(ann);
  const auto who = need(world.who(here.access_token));
  const auto permit = world.permit<Action::kSelfEdit>(who);
  const auto change = [&](std::string_view current, std::string_view wanted) {
    return world.passwords->change(permit, current, wanted, *world.throttle, "198.51.100.7");
  };
  EXPECT_EQ(code(change("wrong", kNew)), "password.current_wrong");
  EXPECT_FALSE(change(kPassword, "short").ok());
  EXPECT_FALSE(change(kPassword, "ann@example.com").ok());
  EXPECT_EQ(code(change(kPassword, kPassword)), "password.unchanged");
  need(change(kPassword, kNew));
  EXPECT_TRUE(world.who(here.access_token).ok());
  EXPECT_FALSE(world.who(there.access_token).ok());
  EXPECT_FALSE(world.try_sign_in("ann").ok());
  EXPECT_TRUE(world.try_sign_in("ann", kNew).ok());
}

TEST_F(Passwords_, CountGuessesAtTheCurrentOneLikeSignIns) {
  const auto here = world.signed_in(ann);
  const auto permit = world.permit<Action::kSelfEdit>(need(world.who(here.access_token)));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(code(world.passwords->change(permit, "wrong", kNew, *world.throttle, "198.51.100.7")),
              "password.current_wrong");
  }
  EXPECT_EQ(code(world.passwords->change(permit, kPassword, kNew, *world.throttle, "198.51.100.7")), "auth.throttled");
}

TEST_F(Passwords_, EndAllSessionsWhenTheyAreReset) {
  const auto here = world.signed_in(ann);
  need(world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), ann.id, kNew));
  EXPECT_FALSE(world.who(here.access_token).ok());
  EXPECT_FALSE(world.sessions->refresh(here.refresh_token, "").ok());
  EXPECT_TRUE(world.try_sign_in("ann", kNew).ok());
}

TEST_F(Passwords_, MakeANewUserActive) {
  const auto fresh = world.newcomer("fresh");
  EXPECT_EQ(fresh.status, UserStatus::kNew);
  need(world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), fresh.id, kNew));
  EXPECT_EQ(world.users->find_by_user_name("fresh")->status, UserStatus::kActive);
  EXPECT_TRUE(world.try_sign_in("fresh", kNew).ok());
}

}  // namespace
}  // namespace gatehouse::domain
