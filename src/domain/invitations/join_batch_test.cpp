// Batches of invitations to join: what they cost however large they are, and what one sender's take from others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/changes/verification.hpp"
#include "support_cpp/counting_database.hpp"
#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::CountingDatabase;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kNew = "new@stranger.example";
constexpr int kMany = 100;

class JoinBatch : public ::testing::Test {
 protected:
  std::vector<Organization> below_acme(int count) {
    std::vector<Organization> made;
    for (int i = 0; i < count; ++i) made.push_back(world.organization("Part " + std::to_string(i), world.acme.no));
    return made;
  }
  InvitationBatch batch(int people, const std::vector<Organization>& into) {
    InvitationBatch batch;
    batch.organizations = People::ids(into);
    for (int i = 0; i < people; ++i)
      batch.people.push_back(world.somebody("p" + std::to_string(i) + "@stranger.example"));
    return batch;
  }
  // An API token of that organization that may invite.
  Principal robot(const Principal& who, const Organization& of, const std::string& name) {
    const auto create = world.permit<Action::kApiTokenCreate>(who, of.id);
    const std::vector<RoleNo> roles{world.role("USER_ADD"), world.role("viewer")};
    const auto made = need(world.api_tokens->create(create, {name, roles, {}}));
    return need(world.who(made.secret));
  }

  People world;
};

// Of a batch, with a ledger that counts what its units wait for.
class JoinBatchCosts : public JoinBatch {
 protected:
  std::int64_t statements_of(const InvitationBatch& batch) {
    const auto permit = need(ledger.policy().permit<Action::kUserInvite>(world.as_ann, world.now()));
    counting.statements();
    need(joins.invite(permit, batch));
    return counting.statements();
  }

  std::vector<Organization> parts = below_acme(kMany);  // before anything is counted
  CountingDatabase counting{*world.database};
  Ledger ledger{counting, *world.graph, world.clock, world.random};
  JoinInvitations joins{ledger, *world.mails, *world.passwords, world.invitation_rules};
};

TEST_F(JoinBatchCosts, AFewStatementsForEachNewPersonHoweverManyOrganizations) {
  EXPECT_LE(statements_of(batch(kMany, parts)), 12 * kMany);
  EXPECT_EQ(world.rows("invitation_targets"), kMany * kMany);
}

TEST_F(JoinBatchCosts, AHandfulOfStatementsForPeopleWhoAreInvitedAlready) {
  statements_of(batch(kMany, parts));
  EXPECT_LE(statements_of(batch(kMany, parts)), 10);
  EXPECT_EQ(world.rows("invitation_targets"), kMany * kMany);
}

TEST_F(JoinBatchCosts, AHandfulOfStatementsForPeopleInUse) {
  InvitationBatch many = batch(0, parts);
  need(ledger.unguarded("test", Principal::system(), [&](Unit& unit) -> Result<void> {
    for (int i = 0; i < kMany; ++i) {
      const auto name = "used" + std::to_string(i);
      many.people.push_back(world.somebody(name + "@example.com"));
      need(Users::insert(unit, {name, name + "@example.com", name, std::string("no hash")}));
    }
    return {};
  }));
  EXPECT_LE(statements_of(many), 10);
  EXPECT_EQ(world.rows("memberships WHERE user_no IN (SELECT no FROM users WHERE user_name LIKE 'used%')"),
            kMany * kMany);
  const auto revision = world.graph->revision();
  EXPECT_LE(statements_of(many), 10);
  EXPECT_EQ(world.graph->revision(), revision) << "nothing is written where nothing changes";
}

TEST_F(JoinBatchCosts, AddARoleAsTheRowsSayToo) {
  statements_of({{world.somebody(world.cid.email, "operator")}, People::ids({world.acme, parts[0]})});
  statements_of({{world.somebody(world.cid.email, "viewer")}, People::ids({world.acme, parts[0]})});
  EXPECT_THAT(world.holds(world.cid, parts[0]), ::testing::UnorderedElementsAre("member", "operator", "viewer"));
  EXPECT_EQ(world.rows("grants WHERE user_no = " + std::to_string(world.cid.no.value)), 4);
  EXPECT_THAT(find_faults(ledger), IsEmpty());
}

// Asks for a large batch while another of the same service is at work: the first waits on the lane behind this unit.
class JoinBatchTurns : public JoinBatch {
 protected:
  // The code of what `second` is answered while `first` is asked for by another thread.
  template <class First, class Second>
  std::string meanwhile(First first, Second second) {
    std::string answer;
    std::thread other;
    world.unit([&](Unit&) {
      if (other.joinable()) return;
      const auto before = world.database->lane().waiting();
      other = std::thread([&, first] { EXPECT_EQ(first(), "ok"); });
      while (world.database->lane().waiting() == before) std::this_thread::yield();
      answer = second();
    });
    other.join();
    return answer;
  }
  // Without moving the clock, for it is asked from two threads. What would write fails with std::logic_error: it got as far.
  std::string asked(const Principal& who, const InvitationBatch& batch, bool only_ask = false) {
    const auto permit = world.permit<Action::kUserInvite>(who);
    try {
      return code(world.joins->invite(permit, batch, only_ask));
    } catch (const std::logic_error&) { return "went on"; }
  }

  const std::vector<Organization> parts = below_acme(11);
  const InvitationBatch large = batch(10, parts);
  const InvitationBatch small = batch(1, {parts[0]});
};

TEST_F(JoinBatchTurns, AreOneLargeBatchAtATimeOfOneSender) {
  const auto first = [&] { return asked(world.as_ann, large); };
  EXPECT_EQ(meanwhile(first, [&] { return asked(world.as_ann, large); }), "invitation.busy");
  EXPECT_EQ(meanwhile(first, [&] { return asked(world.as_ann, small, true); }), "invitation.busy");
  EXPECT_EQ(meanwhile(first, [&] { return asked(world.as_ann, small); }), "went on") << "a small one";
  EXPECT_EQ(meanwhile(first, [&] { return asked(world.as_ben, large); }), "went on") << "somebody else's";
  EXPECT_EQ(asked(world.as_ann, large), "ok") << "the next";
}

TEST_F(JoinBatchTurns, AreAnOrganizationsHoweverManyTokensItHas) {
  const auto one = robot(world.as_ann, world.acme, "one");
  const auto two = robot(world.as_ann, world.acme, "two");
  const auto bolts = robot(world.as_ben, world.bolt, "three");
  const auto first = [&] { return asked(one, small, true); };
  EXPECT_EQ(meanwhile(first, [&] { return asked(two, small, true); }), "invitation.busy");
  EXPECT_EQ(meanwhile(first, [&] { return asked(two, large); }), "invitation.busy");
  EXPECT_EQ(meanwhile(first, [&] { return asked(bolts, small, true); }), "went on");
  EXPECT_EQ(meanwhile(first, [&] { return asked(world.as_ann, small, true); }), "went on");
}

TEST_F(JoinBatchTurns, AreAPersonsThroughClientsToo) {
  const auto who = need(world.who(world.signed_in(world.ann).access_token));
  const auto made =
      need(world.clients->create(world.permit<Action::kClientEdit>(who), {"machine", {"users.write"}, {}}));
  const auto token = need(world.clients->token(made.client.id.to_string(), made.secret, {}, world.now()));
  const auto client = need(world.who(token.access_token));
  const auto first = [&] { return asked(world.as_ann, large); };
  EXPECT_EQ(meanwhile(first, [&] { return asked(client, large); }), "invitation.busy");
}

TEST_F(JoinBatch, OfOneSenderDoNotCountAgainstAnother) {
  std::vector<Principal> bolts;
  for (const auto* name : {"one", "two", "three"}) bolts.push_back(robot(world.as_ben, world.bolt, name));
  const auto into_bolt = world.somebody(kNew, "viewer", {world.bolt});
  for (std::size_t i = 0; i < kMaxToOneAddress; ++i) need(world.joins->reject(world.joining(bolts[i % 3], into_bolt)));
  for (const auto& token : bolts) {
    EXPECT_THAT(People::faults(world.ask(token, into_bolt)), ElementsAre("invitation.batch_invalid", "users[0].email"));
  }
  EXPECT_THAT(People::faults(world.ask(robot(world.as_ben, world.bolt, "four"), into_bolt)), SizeIs(2))
      << "nor by one more";
  EXPECT_EQ(code(world.ask(world.as_ann, world.somebody(kNew, "viewer", {world.acme}))), "ok");
  EXPECT_EQ(code(world.ask(robot(world.as_ann, world.acme, "hers"), world.somebody(kNew, "viewer", {world.acme}))),
            "ok");
}

TEST_F(JoinBatch, GrowAnInvitationToAThousandPlacesAndNoFurther) {
  const auto parts = below_acme(static_cast<int>(kMaxInvitedOrganizations));
  std::vector<RoleDefinition> own;
  for (int i = 0; i < 11; ++i)
    own.push_back({"Local " + std::to_string(i), "APPLICATION", 12, "", {"orders.view"}, {}});
  need(Roles(*world.ledger).sync(own));
  for (int i = 0; i < 10; ++i)
    need(world.ask(world.as_ann, world.somebody(kNew, own[static_cast<std::size_t>(i)].name, parts)));
  EXPECT_EQ(world.rows("invitation_targets"), kMaxTargets);
  InvitationBatch both{
      {world.somebody("other@stranger.example", "viewer", {world.acme}), world.somebody(kNew, "Local 10", {parts[0]})},
      {}};
  world.expect_nothing_changed([&] {
    EXPECT_THAT(People::faults(world.ask(world.as_ann, both)),
                ElementsAre("invitation.batch_invalid", "users[1].organization_ids"));
  });
  EXPECT_EQ(code(world.ask(world.as_ann, world.somebody(kNew, "Local 9", parts))), "ok") << "nothing more";
  EXPECT_THAT(need(world.joins->preview(world.secret_for(kNew))).organizations, SizeIs(kMaxInvitedOrganizations));
}

TEST_F(JoinBatch, TakeAnOrganizationOnceHoweverItIsWritten) {
  auto upper = world.acme.id.to_string();
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  InvitationBatch twice{{world.somebody(kNew)}, {world.acme.id.to_string(), upper}};
  EXPECT_THAT(need(world.ask(world.as_ann, twice)).at(0).organizations, ElementsAre(world.acme.id));
}

TEST_F(JoinBatch, DoNotAskTheStoreForWhatCanBeNobodys) {
  const std::string broken("a\0b", 3);
  auto person = world.somebody("a\xff@stranger.example", "viewer", {world.acme});
  EXPECT_THAT(People::faults(world.ask(world.as_ann, person)),
              ElementsAre("invitation.batch_invalid", "users[0].email"));
  person.email = broken + "@stranger.example";
  person.identity_provider_prefix = broken;
  EXPECT_THAT(People::faults(world.ask(world.as_ann, person)),
              ElementsAre("invitation.batch_invalid", "users[0].email", "users[0].identity_provider_prefix"));
}

TEST_F(JoinBatch, OnlyAskedForTellNoIdOfWhoTheCallerSeesNothingOf) {
  const auto eve = world.newcomer("eve");
  const auto ask = [&](const Principal& who, const Organization& into) {
    std::vector<std::string> told;
    InvitationBatch batch{{world.somebody(world.ben.email), world.somebody(world.cid.email), world.somebody(eve.email)},
                          People::ids({into})};
    for (const auto& one : need(world.ask(who, batch, true))) told.push_back(one.user.is_nil() ? "nothing" : one.email);
    return told;
  };
  EXPECT_THAT(ask(world.as_ann, world.acme), ElementsAre("nothing", world.cid.email, "nothing"));
  EXPECT_THAT(ask(world.as_ben, world.bolt), ElementsAre(world.ben.email, "nothing", "nothing"));
  need(world.ask(world.as_ann, world.somebody(eve.email, "viewer", {world.acme})));
  EXPECT_THAT(ask(world.as_ann, world.acme), ElementsAre("nothing", world.cid.email, eve.email)) << "her own offer";
  world.join(world.cid, world.acme.no, {"admin"});
  EXPECT_THAT(ask(world.at(world.cid, world.acme), world.acme), ElementsAre("nothing", world.cid.email, eve.email))
      << "a colleague's offer";
  EXPECT_THAT(ask(world.as_ben, world.bolt), ElementsAre(world.ben.email, "nothing", "nothing"));
}

TEST_F(JoinBatch, FindWhoGotHisAddressBackByAnotherOfTheBatch) {
  const auto as_cid = world.permit<Action::kSelfEdit>(world.as(world.cid));
  need(world.users->update_self(as_cid, {.email = "ceo@acme.example"}));
  InvitationBatch both{{world.somebody("ceo@acme.example"), world.somebody(world.cid.email)},
                       People::ids({world.acme})};
  const auto invited = need(world.ask(world.as_ann, both));
  EXPECT_TRUE(invited.at(0).is_new);
  EXPECT_EQ(invited.at(1).user, world.cid.id);
  EXPECT_THAT(world.holds(world.cid, world.acme), ElementsAre("member", "viewer"));
}

}  // namespace
}  // namespace gatehouse::domain
