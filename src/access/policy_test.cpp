#include <gmock/gmock.h>

#include "access/policy_fixture.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace gatehouse::access
