// What the holder of an invitation's secret does with it: look, accept, decline; and what acceptance makes, all or nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "crypto/opaque_token.hpp"
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
  std::string accept(const std::string& token, const std::optional<std::string>& password = {}) {
    return code(world.invitations->accept(token, password));
  }
  // Refused with that code, and nothing is left of the attempt.
  void expect_refused(const std::string& token, const std::string& expected,
                      const std::optional<std::string>& password = {}) {
    const auto before = world.left_behind();
    const auto revision = world.graph->revision();
    EXPECT_EQ(accept(token, password), expected);
    EXPECT_EQ(world.left_behind(), before);
    EXPECT_EQ(world.graph->revision(), revision);
  }
  std::vector<Connection> connections(const Organization& of) {
    return world.connections->list(world.system<Action::kConnectionList>(of.no));
  }
  std::vector<ClientRecord> clients(const Organization& of) {
    return world.connections->client_records(world.system<Action::kConnectionList>(of.no));
  }
  std::vector<std::string> newest_entries(const Organization& of, std::int64_t count) {
    std::vector<std::string> actions;
    for (const auto& entry : world.changes->list(world.system<Action::kChangeList>(of.no), {}, count).items) {
      actions.push_back(entry.action);
    }
    return actions;
  }
  User invited_person() { return need_user("new@stranger.example"); }
  User need_user(const std::string& email) {
    const auto found = world.users->find_by_email(email);
    if (!found) throw std::runtime_error("nobody has the address " + email);
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
  const auto of_acme = connections(world.acme);
  ASSERT_THAT(of_acme, SizeIs(1));
  EXPECT_EQ(of_acme[0].id, accepted.connection);
  EXPECT_EQ(of_acme[0].invitation, accepted.id);
  EXPECT_TRUE(of_acme[0].is_customer);
  EXPECT_EQ(of_acme[0].company_name, "Bolt");
  EXPECT_THAT(of_acme[0].roles, IsEmpty());
  EXPECT_FALSE(connections(world.bolt).at(0).is_customer);
  ASSERT_THAT(clients(world.bolt), SizeIs(1));
  EXPECT_EQ(clients(world.bolt)[0].connection, accepted.connection);
  EXPECT_THAT(clients(world.acme), IsEmpty());
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
  EXPECT_FALSE(connections(world.acme).at(0).is_customer);
  EXPECT_TRUE(connections(world.bolt).at(0).is_customer);
  EXPECT_THAT(clients(world.acme), SizeIs(1));
  EXPECT_THAT(clients(world.bolt), IsEmpty());
}

TEST_F(Acceptance, MakesTheAccountAndTheOrganizationThatAreMissing) {
  need(world.invitations->accept(world.invited(world.for_stranger())));
  const auto made = invited_person();
  EXPECT_EQ(made.status, UserStatus::kNew);
  EXPECT_EQ(made.user_name, "new@stranger.example");
  const auto theirs = world.organizations->find_by_name("stranger");
  ASSERT_TRUE(theirs.has_value());
  world.graph->read([&](const access::View& view) {
    EXPECT_EQ(view.parent(theirs->no), world.platform);
    EXPECT_THAT(view.direct_roles(made.no, theirs->no), ElementsAre(world.role("admin")));
  });
  EXPECT_THAT(clients(*theirs), SizeIs(1));
  EXPECT_THAT(world.told(theirs->no), ElementsAre("invitation.accepted"));
  EXPECT_EQ(code(world.try_sign_in("new@stranger.example")), "auth.credentials_invalid") << "it has no password";
  EXPECT_THAT(world.invitations->list(world.system<Action::kInvitationList>(theirs->no), {}, 9), SizeIs(1));
}

TEST_F(Acceptance, SetsTheFirstPasswordOfAnAccountAndNoSecond) {
  EXPECT_EQ(accept(world.invited(world.for_stranger()), std::string(kPassword)), "ok");
  EXPECT_EQ(invited_person().status, UserStatus::kActive);
  EXPECT_TRUE(world.try_sign_in("new@stranger.example").ok());
  const auto known = world.invited(world.for_bolt());
  EXPECT_FALSE(need(world.invitations->preview(known)).needs_password);
  expect_refused(known, "invitation.password_not_wanted", "another good long password");
  EXPECT_TRUE(world.try_sign_in("ben").ok());
}

TEST_F(Acceptance, SetsThePasswordOfAKnownAccountThatNeverHadOne) {
  const auto eve = world.user("eve");
  world.join(eve, world.bolt.no, {});
  const auto token = world.invited({eve.email, "Bolt", Relation::kAgency});
  EXPECT_TRUE(need(world.invitations->preview(token)).needs_password);
  EXPECT_EQ(accept(token, std::string(kPassword)), "ok");
  EXPECT_TRUE(world.try_sign_in("eve").ok());
}

TEST_F(Acceptance, HoldsANewPasswordToThePolicy) {
  const auto token = world.invited(world.for_stranger());
  expect_refused(token, "password.too_short", "short");
  expect_refused(token, "password.like_account", "new@stranger.example");
  expect_refused(token, "password.too_common", "password1");
  const auto eve = world.user("evelyn-the-great");
  world.join(eve, world.bolt.no, {});
  UserPatch patch;
  patch.email = "e@example.org";
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), eve.id, patch));
  expect_refused(world.invited({"e@example.org", "Bolt", Relation::kAgency}), "password.like_account",
                 "Evelyn-the-Great");
}

TEST_F(Acceptance, HappensOnce) {
  const auto token = world.invited(world.for_bolt());
  EXPECT_EQ(accept(token), "ok");
  expect_refused(token, "invitation.not_pending");
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
    for (auto& answer : answers) threads.emplace_back([&] { answer = accept(token); });
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
    std::thread one([&] { accepted = accept(token); });
    std::thread other([&] { rejected = code(world.invitations->reject_by_token(token)); });
    one.join();
    other.join();
    EXPECT_THAT((std::vector{accepted, rejected}), UnorderedElementsAre("ok", "invitation.not_pending"));
    EXPECT_EQ(world.listed(world.as_ann, world.acme).connection.has_value(), accepted == "ok");
  }
}

TEST_F(Acceptance, NeedsTheSecretOfAnInvitation) {
  const auto token = world.invited(world.for_bolt());
  auto spoilt = token;
  spoilt.back() = spoilt.back() == 'a' ? 'b' : 'a';
  const std::vector<std::string> wrong{"",
                                       "invite",
                                       spoilt,
                                       token + " ",
                                       crypto::mint_opaque_token("invite", world.system_random).text,
                                       crypto::mint_opaque_token("api", world.system_random).text};
  for (const auto& one : wrong) {
    expect_refused(one, "invitation.token_unknown");
    EXPECT_EQ(code(world.invitations->preview(one)), "invitation.token_unknown") << one;
    EXPECT_EQ(world.invitations->reject_by_token(one).error().kind, ErrorKind::kUnauthenticated);
  }
  EXPECT_EQ(accept(token), "ok");
}

TEST_F(Acceptance, IsOfInvitationsToConnectOnly) {
  const auto token = world.invited(world.for_bolt());
  world.unit([](Unit& unit) { unit.tx().execute("UPDATE invitations SET purpose = 'join'"); });
  expect_refused(token, "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->preview(token)), "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "invitation.token_unknown");
  EXPECT_THAT(world.invitations->list(world.system<Action::kInvitationList>(world.acme.no), {}, 9), IsEmpty());
}

TEST_F(Acceptance, JoinsNobodyToAnOrganizationThatMerelyHasTheName) {
  world.organization("Initech");
  expect_refused(world.invited({"new@stranger.example", "initech", Relation::kAgency}), "organization.name_taken");
  expect_refused(world.invited({"other@stranger.example", "Bolt", Relation::kCustomer}), "organization.name_taken",
                 std::string(kPassword));
}

TEST_F(Acceptance, DoesNotTakeAnotherUsersName) {
  world.unit([](Unit& unit) {
    need(Users::insert(unit, {"new@stranger.example", "elsewhere@example.com", "", std::nullopt}));
  });
  expect_refused(world.invited(world.for_stranger()), "user.name_taken");
}

TEST_F(Acceptance, IsForTheOrganizationThatSomebodyWhoIsKnownMeanwhileBelongsTo) {
  const auto token = world.invited({"eve@example.com", "Bolt", Relation::kAgency});
  const auto eve = world.user("eve");
  expect_refused(token, "organization.name_taken");
  world.join(eve, world.bolt.no, {});
  EXPECT_EQ(accept(token), "ok");
  EXPECT_THAT(connections(world.bolt), SizeIs(1));
}

TEST_F(Acceptance, DoesNotChooseBetweenTwoOrganizationsThatMayBeMeant) {
  const auto token = world.invited({"eve@example.com", "Northwind", Relation::kAgency});
  const auto eve = world.user("eve");
  world.join(eve, world.organization("Northwind East").no, {});
  world.join(eve, world.organization("Northwind West").no, {});
  expect_refused(token, "organization.ambiguous");
}

TEST_F(Acceptance, ConnectsNoOrganizationWithItself) {
  const auto token = world.invited({"eve@example.com", "Acme Ltd.", Relation::kAgency});
  world.join(world.user("eve"), world.acme.no, {});
  expect_refused(token, "invitation.own_organization");
}

TEST_F(Acceptance, DoesNotConnectTwiceInOneRelation) {
  const auto token = world.invited(world.for_bolt());
  world.join(world.dot, world.bolt.no, {});
  const auto second = world.invited({world.dot.email, "Bolt", Relation::kAgency});
  need(world.invite(world.as_ben, world.bolt, {world.ann.email, "Acme", Relation::kCustomer}));
  const auto crossed = world.token();
  EXPECT_EQ(accept(crossed), "ok");
  expect_refused(token, "connection.exists");
  expect_refused(second, "connection.exists");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "ok");
}

TEST_F(Acceptance, ConnectsAgainAfterAnEndAndTakesUpTheClientRecord) {
  const auto first = need(world.invitations->accept(world.invited(world.for_bolt())));
  const auto record = clients(world.bolt).at(0);
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ben, world.bolt.id), first.connection));
  const auto second = need(world.invitations->accept(world.invited(world.for_bolt())));
  ASSERT_THAT(clients(world.bolt), SizeIs(1));
  EXPECT_EQ(clients(world.bolt)[0].id, record.id);
  EXPECT_EQ(clients(world.bolt)[0].connection, second.connection);
  const auto listed =
      world.invitations->list(world.permit<Action::kInvitationList>(world.as_ann, world.acme.id), {}, 9);
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].connection, second.connection);
  EXPECT_EQ(listed[1].connection, std::nullopt) << "it stands no more";
}

TEST_F(Acceptance, StandsAfterARestart) {
  const auto token = world.invited(world.for_stranger());
  world.restart();
  EXPECT_EQ(accept(token), "ok");
  world.restart();
  EXPECT_EQ(accept(token), "invitation.not_pending");
  EXPECT_THAT(connections(world.acme), SizeIs(1));
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
  expect_refused(token, "invitation.not_pending");
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
