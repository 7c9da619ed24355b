#include "domain/memberships/memberships.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names(const Page<Membership>& page) {
  std::vector<std::string> names;
  for (const auto& membership : page.items) names.push_back(membership.user_name);
  return names;
}

// Ann is admin of Acme, which has North; Ben is a mere member of Acme.
class Members : public ::testing::Test {
 protected:
  Members()
      : acme(domain.organization("Acme")),
        north(domain.organization("North", acme.no)),
        ann(domain.user("ann")),
        ben(domain.user("ben")) {
    domain.join(ann, acme.no, {"admin"});
    domain.join(ben, acme.no, {});
    as_ann = domain.as(ann);
    as_ben = domain.as(ben);
  }
  std::string add(const Principal& who, const Organization& to, const User& user, OrganizationRole role) {
    auto permit = domain.ledger->policy().permit<Action::kMembershipCreate>(who, to.id, domain.now());
    if (!permit) return std::string(permit.error().code);
    const NewMembership entry{user.id, role};
    return code(domain.memberships->create(*permit, {&entry, 1}));
  }
  std::string set(const Principal& who, const Organization& at, const User& user, OrganizationRole role) {
    auto permit = domain.ledger->policy().permit<Action::kMembershipUpdate>(who, at.id, domain.now());
    if (!permit) return std::string(permit.error().code);
    return code(domain.memberships->update(*permit, user.id,
                                           {.organization_role = role, .display_name = {}, .attributes = {}}));
  }
  std::string remove(const Principal& who, const Organization& from, const User& user) {
    auto permit = domain.ledger->policy().permit<Action::kMembershipRemove>(who, from.id, domain.now());
    if (!permit) return std::string(permit.error().code);
    return code(domain.memberships->remove(*permit, user.id));
  }
  bool is_member(const User& user, const Organization& organization) {
    bool yes = false;
    domain.graph->read([&](const access::View& view) { yes = view.is_member(user.no, organization.no); });
    return yes;
  }

  Domain domain;
  Organization acme, north;
  User ann, ben;
  Principal as_ann, as_ben;
};

TEST_F(Members, AreListedInOneOrderWithTheirRoles) {
  const auto cid = domain.user("cid");
  domain.join(cid, acme.no, {"viewer", "operator", "USER_VIEW"});
  const auto page = domain.memberships->list(domain.permit<Action::kMembershipList>(as_ann, acme.id), {}, {0, 2});
  EXPECT_EQ(page.total, 3);
  EXPECT_THAT(names(page), ElementsAre("ann", "ben"));
  EXPECT_EQ(page.items[0].organization_role, OrganizationRole::kAdmin);
  EXPECT_EQ(page.items[1].organization_role, std::nullopt);
  EXPECT_EQ(page.items[0].organization, acme.id);
  const auto rest = domain.memberships->list(domain.permit<Action::kMembershipList>(as_ann, acme.id), {}, {2, 2});
  EXPECT_THAT(names(rest), ElementsAre("cid"));
  EXPECT_EQ(rest.items[0].organization_role, OrganizationRole::kOperator);
  EXPECT_EQ(rest.items[0].roles.size(), 3U);
}

TEST_F(Members, AreFoundByRoleAndByPartOfAName) {
  const auto cid = domain.user("Cid");
  domain.join(cid, acme.no, {"viewer", "operator"});
  const auto permit = domain.permit<Action::kMembershipList>(as_ann, acme.id);
  const auto with = [&](MembershipFilter filter) { return names(domain.memberships->list(permit, filter, {})); };
  EXPECT_THAT(with({.organization_role = OrganizationRole::kOperator, .search = {}}), ElementsAre("Cid"));
  EXPECT_THAT(with({.organization_role = OrganizationRole::kViewer, .search = {}}), IsEmpty());
  EXPECT_THAT(with({.organization_role = OrganizationRole::kAdmin, .search = "NN@EX"}), ElementsAre("ann"));
  EXPECT_THAT(with({.organization_role = {}, .search = "cI"}), ElementsAre("Cid"));
  EXPECT_THAT(
      with({.organization_role = {}, .search = {}, .order = MembershipFilter::Order::kUserName, .descending = true}),
      ElementsAre("Cid", "ben", "ann"));
}

TEST_F(Members, AreNotForMereMembersToSee) {
  EXPECT_EQ(code(domain.ledger->policy().permit<Action::kMembershipList>(as_ben, acme.id, domain.now())),
            "access.forbidden");
}

TEST_F(Members, JoinAllTogetherOrNotAtAll) {
  const auto cid = domain.user("cid");
  const auto permit = domain.permit<Action::kMembershipCreate>(as_ann, acme.id);
  const std::vector<NewMembership> bad{{cid.id, OrganizationRole::kViewer}, {ben.id, OrganizationRole::kViewer}};
  EXPECT_EQ(code(domain.memberships->create(permit, bad)), "membership.exists");
  EXPECT_FALSE(is_member(cid, acme));
  const std::vector<NewMembership> twice{{cid.id, OrganizationRole::kViewer}, {cid.id, OrganizationRole::kAdmin}};
  EXPECT_EQ(code(domain.memberships->create(permit, twice)), "membership.exists");
  const std::vector<NewMembership> good{{cid.id, OrganizationRole::kViewer}};
  const auto made = need(domain.memberships->create(permit, good));
  EXPECT_EQ(made.at(0).organization_role, OrganizationRole::kViewer);
  EXPECT_EQ(code(domain.memberships->create(permit, std::vector<NewMembership>())), "membership.batch_size");
  EXPECT_EQ(code(domain.memberships->create(permit, std::vector<NewMembership>(101))), "membership.batch_size");
}

TEST_F(Members, BecomeAdminBelowOnlyWhenTheyAreAdminAbove) {
  EXPECT_EQ(add(as_ann, north, ben, OrganizationRole::kAdmin), "membership.not_parent_admin");
  EXPECT_EQ(add(as_ann, north, ben, OrganizationRole::kOperator), "ok");
  EXPECT_EQ(add(as_ann, north, ann, OrganizationRole::kAdmin), "ok");
}

// Who (a role held at Acme) may give which organization role there.
TEST_F(Members, AreGivenOnlyWhatTheGiverHolds) {
  const std::vector<domain::RoleDefinition> extra{
      {"Clerk", "X", 12, "", {"memberships.edit"}, {"viewer"}},       // everything of viewer, heavy enough
      {"Light clerk", "X", 9, "", {"memberships.edit"}, {"viewer"}},  // everything of viewer, too light
      {"Heavy clerk", "X", 99, "", {"memberships.edit"}, {}},         // heavy, but holds nothing of it
  };
  Domain other(extra);
  const auto place = other.organization("Place");
  struct Case {
    std::string role, viewer, operator_, admin;
  };
  const std::vector<Case> cases{
      {"admin", "ok", "ok", "ok"},
      {"Seller Admin", "ok", "ok", "ok"},
      {"Super Admin", "ok", "ok", "ok"},
      {"Clerk", "ok", "access.ceiling", "access.ceiling"},
      {"Light clerk", "access.ceiling", "access.ceiling", "access.ceiling"},
      {"Heavy clerk", "access.ceiling", "access.ceiling", "access.ceiling"},
      {"operator", "access.forbidden", "access.forbidden", "access.forbidden"},
      {"Customer Admin", "access.forbidden", "access.forbidden", "access.forbidden"},
  };
  int count = 0;
  for (const auto& one : cases) {
    const auto giver = other.user("giver" + std::to_string(count));
    other.join(giver, place.no, {one.role});
    const auto who = other.as(giver);
    const std::vector<std::pair<OrganizationRole, std::string>> expected{{OrganizationRole::kViewer, one.viewer},
                                                                         {OrganizationRole::kOperator, one.operator_},
                                                                         {OrganizationRole::kAdmin, one.admin}};
    for (const auto& [role, answer] : expected) {
      const auto user = other.user("user" + std::to_string(count++));
      const NewMembership entry{user.id, role};
      const auto permit = other.ledger->policy().permit<Action::kMembershipCreate>(who, place.id, other.now());
      const auto got =
          permit ? code(other.memberships->create(*permit, {&entry, 1})) : std::string(permit.error().code);
      EXPECT_EQ(got, answer) << one.role << " gives " << name(role);
    }
    ++count;
  }
}

TEST_F(Members, KeepTheirOtherRolesWhenTheOrganizationRoleChanges) {
  domain.join(ben, acme.no, {"operator", "USER_VIEW"});
  EXPECT_EQ(set(as_ann, acme, ben, OrganizationRole::kViewer), "ok");
  domain.graph->read([&](const access::View& view) {
    EXPECT_THAT(view.direct_roles(ben.no, acme.no),
                ::testing::UnorderedElementsAre(domain.role("viewer"), domain.role("USER_VIEW")));
  });
}

TEST_F(Members, AreNotTouchedByWhomTheyOutrank) {
  const auto cid = domain.user("cid");
  domain.join(cid, acme.no, {"Seller Admin"});
  EXPECT_EQ(set(as_ann, acme, cid, OrganizationRole::kViewer), "access.outranked");
  EXPECT_EQ(remove(as_ann, acme, cid), "access.outranked");
  EXPECT_EQ(remove(domain.as(cid), acme, ann), "ok");
}

TEST_F(Members, NeverLoseTheLastAdmin) {
  EXPECT_EQ(set(as_ann, acme, ann, OrganizationRole::kViewer), "membership.last_admin");
  EXPECT_EQ(remove(as_ann, acme, ann), "membership.own");
  domain.join(ben, acme.no, {"admin"});
  EXPECT_EQ(set(as_ann, acme, ann, OrganizationRole::kViewer), "ok");
  EXPECT_EQ(set(as_ben, acme, ben, OrganizationRole::kOperator), "membership.last_admin");
}

TEST_F(Members, AreRemovedFromEverythingBelow) {
  domain.join(ben, north.no, {"viewer"});
  EXPECT_EQ(remove(as_ann, acme, ben), "ok");
  EXPECT_FALSE(is_member(ben, acme));
  EXPECT_FALSE(is_member(ben, north));
  EXPECT_EQ(remove(as_ann, acme, ben), "membership.not_found");
}

TEST_F(Members, StayWhenSomethingBelowWouldLoseItsLastAdmin) {
  domain.join(ben, north.no, {"admin"});
  EXPECT_EQ(remove(as_ann, acme, ben), "membership.last_admin");
  EXPECT_TRUE(is_member(ben, acme));
  domain.join(ann, north.no, {"admin"});
  EXPECT_EQ(remove(as_ann, acme, ben), "ok");
}

TEST_F(Members, InactiveOnesDoNotCountAsAdmins) {
  domain.join(ben, acme.no, {"admin"});
  const auto permit = domain.system<Action::kAccountEdit>(domain.platform);
  UserPatch rest;
  rest.status = UserStatus::kInactive;
  need(domain.users->update(permit, ben.id, rest));
  EXPECT_EQ(set(as_ann, acme, ann, OrganizationRole::kViewer), "membership.last_admin");
}

// Sixteen admins all resign at once: fifteen may.
TEST_F(Members, OneAdminIsLeftHoweverManyResignAtOnce) {
  constexpr int kAdmins = 16;
  const auto place = domain.organization("Place");
  std::vector<User> admins;
  std::vector<Principal> callers;
  for (int i = 0; i < kAdmins; ++i) {
    admins.push_back(domain.user("admin" + std::to_string(i)));
    domain.join(admins.back(), place.no, {"admin"});
    callers.push_back(domain.as(admins.back()));
  }
  std::atomic<int> resigned = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kAdmins; ++i) {
    threads.emplace_back([&, i] {
      const auto answer = set(callers[i], place, admins[i], OrganizationRole::kViewer);
      ++(answer == "ok" ? resigned : refused);
      EXPECT_TRUE(answer == "ok" || answer == "membership.last_admin") << answer;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(resigned, kAdmins - 1);
  EXPECT_EQ(refused, 1);
  const auto root = domain.user("root");
  domain.join(root, domain.platform, {"Super Admin"});
  const auto left = domain.memberships->list(domain.permit<Action::kMembershipList>(domain.as(root), place.id),
                                             {.organization_role = OrganizationRole::kAdmin, .search = {}}, {});
  EXPECT_EQ(left.total, 1);
}

TEST_F(Members, CarryTheirOwnNameAndAttributes) {
  const auto permit = domain.permit<Action::kMembershipUpdate>(as_ann, acme.id);
  MembershipPatch patch;
  patch.display_name = "Benjamin  B.";
  patch.attributes = Attributes{{"desk", "4 \"B\""}, {"язык", "ру"}};
  const auto changed = need(domain.memberships->update(permit, ben.id, patch));
  EXPECT_EQ(changed.display_name, "Benjamin B.");
  EXPECT_EQ(changed.attributes, *patch.attributes);
  const auto own =
      need(domain.memberships->update_own(domain.permit<Action::kMembershipSelfEdit>(as_ben, acme.id), ""));
  EXPECT_EQ(own.display_name, "ben");
  patch.attributes = Attributes{{"", "x"}};
  EXPECT_EQ(code(domain.memberships->update(permit, ben.id, patch)), "membership.invalid");
  EXPECT_EQ(code(domain.memberships->update_own(domain.permit<Action::kMembershipSelfEdit>(as_ann, north.id), "x")),
            "membership.not_found");
}

TEST_F(Members, ShowTheirOrganizationsOnlyWhereTheyAreShared) {
  const auto other = domain.organization("Other");
  domain.join(ben, other.no, {"viewer"});
  const auto seen = [&](const Principal& who, const User& user) {
    auto page = domain.memberships->list_of_user(domain.permit<Action::kAccountGet>(who), user.id, {});
    std::vector<std::string> names;
    if (!page) return std::vector<std::string>{std::string(page.error().code)};
    for (const auto& one : page->items) names.push_back(one.name);
    return names;
  };
  EXPECT_THAT(seen(as_ben, ben), ElementsAre("Acme", "Other"));
  EXPECT_THAT(seen(as_ann, ben), ElementsAre("Acme"));
  EXPECT_THAT(seen(as_ben, ann), ElementsAre("user.not_found"));
}

TEST_F(Members, LeaveTracesInTheOrganizationsLog) {
  EXPECT_EQ(set(as_ann, acme, ben, OrganizationRole::kViewer), "ok");
  const auto permit = domain.permit<Action::kChangeList>(as_ann, acme.id);
  const auto first = domain.changes->list(permit, std::nullopt, 1);
  ASSERT_EQ(first.items.size(), 1U);
  EXPECT_EQ(first.items[0].action, "membership.updated");
  EXPECT_EQ(first.items[0].actor, Uuid(ann.id));
  EXPECT_EQ(first.items[0].before, R"({"roles":[]})");
  EXPECT_EQ(first.items[0].after, R"({"roles":["viewer"]})");
  const auto rest = domain.changes->list(permit, first.next_before, 100);
  EXPECT_EQ(rest.items.size(), 3U);
  EXPECT_EQ(rest.items.back().action, "organization.created");
  EXPECT_FALSE(rest.next_before.has_value());
}

}  // namespace
}  // namespace gatehouse::domain
