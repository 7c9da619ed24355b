// What is asked within units of work: the permit at an organization that the input names, and all of rule 2 before somebody
// is let in.
#include <gmock/gmock.h>

#include "access/policy_fixture.hpp"

namespace gatehouse::access {
namespace {

class PolicyInUnits : public PolicyTest {
 protected:
  PolicyInUnits() {
    graph.apply(RoleFact{kAdder, id<RoleId>(5), "adder", 15, {"users.add", "users.view"}});
    graph.apply(HoldingFact{kClerk, kChild, true, {kViewer, kAdder}});
    graph.publish(2);
  }
  Result<Permit<Action::kUserAdd>> permit_in(const Principal& who, OrganizationNo where, Timestamp now = kNow) {
    return Policy::permit_in<Action::kUserAdd>(graph.working(), names, who, where, now);
  }
  std::string_view adds(const Principal& who, OrganizationNo where, Timestamp now = kNow) {
    const auto permit = permit_in(who, where, now);
    return permit.ok() ? "permitted" : permit.error().code;
  }
  std::string_view adds(UserNo user, OrganizationNo where) { return adds(in_session(user), where); }
  std::string_view gives(UserNo giver, UserNo target, const std::vector<RoleNo>& roles, OrganizationNo where = kChild) {
    const auto permit = permit_in(in_session(giver), where);
    if (!permit.ok()) return permit.error().code;
    const auto answer = Policy::may_give(graph.working(), names, *permit, where, target, roles);
    return answer.ok() ? "given" : answer.error().code;
  }

  static constexpr RoleNo kAdder{5};
};

TEST_F(PolicyInUnits, PermitsWhereThePermissionIsHeld) {
  EXPECT_EQ(adds(kClerk, kChild), "permitted");
  EXPECT_EQ(adds(kRoot, kOther), "permitted");
  EXPECT_EQ(adds(kBoss, kChild), "access.forbidden") << "it edits, and adds nobody";
  EXPECT_EQ(adds(kGuest, kChild), "access.forbidden");
  const auto permit = permit_in(in_session(kClerk), kChild);
  ASSERT_TRUE(permit.ok());
  EXPECT_EQ(permit->organization(), kChild);
  EXPECT_EQ(permit->action(), Action::kUserAdd);
  EXPECT_EQ(permit->principal().user, kClerk);
  EXPECT_EQ(permit->now(), kNow);
}

TEST_F(PolicyInUnits, IsForbiddenAndNotAbsentWhereTheCallerReachesNothing) {
  for (const auto where : {kOther, kParent, kPlatform, OrganizationNo{99}, OrganizationNo()}) {
    const auto refused = permit_in(in_session(kClerk), where);
    ASSERT_FALSE(refused.ok()) << where.value;
    EXPECT_EQ(refused.error().code, "access.out_of_reach");
    EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
  }
}

TEST_F(PolicyInUnits, RefusesWhoNoLongerStands) {
  auto ended = in_session(kClerk);
  ended.session = id<SessionId>(77);
  EXPECT_EQ(adds(ended, kChild), "auth.token_invalid");
  EXPECT_EQ(adds(ended, kOther), "auth.token_invalid") << "whether there is such an organization is not told";
  EXPECT_EQ(adds(Principal{}, kChild), "auth.token_invalid");
  EXPECT_EQ(adds(in_session(kClerk), kChild, kNow.plus_s(1)), "auth.token_invalid");
  graph.apply(UserFact{kClerk, id<UserId>(3), false});
  EXPECT_EQ(adds(kClerk, kChild), "auth.token_invalid");
}

TEST_F(PolicyInUnits, SeesWhatTheUnitHasDoneSoFar) {
  graph.apply(HoldingFact{kGuest, kChild, true, {kAdder}});
  EXPECT_EQ(adds(kGuest, kChild), "permitted");
  graph.apply(HoldingFact{kClerk, kChild, true, {kViewer}});
  EXPECT_EQ(adds(kClerk, kChild), "access.forbidden");
  graph.apply(OrganizationFact{kChild, id<OrganizationId>(3), kOther});
  graph.apply(HoldingFact{kRoot, kPlatform, false, {}});
  EXPECT_EQ(adds(kRoot, kChild), "access.out_of_reach");
  graph.apply(OrganizationGone{kChild});
  EXPECT_EQ(adds(kGuest, kChild), "access.out_of_reach");
}

TEST_F(PolicyInUnits, PermitsTheSubjectsThatVouchedForSomethingEarlier) {
  graph.apply(ApiTokenFact{id<ApiTokenId>(1), kParent, {kNow.micros + 5}, {}, {kAdder}});
  graph.apply(ClientFact{id<ClientId>(1), kClerk, kChild, kNever, {}, {"users.write"}});
  graph.apply(ClientFact{id<ClientId>(2), kClerk, kChild, kNever, {}, {"users.read"}});
  const auto& view = graph.working();
  EXPECT_EQ(adds(*view.subject_user(id<UserId>(3)), kChild), "permitted") << "a person, without a session";
  EXPECT_EQ(adds(*view.subject_api_token(id<ApiTokenId>(1)), kParent), "permitted");
  EXPECT_EQ(adds(*view.subject_api_token(id<ApiTokenId>(1)), kOther), "access.out_of_reach");
  EXPECT_EQ(adds(*view.subject_api_token(id<ApiTokenId>(1)), kParent, {kNow.micros + 5}), "auth.token_invalid");
  EXPECT_EQ(adds(*view.subject_client(id<ClientId>(1)), kChild), "permitted");
  EXPECT_EQ(adds(*view.subject_client(id<ClientId>(2)), kChild), "access.forbidden");
  EXPECT_EQ(adds(Principal::system(), kOther), "permitted");
}

TEST_F(PolicyInUnits, GivesUnderTheCeiling) {
  EXPECT_EQ(gives(kClerk, kBoss, {kViewer}), "given") << "who comes from elsewhere may be more there";
  EXPECT_EQ(gives(kClerk, {}, {kViewer, kAdder}), "given") << "an account that is yet to be made";
  EXPECT_EQ(gives(kClerk, {}, {}), "given");
  EXPECT_EQ(gives(kClerk, {}, {kOrders}), "access.ceiling");
  EXPECT_EQ(gives(kClerk, {}, {kViewer, kAdmin}), "access.ceiling");
  EXPECT_EQ(gives(kClerk, {}, {{99}}), "role.unknown");
  graph.apply(RoleFact{kViewer, id<RoleId>(2), "viewer", 16, {"organizations.view", "users.view"}});
  graph.apply(HoldingFact{kClerk, kChild, true, {kAdder}});
  EXPECT_EQ(gives(kClerk, {}, {kViewer}), "access.ceiling");
}

TEST_F(PolicyInUnits, TouchesNoMemberWhoOutranksTheGiver) {
  EXPECT_EQ(gives(kClerk, kGuest, {kViewer}), "given");
  EXPECT_EQ(gives(kClerk, kTrader, {kViewer}), "access.outranked") << "it holds what the giver does not";
  graph.apply(HoldingFact{kBoss, kChild, true, {}});
  EXPECT_EQ(gives(kClerk, kBoss, {kViewer}), "access.outranked") << "from above";
  EXPECT_EQ(gives(kClerk, kClerk, {kViewer}), "given") << "oneself";
  EXPECT_EQ(gives(kRoot, kBoss, {kViewer}), "given");
}

TEST_F(PolicyInUnits, LetsNobodyIntoAnAgencyWhoseConnectionsCarryMore) {
  graph.apply(HoldingFact{kBoss, kParent, true, {kAdmin, kAdder}});
  EXPECT_EQ(gives(kBoss, {}, {kViewer}), "given");
  graph.apply(ConnectionFact{id<ConnectionId>(1), kOther, kChild, {kOrders}});
  EXPECT_EQ(gives(kBoss, {}, {kViewer}), "access.ceiling") << "members of the child hold orders at the customer";
  EXPECT_EQ(gives(kBoss, kGuest, {kViewer}), "given") << "who is one already gets nothing more by it";
  EXPECT_EQ(gives(kRoot, {}, {kViewer}), "given");
  EXPECT_EQ(gives(kClerk, {}, {kViewer}), "given") << "one of them holds it as well";
}

TEST_F(PolicyInUnits, GivesNothingLastingThroughAConnection) {
  graph.apply(HoldingFact{kGuest, kOther, true, {}});
  graph.apply(ConnectionFact{id<ConnectionId>(1), kParent, kOther, {kAdder, kViewer}});
  EXPECT_EQ(adds(kGuest, kParent), "permitted");
  EXPECT_EQ(gives(kGuest, kTrader, {kViewer}, kParent), "given");
  EXPECT_EQ(gives(kGuest, kTrader, {kAdder}, kParent), "access.through_agency") << "he could give in turn";
  EXPECT_EQ(gives(kGuest, kBoss, {kViewer}, kParent), "access.outranked");
  graph.apply(HoldingFact{kTrader, kOther, true, {}});
  EXPECT_EQ(gives(kGuest, kTrader, {kViewer}, kParent), "access.through_agency") << "one of the agency's own";
  graph.apply(HoldingFact{kGuest, kParent, true, {kAdder, kViewer}});
  EXPECT_EQ(gives(kGuest, kTrader, {kViewer}, kParent), "given") << "by a grant of its own";
}

}  // namespace
}  // namespace gatehouse::access
