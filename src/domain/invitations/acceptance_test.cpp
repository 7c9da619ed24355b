// What the holder of an invitation's secret does with it: look, accept, decline; and what acceptance makes, all or nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/invitations/invitations.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class Acceptance : public ::testing::Test {
 protected:
  std::vector<std::string> newest_entries(const Organization& of, std::int64_t count) {
    std::vector<std::string> actions;
    for (const auto& entry : world.changes->list(world.system<Action::kChangeList>(of.no), {}, count).items) {
      actions.push_back(entry.action);
    }
    return actions;
  }
  User invited_person() {
    const auto found = world.users->find_by_email("new@stranger.example");
    if (!found) throw std::runtime_error("the account was not made");
    return *found;
  }

  Companies world;
};

TEST_F(Acceptance, ConnectsCustomerAndAgencyAndTellsEverybody) {
  const auto token = world.invited(world.for_bolt());
  world.delivered();
  world.clock.advance_s(60);
  const auto accepted = need(world.invitations->accept(token));
  const auto seen = world.listed(world.as_ann, world.acme);
  EXPECT_EQ(seen.id, accepted.id);
  EXPECT_EQ(seen.status, InvitationStatus::kAccepted);
  EXPECT_EQ(seen.connection, accepted.connection);
  EXPECT_EQ(seen.responded_at, world.now());
  const auto of_acme = world.connections_of(world.acme);
  ASSERT_THAT(of_acme, SizeIs(1));
  EXPECT_EQ(of_acme[0].id, accepted.connection);
  EXPECT_EQ(of_acme[0].invitation, accepted.id);
  EXPECT_TRUE(of_acme[0].is_customer);
  EXPECT_EQ(of_acme[0].company_name, "Bolt");
  EXPECT_THAT(of_acme[0].roles, IsEmpty());
  EXPECT_FALSE(world.connections_of(world.bolt).at(0).is_customer);
  ASSERT_THAT(world.clients_of(world.bolt), SizeIs(1));
  EXPECT_EQ(world.clients_of(world.bolt)[0].connection, accepted.connection);
  EXPECT_THAT(world.clients_of(world.acme), IsEmpty());
  EXPECT_THAT(world.effective(world.ben, world.acme.no), IsEmpty()) << "nothing was given yet";
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("invitation.accepted", "invitation.sent"));
  EXPECT_THAT(world.told(world.bolt.no), ElementsAre("invitation.accepted", "invitation.received"));
  EXPECT_THAT(newest_entries(world.acme, 2), ElementsAre("invitation.accepted", "connection.created"));
  std::vector<std::string> mailed;
  for (const auto& due : world.delivered()) {
    mailed.push_back(due.mail.to + " " + due.mail.parameters.at("answer") + " " + due.mail.parameters.at("reader"));
  }
  EXPECT_THAT(mailed, UnorderedElementsAre("ann@example.com accepted inviter", "ben@example.com accepted invitee"));
}

TEST_F(Acceptance, OfACustomerMakesTheInviterItsAgency) {
  auto input = world.for_bolt();
  input.relation = Relation::kCustomer;
  need(world.invitations->accept(world.invited(input)));
  EXPECT_FALSE(world.connections_of(world.acme).at(0).is_customer);
  EXPECT_TRUE(world.connections_of(world.bolt).at(0).is_customer);
  EXPECT_THAT(world.clients_of(world.acme), SizeIs(1));
  EXPECT_THAT(world.clients_of(world.bolt), IsEmpty());
}

TEST_F(Acceptance, MakesTheAccountAndTheOrganizationThatAreMissing) {
  need(world.invitations->accept(world.invited(world.for_stranger())));
  const auto made = invited_person();
  EXPECT_EQ(made.status, UserStatus::kActive);
  EXPECT_EQ(made.user_name, "new@stranger.example");
  const auto theirs = world.organizations->find_by_name("stranger");
  ASSERT_TRUE(theirs.has_value());
  world.graph->read([&](const access::View& view) {
    EXPECT_EQ(view.parent(theirs->no), world.platform);
    EXPECT_THAT(view.direct_roles(made.no, theirs->no), ElementsAre(world.role("admin")));
  });
  EXPECT_THAT(world.clients_of(*theirs), SizeIs(1));
  EXPECT_THAT(world.told(theirs->no), ElementsAre("invitation.accepted"));
  EXPECT_EQ(code(world.try_sign_in("new@stranger.example")), "auth.credentials_invalid") << "it has no password";
  EXPECT_THAT(need(world.invitations->list(world.system<Action::kInvitationList>(theirs->no), {}, 9)), SizeIs(1));
}

TEST_F(Acceptance, SetsTheFirstPasswordOfAnAccountAndNoSecond) {
  EXPECT_EQ(world.accept(world.invited(world.for_stranger()), std::string(kPassword)), "ok");
  EXPECT_EQ(invited_person().status, UserStatus::kActive);
  EXPECT_TRUE(world.try_sign_in("new@stranger.example").ok());
  const auto known = world.invited(world.for_bolt());
  EXPECT_FALSE(need(world.invitations->preview(known)).needs_password);
  world.expect_refused(known, "invitation.password_not_wanted", "another good long password");
  EXPECT_TRUE(world.try_sign_in("ben").ok());
}

TEST_F(Acceptance, SetsThePasswordOfAKnownAccountThatNeverHadOne) {
  const auto eve = world.newcomer("eve");
  world.join(eve, world.bolt.no, {});
  const auto token = world.invited({eve.email, "Bolt", Relation::kAgency});
  EXPECT_TRUE(need(world.invitations->preview(token)).needs_password);
  EXPECT_EQ(world.accept(token, std::string(kPassword)), "ok");
  EXPECT_TRUE(world.try_sign_in("eve").ok());
}

TEST_F(Acceptance, HappensOnce) {
  const auto token = world.invited(world.for_bolt());
  EXPECT_EQ(world.accept(token), "ok");
  world.expect_refused(token, "invitation.not_pending");
  EXPECT_EQ(code(world.invitations->preview(token)), "invitation.not_pending");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "invitation.not_pending");
}

TEST_F(Acceptance, HappensOnceHoweverManyTryAtOnce) {
  for (const auto& input : {world.for_bolt(), world.for_stranger()}) {
    const auto token = world.invited(input);
    const auto before = world.rows("connections");
    std::vector<std::string> answers(32);
    std::vector<std::thread> threads;
    threads.reserve(answers.size());
    for (auto& answer : answers) threads.emplace_back([&] { answer = world.accept(token); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::count(answers.begin(), answers.end(), "ok"), 1);
    EXPECT_EQ(std::count(answers.begin(), answers.end(), "invitation.not_pending"), 31);
    EXPECT_EQ(world.rows("connections"), before + 1);
  }
  EXPECT_EQ(world.rows("users WHERE email = 'new@stranger.example'"), 1);
  EXPECT_EQ(world.rows("changes WHERE action = 'invitation.accepted'"), 2);
}

TEST_F(Acceptance, OrRejectionHappensWhenBothAreTriedAtOnce) {
  for (int round = 0; round < 8; ++round) {
    const auto token = world.invited({"p" + std::to_string(round) + "@example.org", "P" + std::to_string(round), {}});
    std::string accepted;
    std::string rejected;
    std::thread one([&] { accepted = world.accept(token); });
    std::thread other([&] { rejected = code(world.invitations->reject_by_token(token)); });
    one.join();
    other.join();
    EXPECT_THAT((std::vector{accepted, rejected}), UnorderedElementsAre("ok", "invitation.not_pending"));
    EXPECT_EQ(world.listed(world.as_ann, world.acme).connection.has_value(), accepted == "ok");
  }
}

TEST_F(Acceptance, ConnectsAgainAfterAnEndAndTakesUpTheClientRecord) {
  const auto first = need(world.invitations->accept(world.invited(world.for_bolt())));
  const auto record = world.clients_of(world.bolt).at(0);
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ben, world.bolt.id), first.connection));
  const auto second = need(world.invitations->accept(world.invited(world.for_bolt())));
  ASSERT_THAT(world.clients_of(world.bolt), SizeIs(1));
  EXPECT_EQ(world.clients_of(world.bolt)[0].id, record.id);
  EXPECT_EQ(world.clients_of(world.bolt)[0].connection, second.connection);
  const auto listed = world.list(world.as_ann, world.acme);
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].connection, second.connection);
  EXPECT_EQ(listed[1].connection, std::nullopt) << "it stands no more";
}

TEST_F(Acceptance, StandsAfterARestart) {
  const auto token = world.invited(world.for_stranger());
  world.restart();
  EXPECT_EQ(world.accept(token), "ok");
  world.restart();
  EXPECT_EQ(world.accept(token), "invitation.not_pending");
  EXPECT_THAT(world.connections_of(world.acme), SizeIs(1));
  world.graph->read(
      [&](const access::View& view) { EXPECT_THAT(view.connections_of_customer(world.acme.no), SizeIs(1)); });
}

TEST_F(Acceptance, CanBeDeclinedWithTheSecret) {
  const auto token = world.invited(world.for_stranger());
  world.delivered();
  world.clock.advance_s(60);
  const auto declined = need(world.invitations->reject_by_token(token));
  EXPECT_EQ(world.listed(world.as_ann, world.acme).id, declined);
  EXPECT_EQ(world.listed(world.as_ann, world.acme).status, InvitationStatus::kRejected);
  EXPECT_EQ(world.rows("invitations WHERE rejected_by = 'invitee'"), 1);
  world.expect_refused(token, "invitation.not_pending");
  EXPECT_THAT(world.told(world.acme.no), ElementsAre("invitation.rejected", "invitation.sent"));
  EXPECT_THAT(world.delivered(), SizeIs(2));
  EXPECT_EQ(world.rows("users WHERE email = 'new@stranger.example'"), 0);
}

TEST_F(Acceptance, ShowsFirstWhoInvitesWhomToWhat) {
  const auto token = world.invited(world.for_stranger());
  const auto made_at = world.now();
  world.clock.advance_s(3600);
  const auto shown = need(world.invitations->preview(token));
  EXPECT_EQ(shown.inviter_company, "Acme");
  EXPECT_EQ(shown.inviter_person, "ann");
  EXPECT_EQ(shown.company_name, "Stranger");
  EXPECT_EQ(shown.email, "new@stranger.example");
  EXPECT_EQ(shown.relation, Relation::kAgency);
  EXPECT_EQ(shown.created_at, made_at);
  EXPECT_EQ(shown.expires_at, made_at.plus_s(7 * 86'400));
  EXPECT_TRUE(shown.needs_password);
}

}  // namespace
}  // namespace gatehouse::domain
