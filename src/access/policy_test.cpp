#include "access/policy.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

template <class T>
T id(std::uint8_t no) {
  Uuid uuid;
  uuid.bytes[15] = no;
  return T(uuid);
}

constexpr Timestamp kNow{1000};
constexpr OrganizationNo kPlatform{1};
constexpr OrganizationNo kParent{2};
constexpr OrganizationNo kChild{3};
constexpr OrganizationNo kOther{4};
constexpr RoleNo kAdmin{1};
constexpr RoleNo kViewer{2};
constexpr RoleNo kOrders{3};
constexpr RoleNo kSuper{4};
constexpr UserNo kRoot{1};
constexpr UserNo kBoss{2};    // admin at the parent
constexpr UserNo kClerk{3};   // viewer at the child
constexpr UserNo kGuest{4};   // member of the child without a role
constexpr UserNo kTrader{5};  // orders at the child

class PolicyTest : public testing::Test {
 protected:
  PolicyTest() {
    (void)names.add("orders.edit", "");
    for (const auto& fact : std::vector<Fact>{
             OrganizationFact{kPlatform, id<OrganizationId>(1), {}},
             OrganizationFact{kParent, id<OrganizationId>(2), kPlatform},
             OrganizationFact{kChild, id<OrganizationId>(3), kParent},
             OrganizationFact{kOther, id<OrganizationId>(4), kPlatform},
             RoleFact{kAdmin,
                      id<RoleId>(1),
                      "admin",
                      30,
                      {"organizations.view", "organizations.edit", "users.view", "memberships.edit"}},
             RoleFact{kViewer, id<RoleId>(2), "viewer", 10, {"organizations.view", "users.view"}},
             RoleFact{kOrders, id<RoleId>(3), "ORDERS_EDIT", 5, {"orders.edit"}},
             RoleFact{kSuper,
                      id<RoleId>(4),
                      "Super Admin",
                      100,
                      {"organizations.view", "organizations.edit", "users.view", "memberships.edit", "orders.edit",
                       "accounts.edit", "users.add"}},
         }) {
      graph.load(fact);
    }
    for (const auto user : {kRoot, kBoss, kClerk, kGuest, kTrader}) {
      graph.load(UserFact{user, id<UserId>(static_cast<std::uint8_t>(user.value)), true});
    }
    graph.load(HoldingFact{kRoot, kPlatform, false, {kSuper}});
    graph.load(HoldingFact{kBoss, kParent, true, {kAdmin}});
    graph.load(HoldingFact{kClerk, kChild, true, {kViewer}});
    graph.load(HoldingFact{kGuest, kChild, true, {}});
    graph.load(HoldingFact{kTrader, kChild, true, {kOrders}});
    for (const auto user : {kRoot, kBoss, kClerk, kGuest, kTrader}) {
      const auto no = static_cast<std::uint8_t>(user.value);
      graph.load(SessionFact{id<SessionId>(no), user, kChild, {kNow.micros + 1}});
    }
    graph.finish_load(1);
  }

  static Principal in_session(UserNo user) {
    const auto no = static_cast<std::uint8_t>(user.value);
    return {Principal::Kind::kUser, id<UserId>(no), user, id<SessionId>(no), kChild, kNever};
  }
  template <Action A>
  std::string_view at(UserNo user, OrganizationNo organization) {
    const auto permit =
        policy.permit<A>(in_session(user), id<OrganizationId>(static_cast<std::uint8_t>(organization.value)), kNow);
    return permit.ok() ? "permitted" : permit.error().code;
  }
  // A pass of that user, for the questions of rule 2.
  Pass pass_of(const Principal& who) { return *policy.permit<Action::kOrganizationList>(who, kNow); }
  Result<void> assign(UserNo giver, OrganizationNo where, const std::vector<RoleNo>& roles) {
    return Policy::may_assign(graph.working(), names, pass_of(in_session(giver)), where, roles);
  }
  bool touches(UserNo giver, UserNo target, OrganizationNo where = kChild) {
    const auto answer = Policy::may_touch(graph.working(), pass_of(in_session(giver)), where, target);
    if (!answer.ok()) { EXPECT_EQ(answer.error().code, "access.outranked"); }
    return answer.ok();
  }

  Permissions names;
  Graph graph{names};
  Policy policy{graph};
};

TEST_F(PolicyTest, PermitsWhatIsHeldThereOrAbove) {
  EXPECT_EQ(at<Action::kOrganizationUpdate>(kBoss, kParent), "permitted");
  EXPECT_EQ(at<Action::kOrganizationUpdate>(kBoss, kChild), "permitted");
  EXPECT_EQ(at<Action::kMembershipList>(kClerk, kChild), "permitted");
  EXPECT_EQ(at<Action::kOrganizationGet>(kGuest, kChild), "permitted");
}

TEST_F(PolicyTest, TellsNothingOfWhatIsOutOfReach) {
  EXPECT_EQ(at<Action::kOrganizationGet>(kBoss, kOther), "organization.not_found");
  EXPECT_EQ(at<Action::kOrganizationUpdate>(kBoss, kOther), "organization.not_found");
  EXPECT_EQ(at<Action::kOrganizationUpdate>(kBoss, {99}), "organization.not_found");
  EXPECT_EQ(at<Action::kOrganizationGet>(kGuest, kParent), "organization.not_found");
  EXPECT_EQ(at<Action::kOrganizationGet>(kBoss, kPlatform), "organization.not_found");
}

TEST_F(PolicyTest, AsksAtTheActiveOrganization) {
  const auto permit = policy.permit_at_active<Action::kMembershipList>(in_session(kClerk), kNow);
  ASSERT_TRUE(permit.ok());
  EXPECT_EQ(permit->organization(), kChild);
  EXPECT_EQ(permit->action(), Action::kMembershipList);
  EXPECT_TRUE(policy.permit_at_active<Action::kOrganizationGet>(in_session(kGuest), kNow).ok());
  const auto lacking = policy.permit_at_active<Action::kMembershipList>(in_session(kGuest), kNow);
  ASSERT_FALSE(lacking.ok());
  EXPECT_EQ(lacking.error().code, "access.forbidden");
}

TEST_F(PolicyTest, SaysWhenThereIsNoActiveOrganization) {
  auto nowhere = in_session(kBoss);
  nowhere.active = {};
  auto unknown = in_session(kBoss);
  unknown.active = {99};
  auto elsewhere = in_session(kBoss);
  elsewhere.active = kOther;
  for (const auto& who : {nowhere, unknown, elsewhere}) {
    const auto refused = policy.permit_at_active<Action::kMembershipList>(who, kNow);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
    EXPECT_EQ(refused.error().code, "access.no_active_organization");
    EXPECT_EQ(policy.permit_at_active<Action::kOrganizationGet>(who, kNow).error().code,
              "access.no_active_organization");
    EXPECT_TRUE(policy.permit_at_active<Action::kSelfEdit>(who, kNow).ok()) << "asked nowhere";
  }
  graph.apply(HoldingFact{kClerk, kChild, false, {}});
  graph.publish(2);
  EXPECT_EQ(policy.permit_at_active<Action::kMembershipList>(in_session(kClerk), kNow).error().code,
            "access.no_active_organization");
  auto ended = nowhere;
  ended.session = id<SessionId>(77);
  EXPECT_EQ(policy.permit_at_active<Action::kMembershipList>(ended, kNow).error().code, "auth.token_invalid");
}

TEST_F(PolicyTest, NamesTheMissingPermission) {
  const auto refused = policy.permit<Action::kMembershipList>(in_session(kGuest), id<OrganizationId>(3), kNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(refused.error().detail, "You need the permission users.view in this organization.");
  const auto platform = policy.permit<Action::kAccountCreate>(in_session(kBoss), kNow);
  ASSERT_FALSE(platform.ok());
  EXPECT_EQ(platform.error().detail, "You need the permission users.add on the platform.");
  EXPECT_TRUE(policy.permit<Action::kAccountCreate>(in_session(kRoot), kNow).ok());
}

TEST_F(PolicyTest, RefusesWhoNoLongerStands) {
  auto ended = in_session(kBoss);
  ended.session = id<SessionId>(77);
  for (const auto& who : {Principal{}, ended}) {
    const auto refused = policy.permit<Action::kOrganizationGet>(who, id<OrganizationId>(99), kNow);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnauthenticated);
    EXPECT_EQ(refused.error().code, "auth.token_invalid");
  }
  EXPECT_FALSE(policy.permit<Action::kSelfEdit>(in_session(kBoss), kNow.plus_s(1)).ok());
}

TEST_F(PolicyTest, KeepsPersonsThingsFromMachines) {
  graph.apply(ClientFact{id<ClientId>(1), kBoss, kParent, kNever, {}, {"organizations.write"}});
  graph.publish(2);
  const Principal client{Principal::Kind::kClient, id<ClientId>(1), kBoss, {}, kParent, kNever};
  EXPECT_TRUE(policy.permit<Action::kOrganizationList>(client, kNow).ok());
  EXPECT_TRUE(policy.permit<Action::kOrganizationUpdate>(client, id<OrganizationId>(3), kNow).ok());
  const auto refused = policy.permit<Action::kClientEdit>(client, kNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
  EXPECT_TRUE(policy.permit<Action::kClientEdit>(in_session(kBoss), kNow).ok());
}

TEST_F(PolicyTest, AsksAgainInTheUnitOfWork) {
  const auto permit = policy.permit<Action::kOrganizationUpdate>(in_session(kBoss), id<OrganizationId>(3), kNow);
  ASSERT_TRUE(permit.ok());
  EXPECT_TRUE(Policy::again(graph.working(), names, *permit).ok());
  graph.apply(HoldingFact{kBoss, kParent, true, {kViewer}});
  const auto refused = Policy::again(graph.working(), names, *permit);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "access.forbidden");
  graph.apply(OrganizationGone{kChild});
  EXPECT_EQ(Policy::again(graph.working(), names, *permit).error().code, "organization.not_found");
  graph.apply(SessionGone{id<SessionId>(2)});
  EXPECT_EQ(Policy::again(graph.working(), names, *permit).error().code, "auth.token_invalid");
}

TEST_F(PolicyTest, GivesEverythingToTheServiceItself) {
  const auto permit = policy.system<Action::kOrganizationUpdate>(kOther, kNow);
  EXPECT_TRUE(Policy::again(graph.working(), names, permit).ok());
  EXPECT_TRUE(Policy::may_assign(graph.working(), names, permit, kOther, {kSuper}).ok());
  EXPECT_TRUE(Policy::may_touch(graph.working(), permit, kPlatform, kRoot).ok());
  EXPECT_EQ(Policy::may_assign(graph.working(), names, permit, kOther, {{99}}).error().code, "role.unknown");
}

TEST_F(PolicyTest, LetsNobodyGiveWhatTheyDoNotHold) {
  EXPECT_TRUE(assign(kBoss, kChild, {kAdmin, kViewer}).ok());
  EXPECT_TRUE(assign(kRoot, kOther, {kSuper, kOrders}).ok());
  const auto orders = assign(kBoss, kChild, {kViewer, kOrders});
  ASSERT_FALSE(orders.ok());
  EXPECT_EQ(orders.error().code, "access.ceiling");
  EXPECT_THAT(orders.error().detail, HasSubstr("orders.edit"));
  EXPECT_THAT(orders.error().detail, testing::Not(HasSubstr("users.view")));
  EXPECT_EQ(assign(kBoss, kOther, {kViewer}).error().code, "access.ceiling");
  EXPECT_EQ(assign(kBoss, kChild, {{99}}).error().code, "role.unknown");
}

TEST_F(PolicyTest, LetsNobodyGiveAWeightAboveTheirOwn) {
  graph.apply(RoleFact{{5}, id<RoleId>(5), "grand viewer", 40, {"users.view"}});
  const auto refused = assign(kBoss, kChild, {{5}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "access.ceiling");
  EXPECT_THAT(refused.error().detail, HasSubstr("grand viewer"));
}

TEST_F(PolicyTest, BindsAClientByItsScopes) {
  graph.apply(ClientFact{id<ClientId>(1), kBoss, kParent, kNever, {}, {"users.read"}});
  graph.publish(2);
  const auto pass = pass_of({Principal::Kind::kClient, id<ClientId>(1), kBoss, {}, kParent, kNever});
  const auto refused = Policy::may_assign(graph.working(), names, pass, kChild, {kViewer});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().detail, HasSubstr("organizations.view"));
}

TEST_F(PolicyTest, LetsNobodyTouchWhoOutranksThem) {
  EXPECT_TRUE(touches(kBoss, kClerk));
  EXPECT_TRUE(touches(kBoss, kGuest));
  EXPECT_TRUE(touches(kBoss, kBoss));
  EXPECT_TRUE(touches(kRoot, kBoss));
  EXPECT_FALSE(touches(kClerk, kBoss));
  EXPECT_FALSE(touches(kBoss, kRoot));
  EXPECT_FALSE(touches(kBoss, kTrader)) << "holds a role that the boss may not give";
}

TEST_F(PolicyTest, DoesNotLowerARankByDeactivation) {
  graph.apply(UserFact{kBoss, id<UserId>(2), false});
  EXPECT_FALSE(touches(kClerk, kBoss));
}

TEST_F(PolicyTest, RanksThroughConnectionsToo) {
  graph.apply(HoldingFact{kGuest, kOther, true, {}});
  graph.apply(ConnectionFact{id<ConnectionId>(1), kParent, kOther, {kSuper}});
  graph.publish(2);
  EXPECT_FALSE(touches(kBoss, kGuest));
}

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
