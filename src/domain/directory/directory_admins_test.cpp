// What the directory may not leave behind: a platform or an organization that nobody administers. And the organizations of a
// person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support_cpp/directory_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DirectoryKeeps : public ::testing::Test {
 protected:
  template <class F>
  void expect_refused(std::string_view expected, F&& work) {
    world.expect_nothing_changed([&] { EXPECT_EQ(work(), expected); });
  }
  std::string add(const Principal& who, const User& user, const Organization& to) {
    return code(world.directory.add_organization(world.editing(who), user.id, to.id));
  }
  std::string remove(const Principal& who, const User& user, const Organization& from) {
    return code(world.directory.remove_organization(world.editing(who), user.id, from.id));
  }

  DirectoryWorld world;
};

TEST_F(DirectoryKeeps, TheLastAdministratorOfThePlatform) {
  EXPECT_EQ(world.revoke(world.as_root, world.adm, "Administrator"), "ok");
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  EXPECT_EQ(world.grant(world.as_root, world.root, "viewer"), "ok");
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  EXPECT_EQ(world.grant(world.as_root, world.root, "Administrator"), "ok");
  EXPECT_EQ(world.revoke(world.as_root, world.root, "Administrator"), "ok") << "one of two such roles";
}

TEST_F(DirectoryKeeps, AnAdministratorWhoMayEditAccountsAndCanSignIn) {
  EXPECT_EQ(world.revoke(world.as_root, world.adm, "Administrator"), "ok");
  EXPECT_EQ(world.grant(world.as_root, world.ann, "Distributor Admin"), "ok");
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  const auto fay = world.newcomer("fay");
  EXPECT_EQ(world.grant(world.as_root, fay, "Super Admin"), "ok");
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  EXPECT_EQ(world.grant(world.as_root, world.cid, "Super Admin"), "ok");
  world.set_status(world.cid, UserStatus::kInactive);
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  world.set_status(world.cid, UserStatus::kActive);
  EXPECT_EQ(world.revoke(world.as_root, world.root, "Super Admin"), "ok");
  expect_refused("membership.last_admin", [&] {
    return code(world.users->update(world.system<Action::kAccountEdit>(world.platform), world.cid.id,
                                    {.status = UserStatus::kInactive}));
  });
  expect_refused("membership.last_admin", [&] {
    return code(world.users->remove(world.system<Action::kAccountRemove>(world.platform), world.cid.id));
  });
}

TEST_F(DirectoryKeeps, TheLastOfTheHeaviestRoleWhoeverElseAdministers) {
  expect_refused("membership.last_admin", [&] { return world.revoke(world.as_root, world.root, "Super Admin"); });
  const auto as_cid = [&] {
    world.join(world.cid, world.platform, {"Super Admin"});
    return world.as(world.cid);
  }();
  EXPECT_EQ(world.revoke(as_cid, world.root, "Super Admin"), "ok");
}

TEST_F(DirectoryKeeps, OneHoweverManyAreDemotedDeactivatedAndRemovedAtOnce) {
  std::vector<User> admins{world.root};
  EXPECT_EQ(world.revoke(world.as_root, world.adm, "Administrator"), "ok");
  for (int i = 1; i < 12; ++i) {
    admins.push_back(world.person("admin-" + std::to_string(i)));
    world.join(admins.back(), world.platform, {"Super Admin"});
  }
  // Everybody works on his neighbour, so that all hold their permits when the first is done.
  std::vector<Principal> callers;
  for (const auto& admin : admins) callers.push_back(world.as(admin));
  std::vector<std::string> answers(admins.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < admins.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto& other = admins[(i + 1) % admins.size()];
      const auto edit = world.ledger->policy().permit<Action::kAccountEdit>(callers[i], world.now());
      const auto removal = world.ledger->policy().permit<Action::kAccountRemove>(callers[i], world.now());
      if (!edit || !removal) {
        answers[i] = "no permit";
      } else if (i % 3 == 0) {
        answers[i] = code(world.directory.revoke_role(*edit, other.id, world.role_id("Super Admin")));
      } else if (i % 3 == 1) {
        answers[i] = code(world.users->update(*edit, other.id, {.status = UserStatus::kInactive}));
      } else {
        answers[i] = code(world.users->remove(*removal, other.id));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto left = world.rows(
      "grants g JOIN users u ON u.no = g.user_no WHERE u.status = 'active' AND g.organization_no = " +
      std::to_string(world.platform.value) + " AND g.role_no = " + std::to_string(world.role("Super Admin").value));
  EXPECT_GE(left, 1);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "ok"), static_cast<std::int64_t>(admins.size()) - left);
  EXPECT_GE(std::count(answers.begin(), answers.end(), "ok"), 1);
}

TEST_F(DirectoryKeeps, OneOfAllWhoGiveUpTheirOwnRoleAtOnce) {
  std::vector<User> admins{world.root};
  EXPECT_EQ(world.revoke(world.as_root, world.adm, "Administrator"), "ok");
  for (int i = 1; i < 16; ++i) {
    admins.push_back(world.person("admin-" + std::to_string(i)));
    world.join(admins.back(), world.platform, {"Super Admin"});
  }
  std::vector<access::Permit<Action::kAccountEdit>> permits;
  for (const auto& admin : admins) permits.push_back(world.editing(world.as(admin)));
  const auto role = world.role_id("Super Admin");
  std::vector<std::string> answers(admins.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < admins.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = code(world.directory.revoke_role(permits[i], admins[i].id, role)); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "ok"), 15);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "membership.last_admin"), 1);
}

TEST_F(DirectoryKeeps, ThePeopleOfOrganizationsAsMembersWithoutRoles) {
  EXPECT_EQ(add(world.as_adm, world.dot, world.acme), "ok");
  EXPECT_THAT(world.holds(world.dot, world.acme), ElementsAre("member"));
  expect_refused("membership.exists", [&] { return add(world.as_adm, world.dot, world.acme); });
  const auto north = world.organization("North", world.acme.no);
  world.join(world.dot, world.acme.no, {"viewer"});
  world.join(world.dot, north.no, {world.role_above_administrators()});
  expect_refused("access.outranked", [&] { return remove(world.as_adm, world.dot, world.acme); });
  EXPECT_EQ(remove(world.as_root, world.dot, world.acme), "ok");
  EXPECT_THAT(world.holds(world.dot, world.acme), IsEmpty());
  EXPECT_THAT(world.holds(world.dot, north), IsEmpty()) << "and from what is below";
  EXPECT_THAT(world.holds(world.dot, world.bolt), ElementsAre("member"));
  expect_refused("membership.not_found", [&] { return remove(world.as_adm, world.dot, world.acme); });
}

TEST_F(DirectoryKeeps, TheLastAdminOfAnOrganization) {
  expect_refused("membership.last_admin", [&] { return remove(world.as_root, world.ann, world.acme); });
  world.join(world.cid, world.acme.no, {"admin"});
  EXPECT_EQ(remove(world.as_root, world.ann, world.acme), "ok");
}

TEST_F(DirectoryKeeps, WhoOutranksTheCallerWhereItBelongs) {
  world.join(world.cid, world.acme.no, {"Super Admin"});
  expect_refused("access.outranked", [&] { return remove(world.as_adm, world.cid, world.acme); });
  EXPECT_EQ(remove(world.as_root, world.cid, world.acme), "ok");
}

TEST_F(DirectoryKeeps, ToOrganizationsWhereTheCallerMayAddAndRemovePeople) {
  need(Roles(*world.ledger)
           .sync(std::vector<RoleDefinition>{
               {"Clerk", "APPLICATION", 50, "", {"accounts.view", "accounts.edit", "organizations.view"}, {}}}));
  const auto gil = world.person("gil");
  world.join(gil, world.platform, {"Clerk"});
  const auto as_gil = world.as(gil);
  expect_refused("access.forbidden", [&] { return add(as_gil, world.dot, world.acme); });
  expect_refused("access.forbidden", [&] { return remove(as_gil, world.cid, world.acme); });
}

TEST_F(DirectoryKeeps, ProvidersOfAPersonUntilItGoes) {
  const auto alpha = world.external("Alpha");
  const auto permit = world.editing(world.as_adm);
  const auto person = [&] {
    return need(world.directory.get(world.permit<Action::kAccountList>(world.as_root), world.dot.id));
  };
  EXPECT_EQ(code(world.directory.add_provider(permit, world.dot.id, alpha.id)), "ok");
  EXPECT_EQ(person().providers.at(0).id, alpha.id);
  expect_refused("provider.association_exists",
                 [&] { return code(world.directory.add_provider(permit, world.dot.id, alpha.id)); });
  EXPECT_EQ(code(world.directory.remove_provider(permit, world.dot.id, alpha.id)), "ok");
  expect_refused("provider.association_not_found",
                 [&] { return code(world.directory.remove_provider(permit, world.dot.id, alpha.id)); });
  EXPECT_EQ(code(world.directory.add_provider(permit, world.dot.id, alpha.id)), "ok");
  world.remove_account(world.dot);
  EXPECT_EQ(world.rows("user_providers"), 0);
}

TEST_F(DirectoryKeeps, ListsOfTheOrganizationsOfAPerson) {
  const auto listed = [&](const Principal& who, const std::optional<UserId>& of, const Paging& paging = {}) {
    const auto page = world.directory.list_organizations(world.permit<Action::kAccountList>(who), of, paging);
    if (!page) return std::vector<std::string>{std::string(page.error().code)};
    std::vector<std::string> names{std::to_string(page->total)};
    for (const auto& one : page->items) names.push_back(one.name);
    return names;
  };
  EXPECT_EQ(add(world.as_adm, world.dot, world.acme), "ok");
  const auto as_dot = world.as(world.dot);
  EXPECT_THAT(listed(as_dot, {}), ElementsAre("2", "Acme", "Bolt"));
  EXPECT_THAT(listed(as_dot, world.dot.id, {1, 5}), ElementsAre("2", "Bolt"));
  EXPECT_THAT(listed(as_dot, world.ann.id), ElementsAre("access.forbidden"));
  EXPECT_THAT(listed(as_dot, UserId(Uuid::v7(world.now(), world.random))), ElementsAre("access.forbidden"))
      << "whether there is one is not told";
  EXPECT_THAT(listed(world.as_adm, {}), ElementsAre("2", "Acme", "Bolt")) << "all there are";
  EXPECT_THAT(listed(world.as_adm, world.adm.id), ElementsAre("0")) << "the platform is none";
  EXPECT_THAT(listed(world.as_adm, world.dot.id), ElementsAre("2", "Acme", "Bolt"));
  EXPECT_THAT(listed(world.as_adm, UserId(Uuid::v7(world.now(), world.random))), ElementsAre("user.not_found"));
}

}  // namespace
}  // namespace gatehouse::domain
