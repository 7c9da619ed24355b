// What an invitation to join is worth when it is taken up: what whoever sent it may still give then, at each organization.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/people_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::need;
using gatehouse::testing::People;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kNew = "new@stranger.example";

class JoinWorth : public ::testing::Test {
 protected:
  // Into Acme and Bolt, by dot, who was hired at both with that right.
  std::string into_both(const std::string& role = "viewer") {
    world.join(world.dot, world.acme.no, {"USER_ADD", role});
    world.join(world.dot, world.bolt.no, {"USER_ADD", role});
    return world.joining(world.as(world.dot), world.somebody(kNew, role, {world.acme, world.bolt}));
  }
  std::string into_acme() {
    world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
    return world.joining(world.as(world.dot), world.somebody(kNew, "viewer", {world.acme}));
  }
  // Shown and given: that, and nothing else.
  void expect_only(const std::string& secret, const Organization& there, const Organization& nowhere) {
    EXPECT_THAT(need(world.joins->preview(secret)).organizations, ElementsAre(there.name));
    EXPECT_THAT(need(world.joins->activate(secret)).organizations, ElementsAre(there.id));
    EXPECT_THAT(world.holds(kNew, there), ElementsAre("member", "viewer"));
    EXPECT_THAT(world.holds(kNew, nowhere), IsEmpty());
  }

  People world;
};

TEST_F(JoinWorth, IsTheRestWhenTheInviterWasDemotedInOneOfTwo) {
  const auto secret = into_both();
  world.take_roles(world.dot, world.acme.no);
  world.restart();
  expect_only(secret, world.bolt, world.acme);
}

TEST_F(JoinWorth, IsTheRestWhenTheInviterHoldsTheRightButNotTheRoleAnyMore) {
  const auto secret = into_both();
  world.unit(
      [&](Unit& unit) { Memberships::change_roles(unit, world.dot.no, world.bolt.no, {}, {world.role("viewer")}); });
  expect_only(secret, world.acme, world.bolt);
}

TEST_F(JoinWorth, IsNothingWhenTheInviterWasDemotedEverywhereAndAllAgainAfterwards) {
  const auto secret = into_both();
  world.take_roles(world.dot, world.acme.no);
  world.take_roles(world.dot, world.bolt.no);
  world.expect_worthless(secret, "invitation.void");
  world.join(world.dot, world.acme.no, {"USER_VIEW", "viewer"});
  world.expect_worthless(secret, "invitation.void");
  world.join(world.dot, world.acme.no, {"USER_ADD"});
  expect_only(secret, world.acme, world.bolt);
}

TEST_F(JoinWorth, IsTheRestWhenTheInviterWasRemovedFromOneOfTwo) {
  const auto secret = into_both();
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.dot.no, world.acme.no); });
  expect_only(secret, world.bolt, world.acme);
}

TEST_F(JoinWorth, IsNothingWhileTheInviterIsDeactivated) {
  const auto secret = into_both();
  world.set_status(world.dot, UserStatus::kInactive);
  world.expect_worthless(secret, "invitation.void");
  world.set_status(world.dot, UserStatus::kActive);
  EXPECT_EQ(world.activate(secret), "ok");
}

TEST_F(JoinWorth, IsNothingWhenTheInvitersAccountIsGone) {
  const auto secret = into_both();
  world.remove_account(world.dot);
  world.expect_worthless(secret, "invitation.void");
  EXPECT_TRUE(world.joins->reject(secret).ok()) << "declining gives nothing";
}

TEST_F(JoinWorth, OfAMachineClientEndsWithItsLifeAndItsOwnersRights) {
  world.join(world.cid, world.acme.no, {"admin"});
  const auto who = need(world.who(world.signed_in(world.ann).access_token));
  const auto permit = world.permit<Action::kClientEdit>(who);
  const auto client = [&](const std::string& name, std::optional<Timestamp> expires_at) {
    const auto made =
        need(world.clients->create(permit, {name, {"users.write", "organizations.read", "roles.read"}, expires_at}));
    const auto token = need(world.clients->token(made.client.id.to_string(), made.secret, {}, world.now()));
    return std::pair(made.client.id, need(world.who(token.access_token)));
  };
  const auto brief = client("brief", world.now().plus_s(60));
  const auto lasting = client("lasting", {});
  const auto of_brief = world.joining(brief.second, world.somebody("b@stranger.example", "viewer", {world.acme}));
  const auto of_lasting = world.joining(lasting.second, world.somebody(kNew, "viewer", {world.acme}));
  EXPECT_EQ(need(world.joins->preview(of_lasting)).inviter_person, "");
  world.clock.advance_s(60);
  world.expect_worthless(of_brief, "invitation.void");
  world.set_status(world.ann, UserStatus::kInactive);
  world.expect_worthless(of_lasting, "invitation.void");
  world.set_status(world.ann, UserStatus::kActive);
  EXPECT_TRUE(world.joins->preview(of_lasting).ok());
  const auto again = world.permit<Action::kClientEdit>(need(world.who(world.signed_in(world.ann).access_token)));
  need(world.clients->remove(again, lasting.first));
  world.expect_worthless(of_lasting, "invitation.void");
}

TEST_F(JoinWorth, OfAnApiTokenEndsWithTheToken) {
  const auto create = world.permit<Action::kApiTokenCreate>(world.as_ann, world.acme.id);
  const std::vector<RoleNo> roles{world.role("USER_ADD"), world.role("viewer")};
  const auto made = need(world.api_tokens->create(create, {"robot", roles, {}}));
  const auto brief = need(world.api_tokens->create(create, {"brief", roles, world.now().plus_s(60)}));
  const auto of_made = world.joining(need(world.who(made.secret)), world.somebody(kNew, "viewer", {world.acme}));
  const auto of_brief =
      world.joining(need(world.who(brief.secret)), world.somebody("b@stranger.example", "viewer", {world.acme}));
  world.take_roles(world.ann, world.acme.no);
  EXPECT_TRUE(world.joins->preview(of_made).ok()) << "the organization's, not its creator's";
  world.clock.advance_s(60);
  world.expect_worthless(of_brief, "invitation.void");
  need(world.api_tokens->revoke(world.system<Action::kApiTokenRevoke>(world.acme.no), made.token.id));
  world.expect_worthless(of_made, "invitation.void");
}

TEST_F(JoinWorth, OfAnAgencysPersonEndsWithTheConnection) {
  const auto connection = world.connect(world.acme, world.bolt, {"USER_ADD", "viewer"});
  const auto secret = world.joining(world.at(world.dot, world.acme), world.somebody(kNew, "viewer", {world.acme}));
  EXPECT_TRUE(world.joins->preview(secret).ok());
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ann, world.acme.id), connection));
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinWorth, OfAnAgencysPersonIsNothingForWhoBecameOneOfTheAgency) {
  world.connect(world.acme, world.bolt, {"USER_ADD", "viewer"});
  const auto secret = world.joining(world.at(world.dot, world.acme), world.somebody(kNew, "viewer", {world.acme}));
  world.join(*world.account_of(kNew), world.bolt.no, {});
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinWorth, IsTheRestWhenAnOrganizationMovedOutOfTheInvitersReach) {
  const auto part = world.organization("Part", world.acme.no);
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "viewer", {world.acme, part}));
  need(world.organizations->move(world.system<Action::kOrganizationMove>(part.no), world.bolt.id));
  expect_only(secret, world.acme, part);
}

TEST_F(JoinWorth, IsTheRestWhenAnOrganizationIsGone) {
  const auto part = world.organization("Part", world.acme.no);
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "viewer", {world.acme, part}));
  world.remove_organization(part);
  EXPECT_EQ(world.rows("invitation_targets"), 1);
  EXPECT_THAT(need(world.joins->preview(secret)).organizations, ElementsAre("Acme"));
  EXPECT_THAT(need(world.joins->activate(secret)).organizations, ElementsAre(world.acme.id));
}

TEST_F(JoinWorth, IsNothingWhenItsOnlyOrganizationIsGone) {
  const auto part = world.organization("Part", world.acme.no);
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "viewer", {part}));
  world.remove_organization(part);
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinWorth, IsNothingOnceTheRoleOutweighsTheInviter) {
  std::vector<RoleDefinition> own{{"Local", "APPLICATION", 12, "", {"orders.view"}, {}}};
  need(Roles(*world.ledger).sync(own));
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "Local", {world.acme}));
  own[0].weight = 31;
  need(Roles(*world.ledger).sync(own));
  world.expect_worthless(secret, "invitation.void");
  own[0].weight = 30;
  need(Roles(*world.ledger).sync(own));
  EXPECT_EQ(world.activate(secret), "ok");
}

TEST_F(JoinWorth, IsNothingOnceTheRoleCarriesWhatTheInviterDoesNotHold) {
  std::vector<RoleDefinition> own{{"Local", "APPLICATION", 12, "", {"orders.view"}, {}}};
  need(Roles(*world.ledger).sync(own));
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "Local", {world.acme}));
  own[0].permissions = {"orders.view", "products.edit"};
  need(Roles(*world.ledger).sync(own));
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinWorth, IsNothingWhereTheInvitedPersonOutranksTheInviterByNow) {
  const auto secret = into_both();
  world.join(*world.account_of(kNew), world.acme.no, {"admin"});
  EXPECT_THAT(need(world.joins->preview(secret)).organizations, ElementsAre("Bolt"));
  need(world.joins->activate(secret));
  EXPECT_THAT(world.holds(kNew, world.acme), ElementsAre("member", "admin"));
  EXPECT_THAT(world.holds(kNew, world.bolt), ElementsAre("member", "viewer"));
}

TEST_F(JoinWorth, OfOneWhoHoldsTheRightFromAboveDoesNotEndWithAMembership) {
  const auto north = world.organization("North", world.acme.no);
  world.join(world.ann, north.no, {});
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "admin", {north}));
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.ann.no, north.no); });
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_THAT(world.holds(kNew, north), ElementsAre("member", "admin"));
}

TEST_F(JoinWorth, IsNothingToAnybodysRightsWhileItIsPending) {
  into_both();
  const auto made = *world.account_of(kNew);
  EXPECT_THAT(world.effective(made, world.acme.no), IsEmpty());
  world.graph->read([&](const access::View& view) {
    EXPECT_FALSE(view.reaches(*view.subject_user(made.id), world.acme.no, world.now()));
    EXPECT_FALSE(view.is_member(made.no, world.acme.no));
  });
}

}  // namespace
}  // namespace gatehouse::domain
