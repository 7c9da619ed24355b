// A small world for the questions of Policy: the platform, a parent with a child, another organization, five people.
#pragma once

#include <gmock/gmock.h>

#include <vector>

#include "access/policy.hpp"

namespace gatehouse::access {

template <class T>
T id(std::uint8_t no) {
  Uuid uuid;
  uuid.bytes[15] = no;
  return T(uuid);
}

inline constexpr Timestamp kNow{1000};
inline constexpr OrganizationNo kPlatform{1};
inline constexpr OrganizationNo kParent{2};
inline constexpr OrganizationNo kChild{3};
inline constexpr OrganizationNo kOther{4};
inline constexpr RoleNo kAdmin{1};
inline constexpr RoleNo kViewer{2};
inline constexpr RoleNo kOrders{3};
inline constexpr RoleNo kSuper{4};
inline constexpr UserNo kRoot{1};
inline constexpr UserNo kBoss{2};    // admin at the parent
inline constexpr UserNo kClerk{3};   // viewer at the child
inline constexpr UserNo kGuest{4};   // member of the child without a role
inline constexpr UserNo kTrader{5};  // orders at the child

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

}  // namespace gatehouse::access
