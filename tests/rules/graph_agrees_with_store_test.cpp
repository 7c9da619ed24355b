// The graph against the rows of the store, through random lives of whole deployments: whatever the services did or refused,
// every decision of the graph is the one that rule 1 says of the rows, and the log tells the same story.
#include <gtest/gtest.h>

#include "domain/changes/verification.hpp"
#include "rules/naive_store.hpp"
#include "rules/random_life.hpp"

namespace gatehouse {
namespace {

using testing::NaiveStore;
using testing::RandomLife;

constexpr int kSteps = 240;
constexpr int kStepsBetweenComparisons = 12;

// The graph's side of one question.
NaiveStore::Names names_of(const access::PermissionSet& set, const access::Permissions& permissions) {
  NaiveStore::Names names;
  for (const auto permission : set.list()) {
    if (static_cast<std::size_t>(permission) < permissions.size()) names.emplace(permissions.name(permission));
  }
  return names;
}

class Comparison {
 public:
  Comparison(const access::View& view, const NaiveStore& rows, const access::Permissions& permissions, Timestamp now)
      : view_(view), rows_(rows), permissions_(permissions), now_(now) {}

  void run() {
    const auto organizations = rows_.organizations();
    ASSERT_EQ(view_.organization_count() + 1, static_cast<std::int64_t>(organizations.size()));
    std::set<OrganizationNo> parents;
    for (const auto no : organizations) {
      ASSERT_TRUE(view_.organization_id(no).has_value()) << no.value;
      ASSERT_EQ(view_.parent(no), rows_.parent(no));
      ASSERT_EQ(view_.member_count(no), rows_.member_count(no));
      parents.insert(rows_.parent(no));
    }
    for (const auto no : organizations) ASSERT_EQ(view_.has_children(no), parents.contains(no));
    ASSERT_EQ(view_.user_count(), static_cast<std::int64_t>(rows_.users().size()));
    for (const auto& id : rows_.ids<UserId>("users")) ASSERT_NO_FATAL_FAILURE(user(id, organizations));
    for (const auto& id : rows_.ids<ClientId>("clients")) {
      const auto who = view_.subject_client(id);
      ASSERT_TRUE(who.has_value());
      ASSERT_NO_FATAL_FAILURE(same(*who, rows_.of_client(id), organizations)) << "client " << id.to_string();
    }
    for (const auto& id : rows_.ids<ApiTokenId>("api_tokens")) {
      const auto who = view_.subject_api_token(id);
      ASSERT_TRUE(who.has_value());
      ASSERT_NO_FATAL_FAILURE(same(*who, rows_.of_api_token(id), organizations)) << "API token " << id.to_string();
    }
  }

 private:
  void user(const UserId& id, const std::set<OrganizationNo>& organizations) {
    const auto who = view_.subject_user(id);
    ASSERT_TRUE(who.has_value());
    ASSERT_NO_FATAL_FAILURE(same(*who, rows_.of_user(who->user), organizations)) << "user number " << who->user.value;
    const auto weights = rows_.weights_of_user(who->user);
    const auto memberships = rows_.memberships(who->user);
    for (const auto at : organizations) {
      const auto weight = weights.find(at);
      ASSERT_EQ(view_.weight(*who, at, now_), weight == weights.end() ? INT32_MIN : weight->second);
      ASSERT_EQ(view_.is_member(who->user, at), memberships.contains(at));
    }
  }
  void same(const Principal& who, const NaiveStore::ByOrganization& expected,
            const std::set<OrganizationNo>& organizations) {
    std::set<OrganizationNo> seen;
    for (const auto at : organizations) {
      const auto found = expected.find(at);
      const auto names = found == expected.end() ? NaiveStore::Names() : found->second;
      ASSERT_EQ(names_of(view_.effective(who, at, now_), permissions_), names) << "at organization " << at.value;
      ASSERT_EQ(view_.allows(who, access::permission::kUsersView, at, now_), names.contains("users.view"));
      if (names.contains("users.view")) seen.insert(at);
    }
    // What lists are bound by.
    const auto scope = view_.scope(who, access::permission::kUsersView, now_);
    for (const auto at : organizations) {
      const bool within = scope.everything || std::any_of(scope.trees.begin(), scope.trees.end(),
                                                          [&](auto tree) { return view_.is_within(at, tree); });
      ASSERT_EQ(within, seen.contains(at)) << "organization " << at.value << " in the scope";
    }
  }

  const access::View& view_;
  const NaiveStore& rows_;
  const access::Permissions& permissions_;
  Timestamp now_;
};

void expect_same(const testing::Credentials& world, const access::Graph& graph) {
  world.database->read([&](sql::Tx& tx) {
    const NaiveStore rows(tx, world.permissions, world.now());
    graph.read([&](const access::View& view) {
      ASSERT_EQ(view.revision(), domain::Ledger::head(tx));
      Comparison(view, rows, world.permissions, world.now()).run();
    });
  });
}

// Everything that an operation could have left behind, as one text.
std::string everything(const testing::Credentials& world) {
  std::string all;
  const auto add = [&](sql::Tx& tx, std::string_view sql) {
    tx.each(sql, {}, [&](const sql::Row& row) {
      all.append(row.text(0)).push_back('\n');
      return true;
    });
  };
  world.database->read([&](sql::Tx& tx) {
    add(tx, "SELECT 'head ' || revision FROM log_head");
    add(tx, "SELECT 'number ' || name || last FROM sequences ORDER BY name");
    add(tx, "SELECT no || ' ' || coalesce(parent_no, 0) || name || version FROM organizations ORDER BY no");
    add(tx, "SELECT no || ' ' || user_name || status || version FROM users ORDER BY no");
    add(tx, "SELECT user_no || ' ' || organization_no FROM memberships ORDER BY user_no, organization_no");
    add(tx,
        "SELECT user_no || ' ' || organization_no || ' ' || role_no FROM grants "
        "ORDER BY user_no, organization_no, role_no");
    add(tx, "SELECT no || ' ' || name || weight FROM roles ORDER BY no");
    add(tx, "SELECT role_no || ' ' || permission FROM role_permissions ORDER BY role_no, permission");
    add(tx, "SELECT role_no || ' ' || implied_no FROM role_implications ORDER BY role_no, implied_no");
    add(tx, "SELECT owner_no || name FROM clients ORDER BY owner_no, name");
    add(tx, "SELECT organization_no || name FROM api_tokens ORDER BY organization_no, name");
    add(tx, "SELECT 'sessions ' || count(*) FROM sessions");
  });
  return all;
}

constexpr std::uint64_t kLives = 6;

class GraphAgreesWithStore : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  struct Counts {
    int done = 0;
    int refused = 0;
  };
  static inline std::map<std::string_view, Counts> tried;
  static inline std::uint64_t lived = 0;

  // The lives are worth something only when everything happened in them, and was refused.
  static void TearDownTestSuite() {
    if (lived != kLives) return;
    EXPECT_EQ(tried.size(), RandomLife::kOperations);
    for (const auto& [name, counts] : tried) {
      EXPECT_GT(counts.done, 3) << name << " was hardly ever done";
      EXPECT_TRUE(counts.refused > 0 || name == "organization.create_top") << name << " was never refused";
    }
  }
};

TEST_P(GraphAgreesWithStore, WhateverWasDoneOrRefused) {
  RandomLife life(GetParam());
  auto& world = life.world;
  for (int i = 0; i < kSteps; ++i) {
    if (life.below(6) == 0) world.clock.advance_s(static_cast<std::int64_t>(life.below(1200)));
    const auto who = life.caller();
    const auto before = everything(world);
    const auto revision = world.graph->revision();
    const auto [name, outcome] = life.next(who);
    ++(outcome ? tried[name].done : tried[name].refused);
    if (!outcome) {
      ASSERT_FALSE(outcome.error().code.empty());
      ASSERT_EQ(everything(world), before) << name << " was refused: " << outcome.error().code;
      ASSERT_EQ(world.graph->revision(), revision);
    }
    if (i % kStepsBetweenComparisons == 0) {
      expect_same(world, *world.graph);
      if (HasFatalFailure()) FAIL() << "after step " << i << ", " << name;
    }
  }
  expect_same(world, *world.graph);

  // A second node that starts now sees the same, and the log tells how it came to be.
  access::Graph loaded(world.permissions);
  domain::load_graph(*world.database, loaded);
  expect_same(world, loaded);
  const domain::Ledger ledger(*world.database, loaded, world.clock, world.random);
  EXPECT_EQ(domain::find_faults(ledger), std::vector<std::string>());
  ++lived;
}

INSTANTIATE_TEST_SUITE_P(Seeds, GraphAgreesWithStore, ::testing::Range<std::uint64_t>(1, kLives + 1));

}  // namespace
}  // namespace gatehouse
