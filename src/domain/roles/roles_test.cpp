#include "domain/roles/roles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Role find(Domain& domain, const std::string& name) {
  for (const auto& role : Roles(*domain.ledger).list()) {
    if (role.name == name) return role;
  }
  return {};
}

TEST(RoleCatalogue, IsTheStartSetOfTheContract) {
  Domain domain;
  const auto roles = Roles(*domain.ledger).list();
  EXPECT_EQ(roles.size(), 26U);
  EXPECT_EQ(roles.front().name, "Super Admin");
  EXPECT_EQ(find(domain, "USER_VIEW").permissions,
            (std::vector<std::string>{"api_tokens.view", "connections.view", "invitations.view", "roles.view",
                                      "users.view"}));
  EXPECT_THAT(find(domain, "admin").permissions, Contains("orders.edit"));
  EXPECT_THAT(find(domain, "admin").permissions, Contains("users.remove"));
  EXPECT_THAT(find(domain, "admin").permissions, Not(Contains("accounts.edit")));
  EXPECT_EQ(find(domain, "Super Admin").permissions.size(), domain.permissions.size());
  EXPECT_EQ(find(domain, "Administrator").weight, 95);
}

// Whom a role is for to administer it can give everything lighter, so that its people can be invited by who stands above.
TEST(RoleCatalogue, LetsWhoAdministersGiveWhatIsLighter) {
  Domain domain;
  const auto roles = Roles(*domain.ledger).list();
  const auto covers = [](const Role& above, const Role& below) {
    return std::includes(above.permissions.begin(), above.permissions.end(), below.permissions.begin(),
                         below.permissions.end());
  };
  for (const auto* name : {"Super Admin", "Administrator", "Distributor Admin", "Seller Admin", "Seller Agent Admin"}) {
    const auto above = find(domain, name);
    for (const auto& below : roles) {
      if (below.weight <= above.weight) { EXPECT_TRUE(covers(above, below)) << name << " gives " << below.name; }
    }
  }
}

TEST(RoleCatalogue, IsWrittenOnce) {
  Domain domain;
  const auto before = Roles(*domain.ledger).list();
  const auto revision = domain.graph->revision();
  need(Roles(*domain.ledger).sync({}));
  EXPECT_EQ(domain.graph->revision(), revision);
  EXPECT_EQ(Roles(*domain.ledger).list().front().id, before.front().id);
}

TEST(RoleCatalogue, TakesTheOperatorsRolesAndFollowsTheirChanges) {
  const std::vector<RoleDefinition> extra{{"Clerk", "SHOP", 12, "", {"invoices.view"}, {"viewer"}},
                                          {"Chief clerk", "SHOP", 13, "", {"invoices.edit"}, {"Clerk"}}};
  Domain domain(extra);
  const auto chief = find(domain, "Chief clerk");
  EXPECT_THAT(chief.permissions,
              ElementsAre("invoices.edit", "invoices.view", "organizations.view", "roles.view", "users.view"));
  EXPECT_THAT(find(domain, "Super Admin").permissions, Contains("invoices.edit"));
  auto changed = extra;
  changed[0].permissions.clear();
  need(Roles(*domain.ledger).sync(changed));
  EXPECT_EQ(find(domain, "Chief clerk").id, chief.id);
  domain.graph->read([&](const access::View& view) {
    const auto* role = view.role(chief.no);
    ASSERT_NE(role, nullptr);
    EXPECT_FALSE(role->permissions.contains(*domain.permissions.find("invoices.view")));
    EXPECT_TRUE(role->permissions.contains(*domain.permissions.find("invoices.edit")));
  });
}

TEST(RoleCatalogue, RefusesWhatWouldConfuseIt) {
  Domain domain;
  Roles roles(*domain.ledger);
  EXPECT_EQ(code(roles.sync(std::vector<RoleDefinition>{{"ADMIN", "X", 1, "", {}, {}}})), "role.name_taken");
  EXPECT_EQ(code(roles.sync(std::vector<RoleDefinition>{{" ", "X", 1, "", {}, {}}})), "role.name_invalid");
  EXPECT_EQ(code(roles.sync(std::vector<RoleDefinition>{{"A", "X", 1, "", {}, {"B"}}})), "role.implies_unknown");
  EXPECT_EQ(code(roles.sync(std::vector<RoleDefinition>{{"A", "X", 1, "", {}, {"B"}}, {"B", "X", 1, "", {}, {"A"}}})),
            "role.implies_cycle");
  EXPECT_EQ(roles.list().size(), 26U);
}

}  // namespace
}  // namespace gatehouse::domain
