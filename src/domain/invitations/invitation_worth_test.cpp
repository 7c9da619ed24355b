// What an invitation is worth at the time of use: nothing, when it has lapsed, when who vouched for it may no longer
// invite, or when the invited person is not who it was made for. Nothing was cleaned up in any of these.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/invitations/invitations.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::IsEmpty;

constexpr std::int64_t kLifetime_s = 7 * 86'400;

class InvitationWorth : public ::testing::Test {
 protected:
  // Neither shown nor accepted, and nothing is left of the attempt.
  void expect_worthless(const std::string& token, const std::string& expected) {
    const auto before = world.left_behind();
    EXPECT_EQ(code(world.invitations->preview(token)), expected);
    EXPECT_EQ(code(world.invitations->accept(token)), expected);
    EXPECT_EQ(world.left_behind(), before);
  }
  // Of Bolt, vouched for by dot, who has just been hired with that right.
  std::string vouched_for_by_dot() {
    world.join(world.dot, world.acme.no, {"USER_ADD"});
    need(world.invite(world.at(world.dot, world.acme), world.acme, world.for_bolt()));
    return world.token();
  }

  Companies world;
};

TEST_F(InvitationWorth, LastsSevenDaysByTheClock) {
  const auto token = world.invited(world.for_bolt());
  world.clock.advance_s(kLifetime_s - 1);
  EXPECT_TRUE(world.invitations->preview(token).ok());
  world.clock.advance_s(1);
  expect_worthless(token, "invitation.expired");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "invitation.expired");
  EXPECT_EQ(world.listed(world.as_ann, world.acme).status, InvitationStatus::kPending);
  world.restart();
  expect_worthless(token, "invitation.expired");
}

TEST_F(InvitationWorth, IsNothingWhileWhoSentItMayNotInvite) {
  const auto token = vouched_for_by_dot();
  world.take_roles(world.dot, world.acme.no);
  expect_worthless(token, "invitation.void");
  world.join(world.dot, world.acme.no, {"USER_VIEW"});
  expect_worthless(token, "invitation.void");
  world.restart();
  expect_worthless(token, "invitation.void");
  world.join(world.dot, world.acme.no, {"USER_ADD"});
  EXPECT_EQ(code(world.invitations->accept(token)), "ok");
}

TEST_F(InvitationWorth, IsNothingWhenWhoSentItWasRemoved) {
  const auto token = vouched_for_by_dot();
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.dot.no, world.acme.no); });
  expect_worthless(token, "invitation.void");
  need(world.users->remove(world.system<Action::kAccountRemove>(world.platform), world.dot.id));
  expect_worthless(token, "invitation.void");
}

TEST_F(InvitationWorth, IsNothingWhileWhoSentItIsDeactivated) {
  const auto token = vouched_for_by_dot();
  world.set_status(world.dot, UserStatus::kInactive);
  expect_worthless(token, "invitation.void");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "ok") << "declining gives nothing";
  for (const auto& due : world.delivered()) EXPECT_NE(due.mail.to, world.dot.email);
}

TEST_F(InvitationWorth, OfOneWhoHoldsTheRightFromAboveDoesNotEndWithAMembership) {
  world.join(world.dot, world.platform, {"Super Admin"});
  world.join(world.dot, world.acme.no, {});
  need(world.invite(world.at(world.dot, world.acme), world.acme, world.for_bolt()));
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.dot.no, world.acme.no); });
  EXPECT_EQ(code(world.invitations->accept(world.token())), "ok");
}

TEST_F(InvitationWorth, OfAnAgencysPersonEndsWithTheConnection) {
  const auto connection = world.connect(world.acme, world.bolt, {"USER_ADD"});
  auto as_customer = world.for_stranger();
  EXPECT_EQ(code(world.invite(world.at(world.dot, world.acme), world.acme, as_customer)), "access.through_agency")
      << "a further agency would see the customer for longer";
  as_customer.relation = Relation::kCustomer;
  need(world.invite(world.at(world.dot, world.acme), world.acme, as_customer));
  const auto token = world.token();
  EXPECT_TRUE(world.invitations->preview(token).ok());
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ann, world.acme.id), connection));
  expect_worthless(token, "invitation.void");
}

TEST_F(InvitationWorth, OfAMachineClientIsThatOfItsOwnerItsScopesAndItsLife) {
  world.join(world.cid, world.acme.no, {"admin"});
  const auto who = need(world.who(world.signed_in(world.ann).access_token));
  const auto permit = world.permit<Action::kClientEdit>(who);
  const auto client = [&](const std::string& name, std::vector<std::string> scopes,
                          std::optional<Timestamp> expires_at) {
    const auto made = need(world.clients->create(permit, {name, std::move(scopes), expires_at}));
    const auto token = need(world.clients->token(made.client.id.to_string(), made.secret, {}, world.now()));
    return std::pair(made.client.id, need(world.who(token.access_token)));
  };
  const auto reader = client("reader", {"invitations.read"}, {}).second;
  EXPECT_EQ(code(world.invite(reader, world.acme, world.for_bolt())), "access.forbidden");
  const auto brief = client("brief", {"invitations.write"}, world.now().plus_s(60)).second;
  const auto lasting = client("lasting", {"invitations.write"}, {});
  need(world.invite(brief, world.acme, world.for_bolt()));
  const auto of_brief = world.token();
  need(world.invite(lasting.second, world.acme, world.for_stranger()));
  const auto of_lasting = world.token();
  EXPECT_EQ(need(world.invitations->preview(of_lasting)).inviter_person, "");
  world.clock.advance_s(60);
  expect_worthless(of_brief, "invitation.void");
  world.set_status(world.ann, UserStatus::kInactive);
  expect_worthless(of_lasting, "invitation.void");
  world.set_status(world.ann, UserStatus::kActive);
  EXPECT_TRUE(world.invitations->preview(of_lasting).ok());
  need(world.clients->remove(
      world.permit<Action::kClientEdit>(need(world.who(world.signed_in(world.ann).access_token))), lasting.first));
  expect_worthless(of_lasting, "invitation.void");
}

TEST_F(InvitationWorth, OfAnApiTokenEndsWithTheToken) {
  const auto create = world.permit<Action::kApiTokenCreate>(world.as_ann, world.acme.id);
  const auto made = need(world.api_tokens->create(create, {"robot", std::vector{world.role("USER_ADD")}, {}}));
  const auto brief =
      need(world.api_tokens->create(create, {"brief", std::vector{world.role("USER_ADD")}, world.now().plus_s(60)}));
  need(world.invite(need(world.who(made.secret)), world.acme, world.for_bolt()));
  const auto of_made = world.token();
  need(world.invite(need(world.who(brief.secret)), world.acme, world.for_stranger()));
  const auto of_brief = world.token();
  world.take_roles(world.ann, world.acme.no);
  EXPECT_TRUE(world.invitations->preview(of_made).ok()) << "the organization's, not its creator's";
  world.clock.advance_s(60);
  expect_worthless(of_brief, "invitation.void");
  need(world.api_tokens->revoke(world.system<Action::kApiTokenRevoke>(world.acme.no), made.token.id));
  expect_worthless(of_made, "invitation.void");
}

TEST_F(InvitationWorth, IsNothingWhenTheInvitedPersonLeftTheOrganization) {
  const auto token = world.invited(world.for_bolt());
  world.join(world.ben, world.organization("Bolt Two").no, {"admin"});
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.ben.no, world.bolt.no); });
  expect_worthless(token, "invitation.void");
  world.join(world.ben, world.bolt.no, {});
  EXPECT_EQ(code(world.invitations->accept(token)), "ok");
}

TEST_F(InvitationWorth, IsNothingWhenTheAccountIsGoneOrHasAnotherAddress) {
  const auto token = world.invited(world.for_bolt());
  UserPatch patch;
  patch.email = "ben@elsewhere.example";
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), world.ben.id, patch));
  expect_worthless(token, "invitation.void");
  EXPECT_EQ(world.rows("users WHERE email = 'ben@example.com'"), 0);
}

TEST_F(InvitationWorth, IsNothingWhileTheInvitedPersonIsDeactivated) {
  const auto bound = world.invited(world.for_bolt());
  const auto eve = world.person("eve");
  need(world.users->remove(world.system<Action::kAccountRemove>(world.platform), eve.id));
  const auto unbound = world.invited({"eve@example.com", "Evergreen", Relation::kAgency});
  const auto again = world.person("eve");
  world.join(world.dot, world.bolt.no, {"admin"});
  world.set_status(world.ben, UserStatus::kInactive);
  world.set_status(again, UserStatus::kInactive);
  expect_worthless(bound, "invitation.void");
  expect_worthless(unbound, "invitation.void");
  EXPECT_FALSE(world.invitations->accept(unbound, std::string(kPassword)).ok());
  world.set_status(world.ben, UserStatus::kActive);
  EXPECT_EQ(code(world.invitations->accept(bound)), "ok");
}

TEST_F(InvitationWorth, IsNothingToAnybodysRightsWhileItIsPending) {
  const auto before = world.effective(world.ben, world.acme.no);
  world.invited(world.for_bolt());
  EXPECT_EQ(world.effective(world.ben, world.acme.no), before);
  world.graph->read([&](const access::View& view) {
    EXPECT_FALSE(view.reaches(*view.subject_user(world.ben.id), world.acme.no, world.now()));
    EXPECT_THAT(view.connections_of_customer(world.acme.no), IsEmpty());
  });
}

}  // namespace
}  // namespace gatehouse::domain
