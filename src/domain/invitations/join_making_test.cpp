// Invitations to join, as they are made: who gets an account, who belongs at once, what is mailed and what is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::all_rows;
using gatehouse::testing::code;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::int64_t kLifetime_s = 7 * 86'400;

class JoinMaking : public ::testing::Test {
 protected:
  std::vector<std::string> newest_entries(std::int64_t count) {
    std::vector<std::string> actions;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT action FROM changes ORDER BY revision DESC LIMIT $1", {count}, [&](const sql::Row& row) {
        actions.insert(actions.begin(), std::string(row.text(0)));
        return true;
      });
    });
    return actions;
  }

  People world;
};

TEST_F(JoinMaking, MakesAnAccountThatNobodyCanUseYet) {
  auto person = world.somebody("New.Person@stranger.example", "operator", {world.acme});
  person.first_name = " New ";
  person.last_name = "von  Person";
  const auto invited = need(world.ask(world.as_ann, person));
  ASSERT_THAT(invited, SizeIs(1));
  EXPECT_TRUE(invited[0].is_new);
  EXPECT_EQ(invited[0].email, "New.Person@stranger.example");
  EXPECT_EQ(invited[0].status, UserStatus::kNew);
  EXPECT_THAT(invited[0].organizations, ElementsAre(world.acme.id));
  EXPECT_EQ(invited[0].expires_at, world.now().plus_s(kLifetime_s));
  const auto made = world.account_of("new.person@stranger.example");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->id, invited[0].user);
  EXPECT_EQ(made->user_name, "New.Person@stranger.example");
  EXPECT_EQ(made->display_name, "New von Person");
  EXPECT_EQ(made->last_name, "von Person");
  EXPECT_EQ(made->status, UserStatus::kNew);
  EXPECT_TRUE(made->email_proven);
  EXPECT_THAT(world.holds(*made, world.acme), IsEmpty());
  EXPECT_THAT(world.effective(*made, world.acme.no), IsEmpty());
  EXPECT_EQ(code(world.try_sign_in(made->user_name)), "auth.credentials_invalid");
  EXPECT_THAT(newest_entries(3), ElementsAre("user.created", "invitation.created", "invitation.offered"));
  EXPECT_EQ(world.rows("changes WHERE action IN ('user.created', 'invitation.created') AND actor_id = (SELECT id FROM "
                       "users WHERE user_name = 'ann')"),
            2);
}

TEST_F(JoinMaking, MailsWhoInvitesWhereToAndBothLinks) {
  need(world.ask(world.as_ann, world.somebody("new@stranger.example", "viewer", {world.acme})));
  const auto mails = world.mails_to("new@stranger.example");
  ASSERT_THAT(mails, SizeIs(1));
  const auto& told = mails[0].mail.parameters;
  EXPECT_EQ(told.at("inviter_person"), "ann");
  EXPECT_EQ(told.at("platform_url"), "https://gatehouse.example");
  EXPECT_EQ(told.at("organizations"), "Acme");
  EXPECT_EQ(told.at("organization_count"), "1");
  EXPECT_EQ(told.at("identity_provider"), "");
  EXPECT_EQ(told.at("expires_on"), world.now().plus_s(kLifetime_s).to_string().substr(0, 10));
  const auto secret = world.secret_for("new@stranger.example");
  EXPECT_THAT(secret, ::testing::StartsWith("gth_join_"));
  EXPECT_EQ(told.at("activate_link"), "https://gatehouse.example/invitations/accept#token=" + secret);
  EXPECT_EQ(told.at("reject_link"), "https://gatehouse.example/invitations/reject#token=" + secret);
  EXPECT_THAT(all_rows(*world.database), Not(HasSubstr(secret))) << "kept as a digest, mailed sealed, not logged";
}

TEST_F(JoinMaking, LetsWhoIsInUseBelongAtOnceAndChangesNothingOfTheAccount) {
  auto person = world.somebody("BEN@example.com", "operator", {world.acme});
  person.first_name = "Another";
  person.last_name = "Name";
  const auto invited = need(world.ask(world.as_ann, person));
  ASSERT_THAT(invited, SizeIs(1));
  EXPECT_FALSE(invited[0].is_new);
  EXPECT_EQ(invited[0].user, world.ben.id);
  EXPECT_EQ(invited[0].email, world.ben.email);
  EXPECT_EQ(invited[0].status, UserStatus::kActive);
  EXPECT_EQ(invited[0].expires_at, std::nullopt);
  EXPECT_THAT(world.holds(world.ben, world.acme), ElementsAre("member", "operator"));
  const auto after = world.account_of(world.ben.email);
  EXPECT_EQ(after->first_name, "");
  EXPECT_EQ(after->version, world.ben.version);
  EXPECT_THAT(world.mails_to(world.ben.email), IsEmpty());
  EXPECT_EQ(world.rows("invitations"), 0);
  EXPECT_EQ(code(world.try_sign_in("ben")), "ok") << "with the password it had";
}

TEST_F(JoinMaking, LetsWhoIsDeactivatedBelongAndHoldNothing) {
  world.set_status(world.dot, UserStatus::kInactive);
  const auto invited = need(world.ask(world.as_ann, world.somebody(world.dot.email, "operator", {world.acme})));
  EXPECT_EQ(invited.at(0).status, UserStatus::kInactive);
  EXPECT_EQ(invited.at(0).expires_at, std::nullopt);
  EXPECT_THAT(world.holds(world.dot, world.acme), ElementsAre("member", "operator"));
  EXPECT_THAT(world.effective(world.dot, world.acme.no), IsEmpty());
  EXPECT_EQ(world.account_of(world.dot.email)->status, UserStatus::kInactive);
}

TEST_F(JoinMaking, InvitesWhoHasAnAccountThatWasNeverUsed) {
  const auto eve = world.newcomer("eve");
  const auto invited = need(world.ask(world.as_ann, world.somebody(eve.email, "viewer", {world.acme})));
  EXPECT_FALSE(invited.at(0).is_new);
  EXPECT_EQ(invited.at(0).user, eve.id);
  EXPECT_EQ(invited.at(0).status, UserStatus::kNew);
  EXPECT_TRUE(invited.at(0).expires_at.has_value());
  EXPECT_THAT(world.holds(eve, world.acme), IsEmpty());
  EXPECT_THAT(world.mails_to(eve.email), SizeIs(1));
  EXPECT_EQ(world.account_of(eve.email)->version, eve.version);
}

TEST_F(JoinMaking, AddsARoleToWhatAMemberHolds) {
  world.join(world.cid, world.acme.no, {"viewer"});
  need(world.ask(world.as_ann, world.somebody(world.cid.email, "ORDERS_EDIT", {world.acme})));
  EXPECT_THAT(world.holds(world.cid, world.acme), ::testing::UnorderedElementsAre("member", "viewer", "ORDERS_EDIT"));
  need(world.ask(world.as_ann, world.somebody(world.ann.email, "viewer", {world.acme})));
  EXPECT_THAT(world.holds(world.ann, world.acme), ::testing::UnorderedElementsAre("member", "admin", "viewer"))
      << "oneself as well";
}

TEST_F(JoinMaking, AnswersInTheOrderOfTheBatchAndAPersonsListReplacesTheCommonOne) {
  const auto north = world.organization("North", world.acme.no);
  InvitationBatch batch;
  batch.organizations = People::ids({world.acme, north, world.acme});
  batch.people = {world.somebody("z@stranger.example"), world.somebody(world.ben.email, "viewer", {north}),
                  world.somebody("a@stranger.example")};
  batch.people[2].organizations.emplace();
  const auto invited = need(world.ask(world.as_ann, batch));
  ASSERT_THAT(invited, SizeIs(3));
  EXPECT_EQ(invited[0].email, "z@stranger.example");
  EXPECT_THAT(invited[0].organizations, ElementsAre(world.acme.id, north.id)) << "each once";
  EXPECT_EQ(invited[1].user, world.ben.id);
  EXPECT_THAT(invited[1].organizations, ElementsAre(north.id));
  EXPECT_THAT(world.holds(world.ben, world.acme), IsEmpty());
  EXPECT_THAT(invited[2].organizations, ElementsAre(world.acme.id, north.id)) << "an empty list is none";
  EXPECT_EQ(world.mails_to("a@stranger.example").at(0).mail.parameters.at("organizations"), "Acme, North");
}

TEST_F(JoinMaking, NamesTheIdentityProviderThatANewPersonSignsInAt) {
  const auto azure = world.provider("waad");
  auto by_id = world.somebody("one@stranger.example", "viewer", {world.acme});
  by_id.identity_provider = azure.id.to_string();
  auto by_prefix = world.somebody("two@stranger.example", "viewer", {world.acme});
  by_prefix.identity_provider_prefix = "WAAD";
  auto by_both = world.somebody("three@stranger.example", "viewer", {world.acme});
  by_both.identity_provider = azure.id.to_string();
  by_both.identity_provider_prefix = "waad";
  need(world.ask(world.as_ann, InvitationBatch{{by_id, by_prefix, by_both}, {}}));
  for (const auto* email : {"one@stranger.example", "two@stranger.example", "three@stranger.example"}) {
    EXPECT_EQ(world.account_of(email)->identity_provider, std::nullopt) << email << ": not before it is accepted";
    EXPECT_EQ(world.mails_to(email).at(0).mail.parameters.at("identity_provider"), azure.name);
  }
  need(world.ask(world.as_ann, by_id));
  EXPECT_EQ(world.rows("invitations WHERE identity_provider_id IS NOT NULL"), 3) << "the same again is the same";
  EXPECT_EQ(world.activate(world.secret_for("one@stranger.example")), "ok");
  EXPECT_EQ(world.account_of("one@stranger.example")->identity_provider, azure.id);
}

TEST_F(JoinMaking, SaysAnewWhereANewPersonSignsIn) {
  const auto azure = world.provider("waad");
  auto person = world.somebody("new@stranger.example", "viewer", {world.acme});
  person.identity_provider = azure.id.to_string();
  const auto first = world.joining(world.as_ann, person);
  person.identity_provider.reset();
  const auto second = world.joining(world.as_ann, person);
  EXPECT_EQ(world.mails_to("new@stranger.example").back().mail.parameters.at("identity_provider"), "");
  EXPECT_TRUE(need(world.joins->preview(second)).needs_password);
  EXPECT_EQ(world.account_of("new@stranger.example")->identity_provider, std::nullopt);
  EXPECT_EQ(world.activate(first), "invitation.token_unknown");
}

TEST_F(JoinMaking, GivesANameWhereTheAddressCanBeNone) {
  world.person("\u0430dmin");
  for (const auto* email : {"\"a b\"@stranger.example", "admin\u2163@stranger.example"}) {
    const auto invited = need(world.ask(world.as_ann, world.somebody(email, "viewer", {world.acme})));
    const auto made = world.account_of(email);
    ASSERT_TRUE(made.has_value()) << email;
    EXPECT_EQ(invited[0].email, email);
    EXPECT_THAT(made->user_name, ::testing::MatchesRegex("user-[0-9a-f]{12}"));
    EXPECT_EQ(world.activate(world.secret_for(email), std::string(gatehouse::testing::kPassword)), "ok");
    EXPECT_TRUE(world.try_sign_in(email).ok()) << "by the address";
  }
  need(world.ask(world.as_ann, world.somebody("mary@stranger.example", "viewer", {world.acme})));
  need(world.ask(world.as_ann, world.somebody("m\u0430ry@stranger.example", "viewer", {world.acme})));
  EXPECT_THAT(world.account_of("m\u0430ry@stranger.example")->user_name, ::testing::StartsWith("user-"))
      << "a name that looks like another's";
}

TEST_F(JoinMaking, OfOneUserAnswersWhatOtherNounsUse) {
  Result<InvitedUser> one = InvitedUser{};
  Result<InvitedUser> faulty = InvitedUser{};
  world.unit([&](Unit& unit) {
    one = world.joins->invite_one(unit, world.as_ann, world.somebody("new@stranger.example", "viewer", {world.acme}));
    faulty = world.joins->invite_one(unit, world.as_ann, world.somebody("x@", "viewer", {world.acme, world.bolt}));
  });
  EXPECT_THAT(need(one).organizations, ElementsAre(world.acme.id));
  EXPECT_THAT(People::faults(faulty), ElementsAre("invitation.batch_invalid", "email"));
  EXPECT_THAT(world.mails_to("new@stranger.example"), SizeIs(1));
}

TEST_F(JoinMaking, IsOneUnitOfWorkHoweverManyAreInvited) {
  std::vector<Organization> many;
  InvitationBatch batch;
  for (int i = 0; i < 100; ++i) many.push_back(world.organization("Part " + std::to_string(i), world.acme.no));
  batch.organizations = People::ids(many);
  for (int i = 0; i < 100; ++i) batch.people.push_back(world.somebody("p" + std::to_string(i) + "@stranger.example"));
  EXPECT_THAT(need(world.ask(world.as_ann, batch)), SizeIs(100));
  EXPECT_EQ(world.rows("invitation_targets"), 10'000);
  EXPECT_THAT(world.delivered(), SizeIs(100));
}

TEST_F(JoinMaking, OnlyAskedChangesNothingAndAnswersTheSame) {
  const auto azure = world.provider("waad");
  InvitationBatch batch;
  batch.organizations = People::ids({world.acme});
  batch.people = {world.somebody("new@stranger.example"), world.somebody(world.ben.email, "operator"),
                  world.somebody(world.newcomer("eve").email)};
  batch.people[0].identity_provider = azure.id.to_string();
  std::vector<InvitedUser> asked;
  world.expect_nothing_changed([&] { asked = need(world.ask(world.as_ann, batch, true)); });
  EXPECT_THAT(world.holds(world.ben, world.acme), IsEmpty());
  EXPECT_THAT(world.mails->due(10), IsEmpty());
  const auto asked_at = world.now();
  const auto done = need(world.ask(world.as_ann, batch));
  ASSERT_EQ(asked.size(), done.size());
  EXPECT_TRUE(asked[0].user.is_nil()) << "it has no id yet";
  EXPECT_TRUE(asked[2].user.is_nil()) << "of whom ann sees nothing";
  for (std::size_t i = 0; i < done.size(); ++i) {
    EXPECT_EQ(asked[i].email, done[i].email);
    EXPECT_EQ(asked[i].status, done[i].status);
    EXPECT_EQ(asked[i].organizations, done[i].organizations);
    EXPECT_EQ(asked[i].is_new, done[i].is_new);
    EXPECT_EQ(asked[i].expires_at.has_value(), done[i].expires_at.has_value());
  }
  EXPECT_EQ(asked[0].expires_at, asked_at.plus_s(kLifetime_s));
}

}  // namespace
}  // namespace gatehouse::domain
