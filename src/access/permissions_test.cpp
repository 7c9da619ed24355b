#include "access/permissions.hpp"

#include <gmock/gmock.h>

namespace gatehouse::access {
namespace {

using testing::ElementsAre;

TEST(Permissions, StartWithGatehousesOwn) {
  const Permissions names;
  EXPECT_EQ(names.size(), 22U);
  EXPECT_EQ(names.find("organizations.view"), permission::kOrganizationsView);
  EXPECT_EQ(names.find("users.view"), permission::kUsersView);
  EXPECT_EQ(names.find("catalogues.edit"), permission::kCataloguesEdit);
  EXPECT_EQ(names.name(permission::kDecisionsEvaluate), "decisions.evaluate");
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_TRUE(names.is_own(PermissionNo(i)));
    EXPECT_FALSE(names.description(PermissionNo(i)).empty());
    EXPECT_EQ(names.find(names.name(PermissionNo(i))), PermissionNo(i));
  }
}

TEST(Permissions, TakeTheOperatorsOnesOnce) {
  Permissions names;
  const auto first = names.add("orders.view", "See orders");
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(names.is_own(*first));
  EXPECT_EQ(*names.add("orders.view", "again"), *first);
  EXPECT_EQ(names.description(*first), "See orders");
  EXPECT_EQ(*names.add("users.view", ""), permission::kUsersView);
  EXPECT_EQ(names.name(PermissionNo{999}), "");
}

TEST(Permissions, RefuseNamesThatAreNotNounAndVerb) {
  Permissions names;
  for (const auto* name :
       {"", "orders", ".view", "orders.", "Orders.view", "orders.view.all", "or ders.view", "orders.vi\xc3\xa9w"}) {
    const auto added = names.add(name, "");
    ASSERT_FALSE(added.ok()) << name;
    EXPECT_EQ(added.error().code, "permission.name_invalid");
  }
  EXPECT_TRUE(names.add("a-1_b.c-2_d", "").ok());
}

TEST(Permissions, AreAtMostSoMany) {
  Permissions names;
  while (names.size() < kMaxPermissions) ASSERT_TRUE(names.add("app.p" + std::to_string(names.size()), "").ok());
  const auto over = names.add("app.over", "");
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, "permission.too_many");
}

TEST(Permissions, PassThroughScopesByNoun) {
  Permissions names;
  const auto view = *names.add("orders.view", "");
  const auto list = *names.add("orders.list", "");
  const auto edit = *names.add("orders.edit", "");
  (void)*names.add("orders2.view", "");
  EXPECT_THAT(names.allowed_by({"orders.read"}).list(), ElementsAre(view, list));
  EXPECT_THAT(names.allowed_by({"orders.write"}).list(), ElementsAre(view, list, edit));
  EXPECT_THAT(names.allowed_by({"decisions.read"}).list(), ElementsAre(permission::kDecisionsEvaluate));
  EXPECT_TRUE(names.allowed_by({}).empty());
  EXPECT_TRUE(names.allowed_by({"orders", "orders.view", "read", "*.write", ".write", "unknown.write"}).empty());
}

TEST(PermissionSet, HoldsWhatIsPutIn) {
  PermissionSet set;
  EXPECT_TRUE(set.empty());
  set.insert(PermissionNo{1});
  set.insert(PermissionNo{64});
  set.insert(PermissionNo{1023});
  EXPECT_THAT(set.list(), ElementsAre(PermissionNo{1}, PermissionNo{64}, PermissionNo{1023}));
  EXPECT_TRUE(PermissionSet::all().includes(set));
  EXPECT_FALSE(set.includes(PermissionSet::all()));
  EXPECT_EQ(PermissionSet::all().list().size(), kMaxPermissions);
}

}  // namespace
}  // namespace gatehouse::access
