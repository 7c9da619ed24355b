// Sessions of accounts that sign in at an identity provider: they begin and go on while it is enabled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using gatehouse::testing::People;

class SessionsOfProviders : public ::testing::Test {
 protected:
  User account(const std::string& name, const IdentityProvider& at) {
    User made;
    world.unit([&](Unit& unit) {
      made = need(Users::insert(unit, {.user_name = name, .email = name + "@example.com", .identity_provider = at.id}));
      Users::accept(unit, made);
      Memberships::put(unit, made.no, world.acme.no, {});
    });
    return made;
  }
  // As whoever has proved at the provider who it is.
  Result<Sessions::Opened> open(const User& user) {
    return world.ledger->unguarded(
        "test", Principal{}, [&](Unit& unit) { return world.sessions->open(unit, user.no, user.id, "192.0.2.1"); });
  }
  std::string refresh(std::string& token) {
    world.clock.advance_s(60);
    auto pair = world.sessions->refresh(token, {});
    if (pair) token = pair->refresh_token;
    return code(pair);
  }

  People world;
  IdentityProvider azure = world.provider("waad");
  IdentityProvider google = world.provider("google");
  User eve = account("eve", azure);
  User fay = account("fay", google);
};

TEST_F(SessionsOfProviders, BeginWhileItIsEnabledOnly) {
  EXPECT_EQ(code(open(eve)), "ok");
  world.enable(azure, false);
  world.expect_nothing_changed([&] { EXPECT_EQ(code(open(eve)), "identity_provider.disabled"); });
  EXPECT_EQ(code(open(fay)), "ok") << "of another provider";
  EXPECT_TRUE(world.try_sign_in("ann").ok()) << "of none";
  world.enable(azure, true);
  EXPECT_EQ(code(open(eve)), "ok");
}

TEST_F(SessionsOfProviders, GoOnWhileItIsEnabledOnly) {
  auto of_eve = need(open(eve)).refresh_token;
  auto of_fay = need(open(fay)).refresh_token;
  auto of_ann = world.signed_in(world.ann).refresh_token;
  EXPECT_EQ(refresh(of_eve), "ok");
  world.enable(azure, false);
  world.restart();
  world.expect_nothing_changed([&] { EXPECT_EQ(refresh(of_eve), "auth.refresh_token_invalid"); });
  EXPECT_EQ(refresh(of_fay), "ok");
  EXPECT_EQ(refresh(of_ann), "ok");
  world.enable(azure, true);
  EXPECT_EQ(refresh(of_eve), "ok") << "it was refused, not ended";
}

TEST_F(SessionsOfProviders, NeverBeginWithAPassword) {
  const auto hash = crypto::hash_password(kPassword, gatehouse::testing::kCheap);
  world.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE users SET password_hash = $2 WHERE no = $1", {eve.no.value, hash});
  });
  EXPECT_EQ(code(world.try_sign_in("eve")), "auth.credentials_invalid") << "whatever the row says";
}

TEST_F(SessionsOfProviders, EndWithTheAccountAsAnyOther) {
  auto of_eve = need(open(eve)).refresh_token;
  world.set_status(eve, UserStatus::kInactive);
  EXPECT_EQ(refresh(of_eve), "auth.refresh_token_invalid");
  EXPECT_EQ(world.rows("sessions WHERE user_no = " + std::to_string(eve.no.value)), 0);
}

}  // namespace
}  // namespace gatehouse::domain
