// What a list of people shows of each: organizations as far as the caller may see users there, offers that stand, and all
// of it in as many statements for one as for hundreds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/counting_database.hpp"
#include "support_cpp/directory_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::CountingDatabase;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kNew = "new@stranger.example";
constexpr std::int64_t kLifetime_s = 7 * 86'400;

class DirectoryShows : public ::testing::Test {
 protected:
  // The one of that user name in a list.
  static Person found(const Page<Person>& page, const std::string& user_name) {
    for (const auto& person : page.items) {
      if (person.user.user_name == user_name) return person;
    }
    ADD_FAILURE() << user_name << " is not in the list";
    return {};
  }
  static std::vector<std::string> shown(const Page<Person>& page, const std::string& user_name) {
    return DirectoryWorld::organizations_of(found(page, user_name));
  }
  Person seen_by_root(const std::string& user_name) { return found(world.list(world.as_root), user_name); }

  DirectoryWorld world;
};

TEST_F(DirectoryShows, OrganizationsWhereTheCallerMaySeeUsersOnly) {
  const auto north = world.organization("North", world.acme.no);
  world.join(world.cid, north.no, {"operator", "ORDERS_EDIT"});
  world.join(world.cid, world.bolt.no, {"viewer"});
  world.join(world.cid, world.platform, {"Customer"});
  const auto by_ann = world.list_within(world.as_ann, world.acme.no);
  EXPECT_THAT(DirectoryWorld::names(by_ann), ElementsAre("ann", "cid"));
  EXPECT_THAT(shown(by_ann, "cid"), ElementsAre("Acme", "North")) << "not that it is at Bolt";
  EXPECT_THAT(found(by_ann, "cid").platform_roles, IsEmpty());
  EXPECT_THAT(found(by_ann, "cid").organizations[1].roles,
              ElementsAre(world.role("ORDERS_EDIT"), world.role("operator")));
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ann, north.no)), ElementsAre("cid"));
  const auto by_root = world.list_within(world.as_root, world.acme.no);
  EXPECT_THAT(shown(by_root, "cid"), ElementsAre("Acme", "Bolt", "North"));
  EXPECT_THAT(found(by_root, "cid").platform_roles, ElementsAre(world.role("Customer")));
  world.join(world.ann, world.bolt.no, {"viewer"});
  EXPECT_THAT(shown(world.list_within(world.as_ann, world.acme.no), "cid"), ElementsAre("Acme", "Bolt", "North"));
}

TEST_F(DirectoryShows, NobodysListToWhoMayNotSeeUsersThere) {
  EXPECT_EQ(code(world.ledger->policy().permit<Action::kMembershipList>(world.as_ann, world.bolt.id, world.now())),
            "organization.not_found");
  EXPECT_EQ(
      code(world.ledger->policy().permit<Action::kMembershipList>(world.as(world.cid), world.acme.id, world.now())),
      "access.forbidden");
}

TEST_F(DirectoryShows, OnlyThemselvesToWhoDoesNotSeeAllAccounts) {
  world.join(world.cid, world.bolt.no, {});
  const auto as_cid = world.as(world.cid);
  const auto permit = world.permit<Action::kAccountList>(as_cid);
  EXPECT_THAT(DirectoryWorld::names(world.list(as_cid)), ElementsAre("cid"));
  EXPECT_THAT(shown(world.list(as_cid), "cid"), ElementsAre("Acme", "Bolt")) << "all of oneself";
  EXPECT_THAT(DirectoryWorld::names(world.list(as_cid, {.user = world.ann.id})), IsEmpty());
  EXPECT_THAT(DirectoryWorld::names(world.list(as_cid, {.user_name = "ann"})), IsEmpty());
  EXPECT_THAT(DirectoryWorld::names(world.list(as_cid, {.organization = world.acme.id})), ElementsAre("cid"));
  EXPECT_THAT(DirectoryWorld::names(world.list(as_cid, {.search = "ann"})), IsEmpty());
  EXPECT_EQ(code(world.directory.get(permit, world.ann.id)), "user.not_found");
  EXPECT_EQ(code(world.directory.get(permit, world.cid.id)), "ok");
  EXPECT_EQ(code(world.directory.find_by_user_name(permit, "Ann")), "user.not_found");
  EXPECT_EQ(need(world.directory.find_by_user_name(permit, "CID")).user.id, world.cid.id);
  const auto create = world.permit<Action::kApiTokenCreate>(world.as_ann, world.acme.id);
  const auto robot = need(world.who(need(world.api_tokens->create(create, {"robot", {}, {}})).secret));
  EXPECT_THAT(DirectoryWorld::names(world.list(robot)), IsEmpty()) << "it is nobody";
}

TEST_F(DirectoryShows, OffersOfNewAccountsWhileTheyStand) {
  const auto made_at = world.now();
  const auto secret = world.joining(world.as_ann, world.somebody(kNew, "operator", {world.acme}));
  const auto offered = seen_by_root(kNew);
  ASSERT_THAT(DirectoryWorld::organizations_of(offered), ElementsAre("Acme"));
  EXPECT_TRUE(offered.organizations[0].offered);
  EXPECT_THAT(offered.organizations[0].roles, ElementsAre(world.role("operator")));
  EXPECT_TRUE(offered.accessible);
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ann, world.acme.no)), ElementsAre("ann", "cid", kNew));
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ben, world.bolt.no)), ElementsAre("ben", "dot"));
  EXPECT_THAT(DirectoryWorld::names(world.list(world.as_root, {.organization = world.acme.id})),
              ElementsAre("ann", "cid"))
      << "no member yet";
  need(world.joins->reject(secret));
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ann, world.acme.no)), ElementsAre("ann", "cid"));
  EXPECT_THAT(seen_by_root(kNew).organizations, IsEmpty());
  EXPECT_FALSE(seen_by_root(kNew).accessible);
  const auto again = world.joining(world.as_ann, world.somebody(kNew, "operator", {world.acme}));
  world.wait_until(made_at.plus_s(kLifetime_s));
  EXPECT_THAT(shown(world.list_within(world.as_ann, world.acme.no), kNew), ElementsAre("Acme"));
  world.clock.advance_s(60);
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ann, world.acme.no)), ElementsAre("ann", "cid"));
  EXPECT_THAT(seen_by_root(kNew).organizations, IsEmpty());
}

TEST_F(DirectoryShows, NoOfferOfWhoIsInUse) {
  world.join(world.dot, world.acme.no, {"USER_ADD", "viewer"});
  world.joining(world.at(world.dot, world.acme), world.somebody(kNew, "viewer", {world.acme}));
  const auto north = world.organization("North");
  world.join(world.ann, north.no, {"admin"});
  need(world.joins->activate(world.joining(world.as_ann, world.somebody(kNew, "viewer", {north}))));
  EXPECT_THAT(DirectoryWorld::organizations_of(seen_by_root(kNew)), ElementsAre("North"));
  EXPECT_THAT(DirectoryWorld::names(world.list_within(world.as_ann, world.acme.no)), ElementsAre("ann", "cid", "dot"));
}

TEST_F(DirectoryShows, OrganizationsByNameWhetherHeldOrOffered) {
  const auto alpha = world.organization("Alpha");
  const auto zeta = world.organization("Zeta");
  world.joining(world.as_root, world.somebody(kNew, "viewer", {alpha, world.bolt, zeta}));
  world.joining(world.as_ann, world.somebody(kNew, "operator", {world.acme}));
  world.join(*world.account_of(kNew), world.bolt.no, {"ORDERS_VIEW"});
  const auto person = seen_by_root(kNew);
  ASSERT_THAT(DirectoryWorld::organizations_of(person), ElementsAre("Acme", "Alpha", "Bolt", "Zeta"));
  EXPECT_FALSE(person.organizations[2].offered) << "held before offered";
  EXPECT_THAT(person.organizations[2].roles, ElementsAre(world.role("ORDERS_VIEW")));
}

TEST_F(DirectoryShows, RolesOfSeveralOffersAtOneOrganizationTogether) {
  world.joining(world.as_ann, world.somebody(kNew, "operator", {world.acme}));
  world.joining(world.as_ann, world.somebody(kNew, "viewer", {world.acme}));
  world.joining(world.as_root, world.somebody(kNew, "viewer", {world.acme}));
  const auto person = seen_by_root(kNew);
  ASSERT_THAT(DirectoryWorld::organizations_of(person), ElementsAre("Acme"));
  EXPECT_THAT(person.organizations[0].roles, ElementsAre(world.role("viewer"), world.role("operator")));
}

TEST_F(DirectoryShows, WhoCanGetAnywhere) {
  const auto lone = world.person("lone");
  EXPECT_FALSE(seen_by_root("lone").accessible);
  world.join(lone, world.platform, {"Customer"});
  EXPECT_TRUE(seen_by_root("lone").accessible);
  EXPECT_THAT(seen_by_root("lone").organizations, IsEmpty()) << "the platform is none";
  EXPECT_TRUE(seen_by_root("dot").accessible);
  world.set_status(world.dot, UserStatus::kInactive);
  EXPECT_FALSE(seen_by_root("dot").accessible);
  EXPECT_THAT(DirectoryWorld::organizations_of(seen_by_root("dot")), ElementsAre("Bolt")) << "but it is listed";
}

TEST_F(DirectoryShows, TheIdentityProviderAndTheProvidersByName) {
  const auto azure = world.provider("waad");
  auto person = world.somebody(kNew, "viewer", {world.acme});
  person.identity_provider = azure.id.to_string();
  world.joining(world.as_ann, person);
  const auto invited = *world.account_of(kNew);
  world.associate(invited, world.external("zeta"));
  world.associate(invited, world.external("Alpha"));
  const auto shown = seen_by_root(kNew);
  ASSERT_TRUE(shown.identity_provider.has_value());
  EXPECT_EQ(shown.identity_provider->name, azure.name);
  ASSERT_EQ(shown.providers.size(), 2U);
  EXPECT_EQ(shown.providers[0].name, "Alpha");
  EXPECT_FALSE(seen_by_root("ann").identity_provider.has_value());
}

TEST_F(DirectoryShows, HundredsInAsManyStatementsAsOne) {
  const auto azure = world.provider("waad");
  std::vector<Organization> parts;
  for (int i = 0; i < 10; ++i) parts.push_back(world.organization("Part " + std::to_string(i), world.acme.no));
  const auto alpha = world.external("Alpha");
  for (int i = 0; i < 300; ++i) {
    const auto email = "p" + std::to_string(i) + "@example.org";
    if (i % 3 == 0) {
      auto person = world.somebody(email, "viewer", parts);
      if (i % 6 == 0) person.identity_provider = azure.id.to_string();
      need(world.ask(world.as_ann, person));
    } else {
      const auto user = world.user("p" + std::to_string(i));
      for (const auto& part : parts) world.join(user, part.no, {"viewer"});
      world.associate(user, alpha);
    }
  }
  CountingDatabase counting(*world.database);
  Ledger ledger(counting, *world.graph, world.clock, world.random);  // from here on nothing is written
  const Directory directory(ledger, *world.memberships, *world.users);
  const auto all = world.permit<Action::kAccountList>(world.as_root);
  const auto there = world.permit<Action::kMembershipList>(world.as_ann, world.acme.id);
  const auto statements = [&](auto&& list, std::int64_t limit) {
    counting.statements();
    EXPECT_EQ(static_cast<std::int64_t>(list(Paging{0, limit}).items.size()), limit);
    return counting.statements();
  };
  const std::vector<PersonFilter> filters{{}, {.search = "p"}, {.statuses = {UserStatus::kNew}}};
  for (const auto& filter : filters) (void)directory.list(all, filter, {0, 1});  // names are read once, states counted
  for (const auto& filter : filters) {
    const auto everybody = [&](const Paging& paging) { return directory.list(all, filter, paging); };
    const auto of_acme = [&](const Paging& paging) { return directory.list_within(there, filter, paging); };
    const auto one = statements(everybody, 1);
    EXPECT_EQ(statements(everybody, 100), one);
    EXPECT_LE(one, 10);
    EXPECT_EQ(statements(of_acme, 1), statements(of_acme, 100));
  }
  const auto everybody = [&](const Paging& paging) { return directory.list(all, {}, paging); };
  EXPECT_EQ(statements(everybody, 1), statements(everybody, 300));
}

}  // namespace
}  // namespace gatehouse::domain
