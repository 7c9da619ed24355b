// What the holder of the secret of an invitation to join does with it: look, activate, decline; once, and with a password
// only where one is wanted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "crypto/opaque_token.hpp"
#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kNew = "new@stranger.example";
constexpr std::int64_t kLifetime_s = 7 * 86'400;

class JoinActivation : public ::testing::Test {
 protected:
  std::string invite(const std::string& role = "viewer", const std::string& email = kNew) {
    return world.joining(world.as_ann, world.somebody(email, role, {world.acme}));
  }
  // Whoever is invited signs in there.
  std::string invite_through(const IdentityProvider& provider, const std::string& email = kNew) {
    auto person = world.somebody(email, "viewer", {world.acme});
    person.identity_provider = provider.id.to_string();
    return world.joining(world.as_ann, person);
  }
  // Refused, and nothing at all has become of it.
  void expect_refused(const std::string& secret, const std::string& expected,
                      const std::optional<std::string>& password = {}) {
    world.expect_nothing_changed([&] { EXPECT_EQ(world.activate(secret, password), expected); });
  }

  People world;
};

TEST_F(JoinActivation, GivesWhatWasOfferedAndAPassword) {
  const auto north = world.organization("North", world.acme.no);
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "operator", {north, world.acme}));
  const auto made = *world.account_of(kNew);
  const auto joined = need(world.joins->activate(secret, std::string(kPassword)));
  EXPECT_EQ(joined.user, made.id);
  EXPECT_EQ(joined.email, kNew);
  EXPECT_EQ(joined.status, UserStatus::kActive);
  EXPECT_THAT(joined.organizations, ElementsAre(world.acme.id, north.id));
  EXPECT_THAT(world.holds(kNew, world.acme), ElementsAre("member", "operator"));
  EXPECT_THAT(world.holds(kNew, north), ElementsAre("member", "operator"));
  EXPECT_EQ(world.account_of(kNew)->status, UserStatus::kActive);
  EXPECT_TRUE(world.try_sign_in(kNew).ok());
  EXPECT_EQ(world.rows("changes WHERE action = 'invitation.accepted'"), 1);
  EXPECT_EQ(world.rows("memberships"), 6) << "these two, and the four that were there";
}

TEST_F(JoinActivation, ShowsFirstWhatItIs) {
  const auto secret = invite();
  const auto made_at = world.now();
  world.clock.advance_s(3600);
  JoinPreview shown;
  world.expect_nothing_changed([&] { shown = need(world.joins->preview(secret)); });
  EXPECT_EQ(shown.inviter_person, "ann");
  EXPECT_EQ(shown.email, kNew);
  EXPECT_THAT(shown.organizations, ElementsAre("Acme"));
  EXPECT_EQ(shown.identity_provider, "");
  EXPECT_EQ(shown.created_at, made_at);
  EXPECT_EQ(shown.expires_at, made_at.plus_s(kLifetime_s));
  EXPECT_TRUE(shown.needs_password);
}

TEST_F(JoinActivation, HappensOnce) {
  const auto secret = invite();
  EXPECT_EQ(world.activate(secret, std::string(kPassword)), "ok");
  world.expect_worthless(secret, "invitation.not_pending");
  EXPECT_EQ(code(world.joins->reject(secret)), "invitation.not_pending");
}

TEST_F(JoinActivation, HappensOnceHoweverManyTryAtOnce) {
  const auto secret = invite();
  std::vector<std::string> answers(16);
  std::vector<std::thread> threads;
  threads.reserve(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back(
        [&, i] { answers[i] = i % 4 == 3 ? code(world.joins->reject(secret)) : world.activate(secret); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "ok"), 1);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "invitation.not_pending"), 15);
  EXPECT_EQ(world.rows("changes WHERE action IN ('invitation.accepted', 'invitation.rejected')"), 1);
}

TEST_F(JoinActivation, IsPossibleToTheSecondAndNoLonger) {
  const auto brief = invite("viewer", "brief@stranger.example");
  const auto made_at = world.now();
  const auto late = invite();
  const auto late_at = world.now();
  world.wait_until(made_at.plus_s(kLifetime_s - 1));
  EXPECT_EQ(world.activate(brief), "ok");
  world.wait_until(late_at.plus_s(kLifetime_s - 1));
  EXPECT_TRUE(world.joins->preview(late).ok());
  world.clock.advance_s(1);
  world.expect_worthless(late, "invitation.expired");
  EXPECT_EQ(code(world.joins->reject(late)), "invitation.expired");
  world.restart();
  world.expect_worthless(late, "invitation.expired");
}

TEST_F(JoinActivation, HoldsANewPasswordToThePolicy) {
  const auto secret = invite();
  expect_refused(secret, "password.too_short", "short");
  expect_refused(secret, "password.too_common", "password1");
  expect_refused(secret, "password.like_account", "NEW@stranger.example");
  expect_refused(secret, "password.too_long", std::string(129, 'x') + "y");
  EXPECT_EQ(world.activate(secret, std::string(kPassword)), "ok");
}

TEST_F(JoinActivation, HoldsANewPasswordAgainstTheUserNameOfAnAccountThatHasAnother) {
  const auto eve = world.newcomer("evelyn-the-great");
  world.change(eve, {.email = "e@example.org"});
  expect_refused(invite("viewer", "e@example.org"), "password.like_account", "Evelyn-the-Great");
}

TEST_F(JoinActivation, WantsNoPasswordForAnAccountInUse) {
  const auto first = invite();
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  const auto second = world.joining(world.at(world.dot, world.acme), world.somebody(kNew, "USER_VIEW", {world.acme}));
  EXPECT_EQ(world.activate(first, std::string(kPassword)), "ok");
  EXPECT_FALSE(need(world.joins->preview(second)).needs_password);
  expect_refused(second, "invitation.password_not_wanted", "another good long password");
  EXPECT_EQ(world.activate(second), "ok");
  EXPECT_TRUE(world.try_sign_in(kNew).ok()) << "with its first";
}

TEST_F(JoinActivation, OfWhoSignsInElsewhereTakesNoPassword) {
  const auto azure = world.provider("waad");
  const auto secret = invite_through(azure);
  const auto shown = need(world.joins->preview(secret));
  EXPECT_FALSE(shown.needs_password);
  EXPECT_EQ(shown.identity_provider, azure.name);
  expect_refused(secret, "invitation.password_not_wanted", std::string(kPassword));
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_EQ(world.account_of(kNew)->status, UserStatus::kActive);
  EXPECT_EQ(world.rows("users WHERE password_hash IS NOT NULL AND identity_provider_id IS NOT NULL"), 0);
  EXPECT_EQ(code(world.try_sign_in(kNew)), "auth.credentials_invalid");
}

TEST_F(JoinActivation, OfWhoSignsInElsewhereIsPossibleWhileThatIsDisabled) {
  const auto azure = world.provider("waad");
  const auto secret = invite_through(azure);
  world.enable(azure, false);
  EXPECT_EQ(world.activate(secret), "ok") << "it gives no session";
}

TEST_F(JoinActivation, LeavesNoWayToAPasswordForWhoSignsInElsewhere) {
  const auto azure = world.provider("waad");
  const auto secret = invite_through(azure);
  const auto hash = crypto::hash_password(kPassword, gatehouse::testing::kCheap);
  const auto user = *world.account_of(kNew);
  const auto expect_no_reset = [&](std::string_view expected) {
    world.expect_nothing_changed([&] {
      EXPECT_EQ(code(world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), user.id,
                                            "a new long password")),
                expected);
    });
  };
  expect_no_reset("user.invited_elsewhere");
  EXPECT_EQ(world.activate(secret), "ok");
  expect_no_reset("user.signs_in_elsewhere");
  world.expect_nothing_changed([&] {
    bool given = true;
    (void)world.ledger->unguarded("test", Principal::system(), [&](Unit& unit) -> Result<void> {
      given = Passwords::give_first(unit, user.id, hash);
      return {};
    });
    EXPECT_FALSE(given);
  });
  const auto as_user = world.permit<Action::kSelfEdit>(world.as(user));
  for (const auto* current : {"", kPassword.data()}) {
    EXPECT_EQ(code(world.passwords->change(as_user, current, "a new long password", *world.throttle, "192.0.2.1")),
              "user.signs_in_elsewhere");
  }
  EXPECT_EQ(world.rows("users WHERE identity_provider_id IS NOT NULL AND password_hash IS NOT NULL"), 0);
  world.unit([&](Unit& unit) {
    EXPECT_EQ(
        code(Users::insert(
            unit,
            {.user_name = "both", .email = "both@example.com", .password_hash = hash, .identity_provider = azure.id})),
        "user.signs_in_elsewhere");
  });
}

TEST_F(JoinActivation, ThroughAnInvitationToConnectGivesNoPasswordToWhoSignsInElsewhere) {
  EXPECT_EQ(world.activate(invite_through(world.provider("waad"))), "ok");
  world.join(*world.account_of(kNew), world.bolt.no, {});
  const auto secret = world.invited({kNew, "Bolt", Relation::kAgency});
  EXPECT_FALSE(need(world.invitations->preview(secret)).needs_password);
  world.expect_refused(secret, "invitation.password_not_wanted", std::string(kPassword));
  EXPECT_EQ(world.accept(secret), "ok");
  EXPECT_EQ(world.rows("users WHERE identity_provider_id IS NOT NULL AND password_hash IS NOT NULL"), 0);
}

TEST_F(JoinActivation, WithoutAPasswordTakesTheAccountIntoUse) {
  const auto secret = invite();
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_EQ(world.account_of(kNew)->status, UserStatus::kActive);
  EXPECT_EQ(code(world.try_sign_in(kNew)), "auth.credentials_invalid");
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  need(world.ask(world.at(world.dot, world.acme), world.somebody(kNew, "USER_VIEW", {world.acme})));
  EXPECT_THAT(world.holds(kNew, world.acme), ::testing::UnorderedElementsAre("member", "viewer", "USER_VIEW"));
}

TEST_F(JoinActivation, AsksForThePasswordOfWhoActivatedWithoutOne) {
  const auto first = invite();
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  const auto second = world.joining(world.at(world.dot, world.acme), world.somebody(kNew, "USER_VIEW", {world.acme}));
  EXPECT_EQ(world.activate(first), "ok");
  EXPECT_TRUE(need(world.joins->preview(second)).needs_password);
  EXPECT_EQ(world.activate(second, std::string(kPassword)), "ok");
  EXPECT_TRUE(world.try_sign_in(kNew).ok());
}

TEST_F(JoinActivation, OfTwoThatSayDifferentlyWhereSheSignsInIsWhatTheFirstSays) {
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  const auto as_dot = world.at(world.dot, world.acme);
  const auto azure = world.provider("waad");
  const auto elsewhere = invite_through(azure);
  const auto here = world.joining(as_dot, world.somebody(kNew, "USER_VIEW", {world.acme}));
  EXPECT_FALSE(need(world.joins->preview(elsewhere)).needs_password);
  EXPECT_EQ(need(world.joins->preview(elsewhere)).identity_provider, azure.name);
  EXPECT_TRUE(need(world.joins->preview(here)).needs_password);
  EXPECT_EQ(world.activate(elsewhere), "ok");
  EXPECT_EQ(world.account_of(kNew)->identity_provider, azure.id);
  EXPECT_FALSE(need(world.joins->preview(here)).needs_password);
  expect_refused(here, "invitation.password_not_wanted", std::string(kPassword));
  EXPECT_EQ(world.activate(here), "ok") << "the organization is welcome";
  EXPECT_EQ(world.account_of(kNew)->identity_provider, azure.id);
  EXPECT_EQ(world.rows("users WHERE identity_provider_id IS NOT NULL AND password_hash IS NOT NULL"), 0);
}

TEST_F(JoinActivation, IsNothingOnceSomebodyElseGaveTheAccountAPassword) {
  const auto secret = invite();
  const auto made = *world.account_of(kNew);
  world.clock.advance_s(60);
  need(world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), made.id, kPassword));
  world.expect_worthless(secret, "invitation.void");
  EXPECT_THAT(world.holds(kNew, world.acme), IsEmpty());
  const auto as_user = world.permit<Action::kSelfEdit>(world.as(made));
  need(world.passwords->change(as_user, kPassword, "a new long password", *world.throttle, "192.0.2.1"));
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinActivation, IsNothingWhenItsIdentityProviderIsGone) {
  const auto azure = world.provider("waad");
  const auto secret = invite_through(azure);
  const auto remove = [&] {
    return code(world.identity_providers->remove(world.system<Action::kCatalogueEdit>(world.platform), azure.id));
  };
  EXPECT_EQ(remove(), "identity_provider.in_use") << "somebody is to sign in there";
  world.clock.advance_s(kLifetime_s);
  EXPECT_EQ(remove(), "ok");
  world.expect_worthless(secret, "invitation.expired");
}

TEST_F(JoinActivation, CanBeDeclinedAndThatGivesNothing) {
  const auto secret = invite();
  const auto before = world.account_of(kNew)->version;
  const auto id = need(world.joins->reject(secret));
  EXPECT_FALSE(id.is_nil());
  world.expect_worthless(secret, "invitation.not_pending");
  EXPECT_EQ(code(world.joins->reject(secret)), "invitation.not_pending");
  EXPECT_EQ(world.account_of(kNew)->status, UserStatus::kNew);
  EXPECT_EQ(world.account_of(kNew)->version, before);
  EXPECT_THAT(world.holds(kNew, world.acme), IsEmpty());
  EXPECT_EQ(world.rows("changes WHERE action = 'invitation.rejected'"), 1);
}

TEST_F(JoinActivation, NeedsTheSecretOfAnInvitationToJoin) {
  const auto secret = invite();
  const auto to_connect = world.invited(world.for_bolt());
  auto spoilt = secret;
  spoilt.back() = spoilt.back() == 'a' ? 'b' : 'a';
  for (const auto& one : std::vector<std::string>{
           "", "join", spoilt, secret + " ", to_connect, crypto::mint_opaque_token("join", world.system_random).text,
           world.signed_in(world.ann).refresh_token, std::string(100'000, 'x')}) {
    world.expect_worthless(one, "invitation.token_unknown");
    EXPECT_EQ(code(world.joins->reject(one)), "invitation.token_unknown");
    EXPECT_EQ(world.joins->activate(one).error().kind, ErrorKind::kUnauthenticated);
  }
  world.expect_refused(secret, "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->preview(secret)), "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->reject_by_token(secret)), "invitation.token_unknown");
  EXPECT_EQ(world.activate(secret), "ok");
}

TEST_F(JoinActivation, IsForTheAddressThatItWasSentTo) {
  const auto secret = invite();
  const auto made = *world.account_of(kNew);
  world.change(made, {.email = "NEW@stranger.example"});
  EXPECT_EQ(need(world.joins->preview(secret)).email, "NEW@stranger.example") << "the same mailbox in other letters";
  world.change(*world.account_of(kNew), {.email = "other@stranger.example"});
  world.expect_worthless(secret, "invitation.not_pending");
  world.change(*world.account_of("other@stranger.example"), {.email = kNew});
  world.expect_worthless(secret, "invitation.not_pending");
}

TEST_F(JoinActivation, IsNothingWhileTheAccountIsDeactivated) {
  const auto secret = invite();
  const auto made = *world.account_of(kNew);
  world.set_status(made, UserStatus::kInactive);
  world.expect_worthless(secret, "invitation.void");
  EXPECT_THAT(world.holds(kNew, world.acme), IsEmpty());
  world.set_status(made, UserStatus::kActive);
  EXPECT_EQ(world.activate(secret), "ok");
}

}  // namespace
}  // namespace gatehouse::domain
