// Batches of invitations to join that are refused: every fault by its path, and nothing of the rest is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = "invitation.batch_invalid";
constexpr auto kForbidden = "invitation.forbidden";
constexpr auto kNobody = "0190a5e0-0000-7000-8000-000000000000";  // an id, and nobody's

class JoinRefusals : public ::testing::Test {
 protected:
  using Faults = std::vector<std::string>;
  // The faults of a batch of which nothing is done, asked or sent.
  Faults refused(const InvitationBatch& batch, const Principal& who) {
    Faults faults;
    Faults asked;
    world.expect_nothing_changed([&] {
      faults = People::faults(world.ask(who, batch));
      asked = People::faults(world.ask(who, batch, true));
    });
    EXPECT_EQ(asked, faults);
    return faults;
  }
  Faults refused(const InvitationBatch& batch) { return refused(batch, world.as_ann); }
  // Somebody good, and then that one.
  Faults refused(const InvitedPerson& person, const Principal& who) {
    const auto at = who.user == world.ann.no ? world.acme : world.bolt;
    return refused(InvitationBatch{{world.somebody("good@stranger.example", "viewer", {at}), person}, {}}, who);
  }
  Faults refused(const InvitedPerson& person) { return refused(person, world.as_ann); }
  static Faults at(const std::string& field) { return {kInvalid, "users[1]." + field}; }
  InvitedPerson person(const std::string& email = "new@stranger.example", const std::string& role = "viewer") {
    return world.somebody(email, role, {world.acme});
  }
  // Why the only fault of it is one.
  std::string why(const Principal& who, const InvitedPerson& invited) {
    const auto answer = world.ask(who, invited);
    if (answer) return "ok";
    EXPECT_THAT(answer.error().fields, ::testing::SizeIs(1));
    return answer.error().fields.at(0).message;
  }

  People world;
};

TEST_F(JoinRefusals, NeedPeopleAndNoMoreThanAHundred) {
  EXPECT_EQ(refused(InvitationBatch{{}, People::ids({world.acme})}), (Faults{kInvalid, "users"}));
  InvitationBatch batch;
  batch.organizations = People::ids({world.acme});
  for (int i = 0; i < 101; ++i) batch.people.push_back(world.somebody("p" + std::to_string(i) + "@stranger.example"));
  EXPECT_EQ(refused(batch), (Faults{kInvalid, "users"}));
  batch.people.pop_back();
  EXPECT_EQ(code(world.ask(world.as_ann, batch)), "ok");
}

TEST_F(JoinRefusals, NeedOrganizationsAndNoMoreThanAHundred) {
  auto nowhere = world.somebody("new@stranger.example");
  EXPECT_EQ(refused(nowhere), at("organization_ids"));
  nowhere.organizations.emplace();
  EXPECT_EQ(refused(nowhere), at("organization_ids"));
  const std::vector<std::string> many(101, world.acme.id.to_string());
  EXPECT_EQ(refused(InvitationBatch{{person()}, many}), (Faults{kInvalid, "organization_ids"}));
  auto everywhere = person();
  everywhere.organizations = many;
  EXPECT_EQ(refused(everywhere), at("organization_ids"));
}

TEST_F(JoinRefusals, NeedOrganizationsThatThereAre) {
  auto own = person();
  for (const auto* unknown : {kNobody, "acme", "", "0190A5E0"}) {
    own.organizations = {world.acme.id.to_string(), unknown};
    EXPECT_EQ(refused(own), at("organization_ids[1]")) << unknown;
    InvitationBatch common{{world.somebody("a@stranger.example"), world.somebody("b@stranger.example")},
                           *own.organizations};
    EXPECT_EQ(refused(common), (Faults{kInvalid, "organization_ids[1]"})) << "told once: " << unknown;
  }
  const auto gone = world.organization("Gone");
  own.organizations = People::ids({gone});
  world.remove_organization(gone);
  EXPECT_EQ(refused(own), at("organization_ids[0]"));
}

TEST_F(JoinRefusals, NeedAnAddressThatIsNotInTheBatchAlready) {
  for (const auto* email : {"", "x", "x@", "@example.com", "x y@example.com", "x@example.com\n"}) {
    EXPECT_EQ(refused(person(email)), at("email")) << email;
  }
  EXPECT_EQ(refused(person("Good@Stranger.EXAMPLE")), at("email"));
  const auto answer = world.ask(world.as_ann, InvitationBatch{{person(), person("c@stranger.example"), person()}, {}});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().fields.at(0).message, HasSubstr("users[0]"));
}

TEST_F(JoinRefusals, NeedAGroupThatThereIs) {
  for (const auto* group : {"", "viewer", kNobody}) {
    auto one = person();
    one.group = group;
    EXPECT_EQ(refused(one), at("group_id")) << group;
  }
}

TEST_F(JoinRefusals, NeedNamesOfPeople) {
  auto one = person();
  one.first_name = std::string(101, 'x');
  EXPECT_EQ(refused(one), at("first_name"));
  one.first_name = "\x1b[2J";
  one.last_name = "\u202egnp";
  EXPECT_EQ(refused(one), (Faults{kInvalid, "users[1].first_name", "users[1].last_name"}));
}

TEST_F(JoinRefusals, NeedAnIdentityProviderThatIsThereAndEnabled) {
  const auto azure = world.provider("waad");
  const auto google = world.provider("google");
  const auto closed = world.provider("closed", false);
  for (const auto& id : {std::string(kNobody), std::string("waad"), std::string(), closed.id.to_string()}) {
    auto one = person();
    one.identity_provider = id;
    EXPECT_EQ(refused(one), at("identity_provider_id")) << id;
  }
  for (const auto* prefix : {"", "waa", "closed"}) {
    auto one = person();
    one.identity_provider_prefix = prefix;
    EXPECT_EQ(refused(one), at("identity_provider_prefix")) << prefix;
  }
  auto both = person();
  both.identity_provider = azure.id.to_string();
  both.identity_provider_prefix = "google";
  EXPECT_EQ(refused(both), at("identity_provider_prefix"));
}

TEST_F(JoinRefusals, DoNotChangeWhereAnAccountInUseSignsIn) {
  const auto azure = world.provider("waad");
  const auto google = world.provider("google");
  auto hers = person("hers@stranger.example");
  hers.identity_provider = azure.id.to_string();
  need(world.joins->activate(world.joining(world.as_ann, hers)));
  auto again = hers;
  again.identity_provider = google.id.to_string();
  EXPECT_EQ(refused(again), at("identity_provider_id"));
  again.identity_provider.reset();
  again.identity_provider_prefix = "google";
  EXPECT_EQ(refused(again), at("identity_provider_prefix"));
  auto ben = person(world.ben.email);
  ben.identity_provider = azure.id.to_string();
  EXPECT_EQ(refused(ben), at("identity_provider_id")) << "it signs in here";
  EXPECT_EQ(code(world.ask(world.as_ann, hers)), "ok");
}

TEST_F(JoinRefusals, NeverMeanWhoWroteTheAddressIntoHisProfileNorAreKeptOffByHim) {
  const auto as_cid = world.permit<Action::kSelfEdit>(world.as(world.cid));
  need(world.users->update_self(as_cid, {.email = "ceo@acme.example"}));
  const auto invited = need(world.ask(world.as_ann, person("CEO@acme.example")));
  EXPECT_TRUE(invited.at(0).is_new);
  EXPECT_NE(invited.at(0).user, world.cid.id);
  EXPECT_THAT(world.holds(world.cid, world.acme), ElementsAre("member"));
  EXPECT_EQ(world.account_of(world.cid.email)->id, world.cid.id) << "back at the address that was proven";
  EXPECT_EQ(code(world.users->update_self(as_cid, {.email = "ceo@acme.example"})), "user.email_taken");
}

TEST_F(JoinRefusals, KeepAnAddressFromBeingASecondAccountsName) {
  world.unit([&](Unit& unit) { need(Users::insert(unit, {"taken@stranger.example", "other@stranger.example"})); });
  EXPECT_EQ(refused(person("Taken@stranger.example")), at("email"));
}

TEST_F(JoinRefusals, NameEveryFaultOfABatchAtOnce) {
  InvitationBatch batch;
  batch.organizations = {world.acme.id.to_string(), kNobody};
  batch.people = {world.somebody("good@stranger.example"), world.somebody("x@"),
                  world.somebody("good@stranger.example"),
                  world.somebody("d@stranger.example", "viewer", {world.bolt})};
  batch.people[1].group = "";
  batch.people[2].first_name = std::string(101, 'x');
  batch.people[2].identity_provider = kNobody;
  batch.people[2].organizations = {std::string("nowhere")};
  EXPECT_EQ(refused(batch),
            (Faults{kInvalid, "organization_ids[1]", "users[1].email", "users[1].group_id", "users[2].email",
                    "users[2].first_name", "users[2].identity_provider_id", "users[2].organization_ids[0]"}))
      << "what may not be given is told when nothing is wrong";
}

TEST_F(JoinRefusals, AskForTheRightToAddPeopleAtEachOrganization) {
  const auto north = world.organization("North", world.acme.no);
  world.join(world.ann, world.bolt.no, {"viewer"});
  InvitationBatch batch{{world.somebody("a@stranger.example"), world.somebody("b@stranger.example", "viewer", {north})},
                        People::ids({world.acme, north, world.bolt})};
  EXPECT_EQ(refused(batch), (Faults{kForbidden, "organization_ids[2]"}));
  batch.people[1].organizations = People::ids({world.bolt, world.acme});
  EXPECT_EQ(refused(batch), (Faults{kForbidden, "organization_ids[2]", "users[1].organization_ids[0]"}));
  batch.people[1].organizations.reset();
  EXPECT_EQ(refused(batch), (Faults{kForbidden, "organization_ids[2]"})) << "once for the whole batch";
  EXPECT_THAT(why(world.as_ann, world.somebody("a@stranger.example", "viewer", {world.bolt})), HasSubstr("users.add"));
  EXPECT_THAT(why(world.as_ben, person()), HasSubstr("reach"));
  EXPECT_THAT(refused(person(), world.as(world.cid)).at(0), kForbidden);
}

TEST_F(JoinRefusals, KeepTheCeilingAtEachOrganization) {
  world.join(world.ann, world.bolt.no, {"USER_ADD"});
  const auto both = People::ids({world.acme, world.bolt});
  EXPECT_EQ(refused(InvitationBatch{{world.somebody("a@stranger.example", "operator")}, both}),
            (Faults{kForbidden, "users[0].group_id"}));
  EXPECT_THAT(why(world.as_ann, world.somebody("a@stranger.example", "operator", {world.bolt})),
              HasSubstr("orders.edit"));
  EXPECT_EQ(code(world.ask(world.as_ann, InvitationBatch{{world.somebody("a@stranger.example", "USER_VIEW")}, both})),
            "ok");
  EXPECT_THAT(why(world.as_ann, person("b@stranger.example", "Distributor ReadOnly")), HasSubstr("outweighs"));
  EXPECT_THAT(why(world.as_ann, person("b@stranger.example", "Seller Billing Admin")), HasSubstr("billing.edit"));
  for (const auto* role : {"Super Admin", "Administrator", "Seller Admin", "Product Manager"}) {
    EXPECT_EQ(refused(person("b@stranger.example", role)), (Faults{kForbidden, "users[1].group_id"})) << role;
  }
}

TEST_F(JoinRefusals, TouchNobodyWhoOutranksTheInviterThere) {
  world.join(world.cid, world.acme.no, {"USER_ADD", "viewer"});
  const auto as_cid = world.at(world.cid, world.acme);
  EXPECT_THAT(why(as_cid, person(world.ann.email, "viewer")), HasSubstr("you may not give"));
  EXPECT_THAT(world.holds(world.ann, world.acme), ElementsAre("member", "admin"));
  EXPECT_EQ(why(as_cid, person(world.ben.email, "viewer")), "ok") << "what he is elsewhere does not matter here";
}

TEST_F(JoinRefusals, GiveNothingLastingByWhatAnAgencyCarries) {
  world.connect(world.acme, world.bolt, {"USER_ADD", "viewer"});
  const auto as_dot = world.at(world.dot, world.acme);
  EXPECT_EQ(refused(person("new@stranger.example", "USER_ADD"), as_dot),
            (Faults{kForbidden, "users[0].organization_ids[0]", "users[1].group_id"}))
      << "dot is not even of Bolt's inviters";
  EXPECT_THAT(why(as_dot, person("new@stranger.example", "USER_ADD")), HasSubstr("agency"));
  EXPECT_THAT(why(as_dot, person(world.ben.email, "viewer")), HasSubstr("agency")) << "nor to one of the agency's own";
  EXPECT_EQ(why(as_dot, person("new@stranger.example", "viewer")), "ok") << "what cannot be given on";
}

TEST_F(JoinRefusals, HoldForTokensAndClientsAsForPeople) {
  const auto create = world.permit<Action::kApiTokenCreate>(world.as_ann, world.acme.id);
  const auto made = need(world.api_tokens->create(create, {"robot", std::vector{world.role("USER_ADD")}, {}}));
  const auto robot = need(world.who(made.secret));
  EXPECT_THAT(why(robot, world.somebody("new@stranger.example", "viewer", {world.bolt})), HasSubstr("reach"));
  EXPECT_THAT(why(robot, person("new@stranger.example", "operator")), HasSubstr("orders.edit"));
  EXPECT_EQ(why(robot, person("new@stranger.example", "USER_VIEW")), "ok");
  const auto who = need(world.who(world.signed_in(world.ann).access_token));
  const auto clients = world.permit<Action::kClientEdit>(who);
  const auto client = need(world.clients->create(clients, {"reader", {"users.read"}, {}}));
  const auto token = need(world.clients->token(client.client.id.to_string(), client.secret, {}, world.now()));
  EXPECT_NE(why(need(world.who(token.access_token)), person("other@stranger.example", "USER_VIEW")), "ok");
  EXPECT_EQ(code(world.ask(Principal{}, person())), "auth.token_invalid");
}

}  // namespace
}  // namespace gatehouse::domain
