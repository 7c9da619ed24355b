#include "domain/organizations/organizations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names(const Page<Organization>& page) {
  std::vector<std::string> names;
  for (const auto& organization : page.items) names.push_back(organization.name);
  return names;
}

std::vector<std::string> names(const Page<OrganizationAtLevel>& page) {
  std::vector<std::string> names;
  for (const auto& [organization, level] : page.items) names.push_back(organization.name + " " + std::to_string(level));
  return names;
}

// Ann is admin of Acme, which has North and South; North has Depot. Ben is a mere member of North.
class OrganizationTree : public ::testing::Test {
 protected:
  OrganizationTree()
      : acme(domain.organization("Acme")),
        north(domain.organization("North", acme.no)),
        south(domain.organization("South", acme.no)),
        depot(domain.organization("Depot", north.no)),
        ann(domain.user("ann")),
        ben(domain.user("ben")) {
    domain.join(ann, acme.no, {"admin"});
    domain.join(ben, north.no, {});
    as_ann = domain.as(ann);
    as_ben = domain.as(ben);
  }
  Result<Organization> move(const Principal& who, const Organization& what, const std::optional<OrganizationId>& to) {
    auto permit = domain.ledger->policy().permit<Action::kOrganizationMove>(who, what.id, domain.now());
    if (!permit) return permit.error();
    return domain.organizations->move(*permit, to);
  }
  Result<void> remove(const Principal& who, const Organization& what, const OrganizationRemoval& how = {}) {
    auto permit = domain.ledger->policy().permit<Action::kOrganizationDelete>(who, what.id, domain.now());
    if (!permit) return permit.error();
    return domain.organizations->remove(*permit, how);
  }
  std::vector<std::string> listed(const Principal& who, const OrganizationFilter& filter = {},
                                  const Paging& paging = {}) {
    return names(domain.organizations->list(domain.permit<Action::kOrganizationList>(who), filter, paging));
  }

  Domain domain;
  Organization acme, north, south, depot;
  User ann, ben;
  Principal as_ann, as_ben;
};

TEST_F(OrganizationTree, MakeTheirCreatorTheirAdmin) {
  const auto made = need(domain.organizations->create_top(domain.permit<Action::kOrganizationCreateTop>(as_ben),
                                                          {"  Ben's\tplace ", "", {}}));
  EXPECT_EQ(made.name, "Ben's place");
  EXPECT_FALSE(made.parent.has_value());
  EXPECT_TRUE(domain.allows(as_ben, access::permission::kOrganizationsEdit, made.no));
  EXPECT_FALSE(domain.allows(as_ann, access::permission::kOrganizationsView, made.no));
}

TEST_F(OrganizationTree, RefuseANameThatDiffersOnlyInCaseAndBlanks) {
  const auto permit = domain.permit<Action::kOrganizationCreateTop>(as_ben);
  EXPECT_EQ(code(domain.organizations->create_top(permit, {"ACME", "", {}})), "organization.name_taken");
  EXPECT_EQ(code(domain.organizations->create_top(permit, {"Platform", "", {}})), "ok");
  const auto update = domain.permit<Action::kOrganizationUpdate>(as_ann, north.id);
  EXPECT_EQ(code(domain.organizations->update(update, {.name = " south "})), "organization.name_taken");
  EXPECT_EQ(code(domain.organizations->update(update, {.name = "NORTH"})), "ok");
}

TEST_F(OrganizationTree, RefuseNamesThatNobodyCanRead) {
  const auto permit = domain.permit<Action::kOrganizationCreateTop>(as_ben);
  for (const std::string bad : {"", " \t\n ", "a\x01z", "\u202ea", "\xff", "\u200b"}) {
    EXPECT_EQ(code(domain.organizations->create_top(permit, {bad, "", {}})), "organization.name_invalid") << bad;
  }
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "ž";
  EXPECT_EQ(code(domain.organizations->create_top(permit, {hundred + "ž", "", {}})), "organization.name_invalid");
  EXPECT_EQ(code(domain.organizations->create_top(permit, {hundred, std::string(201, 'd'), {}})),
            "organization.description_invalid");
  EXPECT_EQ(code(domain.organizations->create_top(permit, {hundred, std::string(200, 'd'), {}})), "ok");
}

TEST_F(OrganizationTree, ListedAdminsMustBeAdminsOfTheParent) {
  const auto permit = domain.permit<Action::kOrganizationCreate>(as_ann, north.id);
  EXPECT_EQ(code(domain.organizations->create(permit, {"Yard", "", {ben.id}})), "membership.not_parent_admin");
  EXPECT_EQ(code(domain.organizations->create(permit, {"Yard", "", {UserId(Uuid::v7(domain.now(), domain.random))}})),
            "user.not_found");
  const auto made = need(domain.organizations->create(permit, {"Yard", "", {ann.id}}));
  EXPECT_EQ(made.parent, north.id);
}

TEST_F(OrganizationTree, ListOnlyWhatTheCallerReaches) {
  EXPECT_THAT(listed(as_ann), ElementsAre("Acme", "Depot", "North", "South"));
  EXPECT_THAT(listed(as_ben), ElementsAre("North"));
  EXPECT_THAT(listed(as_ben, {.name = {}, .parent = acme.id}), IsEmpty());
  EXPECT_THAT(listed(as_ann, {.name = "OUT"}), ElementsAre("South"));
  EXPECT_THAT(listed(as_ann, {.name = "%"}), IsEmpty());
  EXPECT_THAT(listed(as_ann, {.name = {}, .parent = acme.id, .descending = true}), ElementsAre("South", "North"));
  EXPECT_THAT(listed(as_ann, {.name = {}, .parent = {}, .order = OrganizationFilter::Order::kCreatedAt}, {1, 2}),
              ElementsAre("North", "South"));
  const auto root = domain.user("root");
  domain.join(root, domain.platform, {"Super Admin"});
  const auto page = domain.organizations->list(domain.permit<Action::kOrganizationList>(domain.as(root)), {}, {0, 1});
  EXPECT_EQ(page.total, 4);
  EXPECT_THAT(names(page), ElementsAre("Acme"));
}

TEST_F(OrganizationTree, ShowTheirTreeBreadthFirst) {
  const auto at_acme = domain.permit<Action::kOrganizationGet>(as_ann, acme.id);
  EXPECT_THAT(names(domain.organizations->children(at_acme, 1, {})), ElementsAre("North 1", "South 1"));
  EXPECT_THAT(names(domain.organizations->children(at_acme, 2, {})), ElementsAre("North 1", "South 1", "Depot 2"));
  const auto second = domain.organizations->children(at_acme, 32, {1, 1});
  EXPECT_EQ(second.total, 3);
  EXPECT_THAT(names(second), ElementsAre("South 1"));
  const auto at_north = domain.permit<Action::kOrganizationGet>(as_ben, north.id);
  EXPECT_EQ(domain.organizations->children(at_north, 2, {}).total, 0);
  domain.join(ben, depot.no, {});
  EXPECT_THAT(names(domain.organizations->children(at_north, 2, {})), ElementsAre("Depot 1"));
}

TEST_F(OrganizationTree, ShowTheirAncestorsFromTheTopWithinReach) {
  EXPECT_THAT(names(domain.organizations->parents(domain.permit<Action::kOrganizationGet>(as_ann, depot.id), {})),
              ElementsAre("Acme 2", "North 1"));
  domain.join(ben, depot.no, {});
  EXPECT_THAT(names(domain.organizations->parents(domain.permit<Action::kOrganizationGet>(as_ben, depot.id), {})),
              ElementsAre("North 1"));
  EXPECT_EQ(domain.organizations->parents(domain.permit<Action::kOrganizationGet>(as_ann, acme.id), {}).total, 0);
}

TEST_F(OrganizationTree, MoveAsABranchButNeverBelowThemselves) {
  EXPECT_EQ(code(move(as_ann, north, depot.id)), "organization.cycle");
  EXPECT_EQ(code(move(as_ann, north, north.id)), "organization.cycle");
  const auto moved = need(move(as_ann, north, south.id));
  EXPECT_EQ(moved.parent, south.id);
  EXPECT_EQ(moved.version, 2);
  domain.graph->read([&](const access::View& view) {
    EXPECT_TRUE(view.is_within(depot.no, south.no));
    EXPECT_EQ(view.depth(depot.no), 4);
  });
  EXPECT_EQ(code(move(as_ann, south, depot.id)), "organization.cycle");
}

TEST_F(OrganizationTree, MoveOnlyWhereTheCallerAdministersBothEnds) {
  const auto other = domain.organization("Other");
  EXPECT_EQ(code(move(as_ann, north, other.id)), "organization.not_found");
  domain.join(ann, other.no, {"viewer"});
  EXPECT_EQ(code(move(as_ann, north, other.id)), "access.forbidden");
  domain.join(ben, north.no, {"admin"});
  EXPECT_EQ(code(move(as_ben, north, std::nullopt)), "access.forbidden");
  EXPECT_EQ(code(move(as_ann, north, std::nullopt)), "ok");
  EXPECT_FALSE(domain.allows(as_ann, access::permission::kOrganizationsView, depot.no));
  EXPECT_EQ(code(move(as_ben, north, std::nullopt)), "ok");
}

TEST_F(OrganizationTree, AreAtMostSixtyFourLevelsDeep) {
  OrganizationNo at = depot.no;  // level 3
  for (int level = 4; level <= 64; ++level) at = domain.organization("Level " + std::to_string(level), at).no;
  EXPECT_THROW(domain.organization("Too deep", at), std::runtime_error);
  EXPECT_EQ(code(move(as_ann, north, south.id)), "organization.too_deep");
}

TEST_F(OrganizationTree, ChangeOnlyAtTheVersionThatWasSeen) {
  const auto permit = domain.permit<Action::kOrganizationUpdate>(as_ann, south.id);
  EXPECT_EQ(code(domain.organizations->update(permit, {.name = {}, .description = "Warm", .expected_versions = {2}})),
            "organization.version_mismatch");
  EXPECT_EQ(
      need(domain.organizations->update(permit, {.name = {}, .description = "Warm", .expected_versions = {1}})).version,
      2);
  EXPECT_EQ(need(domain.organizations->update(permit, {.name = {}, .description = "Warm"})).version, 2);
}

TEST_F(OrganizationTree, AreNotRemovedWhileOthersLiveInThem) {
  EXPECT_EQ(code(remove(as_ann, acme)), "organization.is_root");
  EXPECT_EQ(code(remove(as_ann, north)), "organization.has_children");
  EXPECT_EQ(code(remove(as_ann, depot, {.expected_name = "depot"})), "organization.name_mismatch");
  EXPECT_EQ(code(remove(as_ann, depot, {.expected_name = "Depot"})), "ok");
  EXPECT_EQ(code(remove(as_ann, north)), "organization.has_users");
  EXPECT_EQ(code(remove(as_ann, depot)), "organization.not_found");
  EXPECT_EQ(code(remove(as_ann, south, {.expected_name = {}, .expected_versions = {7}})),
            "organization.version_mismatch");
}

TEST_F(OrganizationTree, LeaveNothingBehindWhenRemoved) {
  const auto yard = need(
      domain.organizations->create(domain.permit<Action::kOrganizationCreate>(as_ann, south.id), {"Yard", "", {}}));
  EXPECT_EQ(code(remove(as_ann, yard)), "ok");
  domain.graph->read([&](const access::View& view) {
    EXPECT_EQ(view.holdings(ann.no).size(), 1U);
    EXPECT_FALSE(view.find_organization(yard.id));
  });
  domain.ledger->read([&](sql::Tx& tx) {
    EXPECT_FALSE(tx.exists("SELECT 1 FROM memberships WHERE organization_no = $1", {yard.no.value}));
    EXPECT_FALSE(tx.exists("SELECT 1 FROM grants WHERE organization_no = $1", {yard.no.value}));
  });
  EXPECT_EQ(code(domain.organizations->create(domain.permit<Action::kOrganizationCreate>(as_ann, south.id),
                                              {"Yard", "", {}})),
            "ok");
}

TEST_F(OrganizationTree, PlatformIsUntouchableEvenForItsAdministrators) {
  const auto root = domain.user("root");
  domain.join(root, domain.platform, {"Super Admin"});
  const auto as_root = domain.as(root);
  Organization platform;
  domain.graph->read([&](const access::View& view) { platform.id = *view.organization_id(domain.platform); });
  EXPECT_EQ(code(remove(as_root, platform)), "organization.is_platform");
  EXPECT_EQ(code(move(as_root, platform, acme.id)), "organization.is_platform");
  EXPECT_EQ(code(remove(as_ann, platform)), "organization.not_found");
  EXPECT_EQ(code(remove(as_root, south)), "ok");
}

TEST_F(OrganizationTree, AreLoadedAsTheyWereLeft) {
  need(move(as_ann, north, south.id));
  access::Graph again(domain.permissions);
  const auto revision = load_graph(*domain.database, again);
  EXPECT_EQ(revision, domain.graph->revision());
  again.read([&](const access::View& view) {
    EXPECT_TRUE(view.is_within(depot.no, south.no));
    EXPECT_TRUE(view.is_member(ben.no, north.no));
    EXPECT_THAT(view.direct_roles(ann.no, acme.no), ElementsAre(domain.role("admin")));
    EXPECT_EQ(view.organization_count(), 4);
    EXPECT_EQ(view.platform(), domain.platform);
  });
}

// Rule 2: what flows down from the old place is taken, what flows down from the new one is given.
TEST_F(OrganizationTree, AreNotMovedAwayFromWhoOutranksTheMover) {
  const auto boss = domain.user("boss");
  domain.join(boss, north.no, {"Seller Admin"});
  const auto cat = domain.user("cat");
  domain.join(cat, north.no, {"admin"});
  EXPECT_EQ(code(move(domain.as(cat), depot, std::nullopt)), "access.ceiling");
  EXPECT_TRUE(domain.allows(domain.as(boss), access::permission::kOrganizationsView, depot.no));
}

TEST_F(OrganizationTree, AreNotMovedToWhereTheMoverOutranksThem) {
  const auto dan = domain.user("dan");
  domain.join(dan, south.no, {"Distributor Admin"});
  domain.join(dan, north.no, {"admin"});
  EXPECT_EQ(code(move(domain.as(dan), depot, south.id)), "access.ceiling");
}

TEST_F(OrganizationTree, KeepSomebodyWhoAdministersThemWhenTheyMove) {
  EXPECT_EQ(code(move(as_ann, north, std::nullopt)), "membership.last_admin");
  domain.join(ann, north.no, {"admin"});
  EXPECT_EQ(code(move(as_ann, north, std::nullopt)), "ok");
}

}  // namespace
}  // namespace gatehouse::domain
