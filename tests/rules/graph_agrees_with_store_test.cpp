// The graph against the rows of the store, through random lives of whole deployments: whatever the services did or refused,
// every decision of the graph is the one that rule 1 says of the rows, nothing has become of it that may not, and the log
// tells the same story.
#include <gtest/gtest.h>

#include <iostream>

#include "domain/changes/verification.hpp"
#include "rules/comparison.hpp"
#include "rules/consequences.hpp"
#include "rules/random_joins.hpp"

namespace gatehouse {
namespace {

using testing::Consequences;
using testing::expect_same;
using testing::RandomJoins;

constexpr int kSteps = 500;

// Everything that an operation could have left behind, as one text.
std::string everything(const testing::Credentials& world) {
  std::string all;
  const auto add = [&](sql::Tx& tx, std::string_view sql, bool secret = false) {
    tx.each(sql, {}, [&](const sql::Row& row) {
      all.append(row.text(0)).append(secret ? row.bytes(1) : "").push_back('\n');
      return true;
    });
  };
  world.database->read([&](sql::Tx& tx) {
    add(tx, "SELECT 'head ' || revision FROM log_head");
    add(tx, "SELECT 'number ' || name || last FROM sequences ORDER BY name");
    add(tx, "SELECT no || ' ' || coalesce(parent_no, 0) || name || version FROM organizations ORDER BY no");
    add(tx, "SELECT no || ' ' || user_name || status || version || (password_hash IS NULL) FROM users ORDER BY no");
    add(tx, "SELECT user_no || ' ' || organization_no FROM memberships ORDER BY user_no, organization_no");
    add(tx,
        "SELECT user_no || ' ' || organization_no || ' ' || role_no FROM grants "
        "ORDER BY user_no, organization_no, role_no");
    add(tx, "SELECT no || ' ' || name || weight FROM roles ORDER BY no");
    add(tx, "SELECT role_no || ' ' || permission FROM role_permissions ORDER BY role_no, permission");
    add(tx, "SELECT role_no || ' ' || implied_no FROM role_implications ORDER BY role_no, implied_no");
    add(tx, "SELECT owner_no || name FROM clients ORDER BY owner_no, name");
    add(tx, "SELECT organization_no || name FROM api_tokens ORDER BY organization_no, name");
    add(tx, "SELECT 'at ' || coalesce(active_organization_no, 0) FROM sessions ORDER BY id");
    add(tx, "SELECT email || status || last_sent_at || ' ' || expires_at, secret FROM invitations ORDER BY id", true);
    add(tx, "SELECT organization_no || ' ' || role_no FROM invitation_targets ORDER BY invitation_id, 1");
    add(tx, "SELECT customer_no || ' ' || agency_no FROM connections ORDER BY id");
    add(tx, "SELECT 'role ' || role_no FROM connection_grants ORDER BY connection_id, role_no");
    add(tx, "SELECT agency_no || ' ' || customer_no || name FROM client_records ORDER BY id");
    add(tx, "SELECT organization_no || event || revision FROM notifications ORDER BY organization_no, id");
    add(tx, "SELECT recipient || status || attempts FROM mails ORDER BY id");
  });
  return all;
}

constexpr std::uint64_t kLives = 6;

class GraphAgreesWithStore : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  struct Counts {
    int done = 0;
    std::map<std::string_view, int> refused;
  };
  static inline std::map<std::string_view, Counts> tried;
  static inline std::uint64_t lived = 0;

  // The lives are worth something only when everything happened in them, and was refused.
  static void TearDownTestSuite() {
    if (lived != kLives) return;
    EXPECT_EQ(tried.size(), RandomJoins::kOperations);
    for (const auto& [name, counts] : tried) {
      EXPECT_GT(counts.done, 0) << name << " was never done";
      EXPECT_TRUE(!counts.refused.empty() || name == "organization.create_top") << name << " was never refused";
    }
    if (getenv("STATS") != nullptr) print();  // NOLINT(concurrency-mt-unsafe): nobody else runs
    EXPECT_GT(tried["invitation.accept"].refused["organization.name_taken"], 0) << "when half of the work is done";
    int through_agency = 0;
    for (auto& [name, counts] : tried) through_agency += counts.refused["access.through_agency"];
    EXPECT_GT(tried["join.activate"].refused["invitation.void"], 0) << "nobody was demoted in between";
    EXPECT_GT(RandomJoins::in_part, 0) << "everybody was, or nobody";
    EXPECT_GT(tried["platform_role.revoke"].refused["membership.last_admin"], 0);
    EXPECT_GT(through_agency, 0) << "nobody of an agency tried to give what lasts";
  }

  static void print() {
    for (const auto& [name, counts] : tried) {
      std::cout << name << ' ' << counts.done << ':';
      for (const auto& [code, count] : counts.refused) std::cout << ' ' << code << ' ' << count;
      std::cout << '\n';
    }
    std::cout << "in part: " << RandomJoins::in_part << '\n';
  }

  // Advances the clock: mostly by minutes, now and then by days.
  static void let_time_pass(RandomJoins& life) {
    if (life.below(6) == 0) life.world.clock.advance_s(static_cast<std::int64_t>(life.below(1200)));
    if (life.below(40) == 0) life.world.clock.advance_s(static_cast<std::int64_t>(life.below(5 * 86'400)));
  }
};

TEST_P(GraphAgreesWithStore, WhateverWasDoneOrRefused) {
  // Every statement goes to a server there: two lives find what differs between the engines, all six take minutes.
  if (testing::engine() == testing::Engine::kPostgres && GetParam() > 2) GTEST_SKIP() << "lived on SQLite";
  RandomJoins life(GetParam());
  auto& world = life.world;
  for (int i = 0; i < kSteps; ++i) {
    let_time_pass(life);
    const auto who = life.caller();
    const auto before = everything(world);
    const auto revision = world.graph->revision();
    Consequences consequences(life);
    const auto [name, outcome] = life.next(who);
    if (!outcome) {
      ASSERT_FALSE(outcome.error().code.empty());
      ++tried[name].refused[outcome.error().code];
      ASSERT_EQ(everything(world), before) << name << " was refused: " << outcome.error().code;
      ASSERT_EQ(world.graph->revision(), revision);
      continue;
    }
    ++tried[name].done;
    expect_same(world, *world.graph);
    consequences.check(name, life.giver(who));
    if (HasFailure()) FAIL() << "after step " << i << ", " << name;
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
