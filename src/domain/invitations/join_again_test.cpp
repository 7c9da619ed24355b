// The same person invited again: one account, one invitation of each inviter, a new secret each time, and an end to mails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::SizeIs;

constexpr auto kNew = "new@stranger.example";
constexpr std::int64_t kLifetime_s = 7 * 86'400;

class JoinAgain : public ::testing::Test {
 protected:
  InvitedPerson person(const std::string& role = "viewer") { return world.somebody(kNew, role, {world.acme}); }
  std::string invite(const InvitedPerson& who) { return world.joining(world.as_ann, who); }
  std::string invite() { return invite(person()); }
  [[nodiscard]] std::int64_t invitations() const { return world.rows("invitations WHERE purpose = 'join'"); }

  People world;
};

TEST_F(JoinAgain, IsOneAccountAndOneInvitationWithANewSecret) {
  const auto old = invite();
  world.clock.advance_s(3600);
  const auto again = need(world.ask(world.as_ann, person()));
  EXPECT_FALSE(again.at(0).is_new);
  EXPECT_EQ(again.at(0).expires_at, world.now().plus_s(kLifetime_s)) << "seven days from the last mail";
  EXPECT_EQ(world.rows("users WHERE status = 'new'"), 1);
  EXPECT_EQ(invitations(), 1);
  EXPECT_THAT(world.mails_to(kNew), SizeIs(2));
  const auto secret = world.secret_for(kNew);
  EXPECT_NE(secret, old);
  world.expect_worthless(old, "invitation.token_unknown");
  EXPECT_EQ(code(world.joins->reject(old)), "invitation.token_unknown");
  EXPECT_EQ(world.activate(secret, std::string(kPassword)), "ok");
  EXPECT_EQ(world.rows("changes WHERE action = 'invitation.created'"), 1);
  EXPECT_EQ(world.rows("changes WHERE action = 'invitation.resent'"), 1);
}

TEST_F(JoinAgain, IsMailedTenTimesAndThenAnsweredInSilence) {
  std::string last;
  for (int i = 0; i < kMaxSendings; ++i) last = invite();
  EXPECT_THAT(world.mails_to(kNew), SizeIs(kMaxSendings));
  const auto expires_at = need(world.joins->preview(last)).expires_at;
  std::vector<InvitedUser> answered;
  world.expect_nothing_changed([&] { answered = need(world.ask(world.as_ann, person())); });
  EXPECT_EQ(answered.at(0).expires_at, expires_at);
  EXPECT_EQ(world.activate(last), "ok") << "the last mail stands";
}

TEST_F(JoinAgain, IsNoMoreMailForNamingOneMoreOrganizationEachTime) {
  for (int i = 0; i < 2 * kMaxSendings; ++i) {
    const auto part = world.organization("Part " + std::to_string(i), world.acme.no);
    (void)world.ask(world.as_ann, world.somebody(kNew, "viewer", {part}));
    (void)world.ask(world.as_ann, world.somebody(kNew, "operator", {part}));
  }
  EXPECT_EQ(invitations(), 1);
  EXPECT_THAT(world.mails_to(kNew), SizeIs(kMaxSendings));
  const auto secret = world.secret_for(kNew);
  EXPECT_THAT(need(world.joins->preview(secret)).organizations, SizeIs(2 * kMaxSendings))
      << "the last mail stands for all";
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_EQ(world.rows("grants WHERE user_no = " + std::to_string(world.account_of(kNew)->no.value)), 4 * kMaxSendings);
}

TEST_F(JoinAgain, IntoMoreIsTheSameInvitationGrown) {
  const auto north = world.organization("North", world.acme.no);
  const auto first = invite();
  const auto second = invite(world.somebody(kNew, "operator", {north}));
  EXPECT_EQ(invitations(), 1);
  world.expect_worthless(first, "invitation.token_unknown");
  EXPECT_EQ(world.mails_to(kNew).back().mail.parameters.at("organizations"), "Acme, North");
  EXPECT_THAT(need(world.joins->preview(second)).organizations, ElementsAre("Acme", "North"));
  EXPECT_EQ(world.activate(second), "ok");
  EXPECT_THAT(world.holds(kNew, world.acme), ElementsAre("member", "viewer"));
  EXPECT_THAT(world.holds(kNew, north), ElementsAre("member", "operator"));
}

TEST_F(JoinAgain, BySomebodyElseIsAnInvitationOfItsOwn) {
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  const auto of_ann = invite(person("operator"));
  const auto of_dot = world.joining(world.at(world.dot, world.acme), person());
  EXPECT_EQ(world.rows("users WHERE status = 'new'"), 1);
  EXPECT_EQ(invitations(), 2);
  EXPECT_EQ(world.activate(of_dot, std::string(kPassword)), "ok");
  EXPECT_THAT(world.holds(kNew, world.acme), ElementsAre("member", "viewer"));
  EXPECT_FALSE(need(world.joins->preview(of_ann)).needs_password);
  EXPECT_EQ(world.activate(of_ann), "ok");
  EXPECT_THAT(world.holds(kNew, world.acme), ::testing::UnorderedElementsAre("member", "viewer", "operator"));
  EXPECT_EQ(world.account_of(kNew)->version, 2) << "it was taken into use once";
}

TEST_F(JoinAgain, AfterItLapsedIsANewInvitationAndTheOldOneStaysDead) {
  const auto old = invite();
  world.clock.advance_s(kLifetime_s);
  const auto fresh = invite();
  EXPECT_EQ(invitations(), 2);
  EXPECT_EQ(world.rows("users WHERE status = 'new'"), 1);
  world.expect_worthless(old, "invitation.expired");
  EXPECT_EQ(world.activate(fresh), "ok");
}

TEST_F(JoinAgain, AfterItWasDeclinedIsANewInvitation) {
  const auto declined = invite();
  need(world.joins->reject(declined));
  const auto fresh = invite();
  EXPECT_EQ(invitations(), 2);
  world.expect_worthless(declined, "invitation.not_pending");
  EXPECT_EQ(world.activate(fresh), "ok");
}

TEST_F(JoinAgain, AfterItWasTakenUpIsMembershipAtOnce) {
  need(world.joins->activate(invite()));
  world.delivered();
  const auto again = need(world.ask(world.as_ann, person("operator")));
  EXPECT_EQ(again.at(0).status, UserStatus::kActive);
  EXPECT_EQ(again.at(0).expires_at, std::nullopt);
  EXPECT_THAT(world.holds(kNew, world.acme), ::testing::UnorderedElementsAre("member", "viewer", "operator"));
  EXPECT_THAT(world.mails_to(kNew), IsEmpty());
  EXPECT_EQ(invitations(), 1);
}

TEST_F(JoinAgain, IsRefusedAfterFiftyInvitationsWithinADay) {
  for (int i = 0; i < kMaxToOneAddress; ++i) need(world.joins->reject(invite()));
  const auto last_at = world.now();
  EXPECT_THAT(People::faults(world.ask(world.as_ann, person())),
              ElementsAre("invitation.batch_invalid", "users[0].email"));
  InvitationBatch both{{person(), world.somebody("other@stranger.example", "viewer", {world.acme})}, {}};
  world.expect_nothing_changed([&] {
    EXPECT_THAT(People::faults(world.ask(world.as_ann, both)),
                ElementsAre("invitation.batch_invalid", "users[0].email"));
  });
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  const auto of_dot = world.joining(world.at(world.dot, world.acme), person());
  need(world.joins->reject(of_dot));
  world.clock.advance_s(-1);  // as if nobody else had asked
  // They were a second apart, and each asking is a second later.
  world.wait_until(last_at.plus_s(86'400 - kMaxToOneAddress - 1));
  EXPECT_FALSE(world.ask(world.as_ann, person()).ok());
  EXPECT_EQ(code(world.ask(world.as_ann, person())), "ok") << "the first of them is a day old";
  need(world.joins->reject(world.secret_for(kNew)));
  world.clock.advance_s(-1);
  EXPECT_FALSE(world.ask(world.as_ann, person()).ok());
}

TEST_F(JoinAgain, GoesToTheAddressThatTheAccountHasNow) {
  const auto old = invite();
  world.change(*world.account_of(kNew), {.email = "right@stranger.example"});
  world.delivered();
  const auto secret = invite(world.somebody("right@stranger.example", "viewer", {world.acme}));
  EXPECT_THAT(world.mails_to(kNew), IsEmpty());
  EXPECT_THAT(world.mails_to("right@stranger.example"), SizeIs(1));
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_NE(world.activate(old), "ok");
}

TEST_F(JoinAgain, GoesWithTheAccount) {
  const auto old = invite();
  const auto made = *world.account_of(kNew);
  world.remove_account(made);
  EXPECT_EQ(invitations(), 0);
  EXPECT_EQ(world.rows("invitation_targets"), 0);
  world.expect_worthless(old, "invitation.token_unknown");
  EXPECT_EQ(world.activate(invite()), "ok");
  EXPECT_NE(world.account_of(kNew)->id, made.id);
}

TEST_F(JoinAgain, StandsAfterARestart) {
  const auto secret = invite();
  world.restart();
  EXPECT_EQ(need(world.joins->preview(secret)).email, kNew);
  EXPECT_EQ(world.activate(secret), "ok");
  world.restart();
  EXPECT_THAT(world.holds(kNew, world.acme), ElementsAre("member", "viewer"));
  world.expect_worthless(secret, "invitation.not_pending");
}

}  // namespace
}  // namespace gatehouse::domain
