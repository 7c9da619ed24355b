#include <gmock/gmock.h>

#include <algorithm>

#include "access/policy_fixture.hpp"

namespace gatehouse::access {
namespace {

// The guest works for the agency kOther, whose connection into the parent carries the admin role.
class PolicyOfAgencies : public PolicyTest {
 protected:
  PolicyOfAgencies() {
    graph.apply(HoldingFact{kGuest, kOther, true, {}});
    graph.apply(HoldingFact{kClerk, kOther, true, {}});
    graph.apply(ConnectionFact{id<ConnectionId>(1), kParent, kOther, {kAdmin}});
    graph.publish(2);
  }
  // As a pass for editing memberships there.
  Pass editing(const Principal& who, OrganizationNo where = kParent) {
    return *policy.permit<Action::kMembershipUpdate>(who, id<OrganizationId>(static_cast<std::uint8_t>(where.value)),
                                                     kNow);
  }
  std::string_view own_right(const Pass& pass, OrganizationNo where = kParent, const std::vector<RoleNo>& roles = {}) {
    const auto answer = Policy::acts_in_own_right(graph.working(), pass, where, roles);
    return answer.ok() ? "own" : answer.error().code;
  }
  std::string_view admits(const Pass& pass, UserNo target, OrganizationNo where = kParent,
                          const std::vector<RoleNo>& roles = {}) {
    const auto answer = Policy::may_admit(graph.working(), names, pass, where, target, roles);
    return answer.ok() ? "admitted" : answer.error().code;
  }
};

TEST_F(PolicyOfAgencies, KnowsWhoActsThroughAConnectionAlone) {
  EXPECT_EQ(own_right(editing(in_session(kBoss))), "own");
  EXPECT_EQ(own_right(editing(in_session(kRoot))), "own") << "held from above";
  EXPECT_EQ(own_right(editing(in_session(kGuest))), "access.through_agency");
  EXPECT_EQ(own_right(editing(in_session(kGuest), kChild), kChild), "access.through_agency") << "flowing down";
  EXPECT_EQ(own_right(policy.system<Action::kMembershipUpdate>(kParent, kNow)), "own");
}

TEST_F(PolicyOfAgencies, LooksAtThePermissionThatTheActNeeds) {
  graph.apply(HoldingFact{kGuest, kParent, true, {kViewer}});
  EXPECT_EQ(own_right(editing(in_session(kGuest))), "access.through_agency") << "seeing users is another right";
  graph.apply(HoldingFact{kGuest, kParent, true, {kAdmin}});
  EXPECT_EQ(own_right(editing(in_session(kGuest))), "own");
  graph.apply(HoldingFact{kGuest, kParent, true, {}});
  graph.apply(HoldingFact{kGuest, kPlatform, false, {kSuper}});
  EXPECT_EQ(own_right(editing(in_session(kGuest))), "own");
}

TEST_F(PolicyOfAgencies, LooksAtEveryRoleThatIsGiven) {
  const RoleNo clerk{5};
  const RoleNo light{6};
  graph.apply(RoleFact{clerk, id<RoleId>(5), "clerk", 20, {"organizations.view", "users.view", "memberships.edit"}});
  graph.apply(
      RoleFact{light, id<RoleId>(6), "light clerk", 9, {"organizations.view", "users.view", "memberships.edit"}});
  graph.apply(HoldingFact{kGuest, kParent, true, {clerk}});
  const auto pass = editing(in_session(kGuest));
  EXPECT_EQ(own_right(pass, kParent, {kViewer, clerk}), "own");
  EXPECT_EQ(own_right(pass, kParent, {kViewer, kAdmin}), "access.through_agency") << "it may give it, but not for good";
  EXPECT_EQ(own_right(pass, kParent, {{99}}), "access.through_agency") << "an unknown role";
  EXPECT_EQ(admits(pass, kGuest, kParent, {kViewer}), "admitted");
  EXPECT_EQ(admits(pass, kGuest, kParent, {kAdmin}), "access.through_agency");
  EXPECT_EQ(admits(pass, kClerk, kParent, {kAdmin}), "access.through_agency");
  EXPECT_EQ(admits(pass, kTrader, kParent, {kViewer}), "admitted") << "no member of the agency";
  graph.apply(HoldingFact{kGuest, kParent, true, {light}});
  EXPECT_EQ(own_right(pass, kParent, {kViewer}), "access.through_agency") << "its own weight counts";
}

TEST_F(PolicyOfAgencies, LooksAtEveryPermissionThatTheActNeeds) {
  const RoleNo editor{5};
  const RoleNo both{6};
  graph.apply(RoleFact{editor, id<RoleId>(5), "editor", 15, {"users.edit"}});
  graph.apply(RoleFact{both, id<RoleId>(6), "editor and adder", 15, {"users.edit", "users.add"}});
  graph.apply(ConnectionFact{id<ConnectionId>(1), kParent, kOther, {both}});
  graph.apply(HoldingFact{kGuest, kParent, true, {editor}});
  graph.publish(3);
  const auto pass = *policy.permit<Action::kApiTokenCreate>(in_session(kGuest), id<OrganizationId>(2), kNow);
  EXPECT_EQ(own_right(pass), "access.through_agency");
  graph.apply(HoldingFact{kGuest, kParent, true, {both}});
  EXPECT_EQ(own_right(pass), "own");
}

TEST_F(PolicyOfAgencies, TakesAClientForItsOwnerAndATokenForTheOrganizations) {
  graph.apply(ClientFact{id<ClientId>(1), kGuest, kParent, kNever, {}, {"memberships.write", "organizations.read"}});
  graph.apply(ApiTokenFact{id<ApiTokenId>(1), kParent, kNever, {}, {kAdmin}});
  graph.publish(3);
  const Principal client{Principal::Kind::kClient, id<ClientId>(1), kGuest, {}, kParent, kNever};
  EXPECT_EQ(own_right(editing(client)), "access.through_agency");
  EXPECT_EQ(admits(editing(client), kClerk), "access.through_agency");
  const Principal token{Principal::Kind::kApiToken, id<ApiTokenId>(1), {}, {}, kParent, kNever};
  EXPECT_EQ(own_right(editing(token)), "own");
  EXPECT_EQ(admits(editing(token), kClerk), "admitted");
}

TEST_F(PolicyOfAgencies, LetsAnAgencyGiveItsOwnPeopleNothing) {
  const auto pass = editing(in_session(kGuest));
  EXPECT_EQ(admits(pass, kClerk), "access.through_agency");
  EXPECT_EQ(admits(pass, kGuest), "access.through_agency") << "itself least of all";
  EXPECT_EQ(admits(pass, kTrader), "admitted") << "no member of the agency";
  EXPECT_EQ(admits(editing(in_session(kBoss)), kClerk), "admitted") << "by the customer's own";
  EXPECT_EQ(admits(editing(in_session(kGuest), kChild), kClerk, kChild), "access.through_agency");
  graph.apply(HoldingFact{kClerk, kOther, false, {kViewer}});
  EXPECT_EQ(admits(pass, kClerk), "admitted") << "who holds a role at the agency is no member by that";
}

TEST_F(PolicyOfAgencies, LetsNobodyGetThroughAConnectionWhatLetsHimGive) {
  const auto pass = editing(in_session(kGuest));
  EXPECT_EQ(admits(pass, kTrader, kParent, {kAdmin}), "access.through_agency") << "memberships.edit";
  EXPECT_EQ(admits(pass, kTrader, kParent, {kViewer}), "admitted");
  for (const auto* permission : {"users.edit", "users.add", "users.remove", "invitations.edit", "connections.edit"}) {
    graph.apply(RoleFact{{5}, id<RoleId>(5), "one", 5, {permission}});
    EXPECT_EQ(admits(pass, kTrader, kParent, {{5}}), "access.through_agency") << permission;
  }
  EXPECT_EQ(admits(editing(in_session(kBoss)), kTrader, kParent, {kAdmin}), "admitted");
}

TEST_F(PolicyOfAgencies, LetsNobodyComeInWhereAConnectionLeadsOnToWhatTheyDoNotHold) {
  const auto pass = editing(in_session(kGuest));
  graph.apply(ConnectionFact{id<ConnectionId>(2), kOther, kParent, {}});
  EXPECT_EQ(admits(pass, kTrader), "admitted") << "it carries nothing";
  graph.apply(ConnectionFact{id<ConnectionId>(2), kOther, kParent, {kViewer}});
  EXPECT_EQ(admits(pass, kTrader), "access.ceiling");
  EXPECT_EQ(admits(editing(in_session(kBoss)), kTrader), "admitted") << "a member holds what it carries";
  graph.apply(HoldingFact{kTrader, kParent, true, {}});
  EXPECT_EQ(admits(pass, kTrader), "admitted") << "who is a member already";
}

TEST_F(PolicyOfAgencies, KeepsThoseWhoGaveAnAgencyItsRoles) {
  const auto touch = [&](UserNo who, UserNo target) {
    const auto answer = Policy::may_touch(graph.working(), editing(in_session(who)), kParent, target);
    return answer.ok() ? std::string_view("touched") : answer.error().code;
  };
  EXPECT_EQ(touch(kGuest, kBoss), "access.through_agency");
  EXPECT_EQ(touch(kRoot, kBoss), "touched");
  graph.apply(HoldingFact{kTrader, kParent, true, {kViewer}});
  EXPECT_EQ(touch(kGuest, kTrader), "touched");
  EXPECT_EQ(touch(kGuest, kRoot), "access.outranked");
  graph.apply(HoldingFact{kGuest, kParent, true, {kAdmin}});
  EXPECT_EQ(touch(kGuest, kBoss), "touched") << "in its own right";
}

TEST_F(PolicyOfAgencies, AsksAPassAgain) {
  const auto pass = editing(in_session(kGuest));
  EXPECT_TRUE(policy.still(pass).ok());
  graph.apply(ConnectionGone{id<ConnectionId>(1)});
  EXPECT_TRUE(policy.still(pass).ok()) << "what is not published has not happened";
  graph.publish(3);
  EXPECT_EQ(policy.still(pass).error().code, "organization.not_found");
}

TEST_F(PolicyOfAgencies, FindsNoAgencyWhereTheConnectionHasEnded) {
  const auto pass = editing(in_session(kGuest));
  graph.apply(ConnectionGone{id<ConnectionId>(1)});
  EXPECT_FALSE(Policy::again(graph.working(), names, pass).ok()) << "what keeps it from acting then";
  EXPECT_EQ(admits(pass, kClerk), "admitted");
}

TEST(Actions, AreNamedOnce) {
  std::vector<std::string_view> names;
  for (auto i = 0; i <= static_cast<int>(Action::kInvitationReject); ++i) {
    const auto& row = rule(static_cast<Action>(i));
    EXPECT_EQ(static_cast<int>(row.action), i);
    names.push_back(row.name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace gatehouse::access
