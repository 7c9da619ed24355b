// Several nodes on one store: whatever each does, all come to see the same, in the same order. On an engine that lets in one
// process only there is nobody to follow.
#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "domain/changes/verification.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::engine;
using gatehouse::testing::Engine;
using gatehouse::testing::need;

// A second node on the same store.
class Another {
 public:
  explicit Another(Domain& world) : database(world.store.open()), graph(world.permissions) {
    load_graph(*database, graph);
    ledger = std::make_unique<Ledger>(*database, graph, world.clock, random);
    watch = database->watch();
  }
  std::unique_ptr<sql::Database> database;
  access::Graph graph;
  SystemRandom random;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<sql::Watch> watch;
};

class Following : public ::testing::Test {
 protected:
  void SetUp() override {
    if (engine() == Engine::kSqlite) GTEST_SKIP() << "one process at a time";
    other_ = std::make_unique<Another>(world_);
    watch_ = world_.database->watch();
  }

  static Result<Organization> found(Ledger& ledger, OrganizationNo platform, const std::string& name) {
    return ledger.unguarded("test", Principal::system(), [&](Unit& unit) {
      return Organizations::insert(unit, platform, {name, "", {}});
    });
  }
  Result<Organization> found_here(const std::string& name) { return found(*world_.ledger, world_.platform, name); }
  Result<Organization> found_there(const std::string& name) { return found(*other_->ledger, world_.platform, name); }

  static bool knows(const access::Graph& graph, const Organization& organization) {
    bool known = false;
    graph.read([&](const access::View& view) { known = static_cast<bool>(view.find_organization(organization.id)); });
    return known;
  }

  Domain world_;
  std::unique_ptr<Another> other_;
  std::unique_ptr<sql::Watch> watch_;
};

TEST_F(Following, SeesWhatAnotherNodeCommitted) {
  const auto made = need(found_there("Acme"));
  EXPECT_FALSE(knows(*world_.graph, made));
  EXPECT_TRUE(need(world_.ledger->follow(*watch_)));
  EXPECT_TRUE(knows(*world_.graph, made));
  EXPECT_EQ(world_.graph->revision(), other_->graph.revision());
  EXPECT_TRUE(need(world_.ledger->follow(*watch_))) << "and there is nothing more";
}

TEST_F(Following, AUnitDecidesOnWhatOthersCommittedWithoutHavingFollowed) {
  const auto made = need(found_there("Acme"));
  const auto below = world_.ledger->unguarded("test", Principal::system(), [&](Unit& unit) -> Result<Organization> {
    const auto parent = unit.view().find_organization(made.id);
    if (!parent) return not_found("test.unknown", "The unit does not see it.");
    return Organizations::insert(unit, parent, {"Below", "", {}});
  });
  ASSERT_TRUE(below.ok()) << below.error().detail;
  EXPECT_TRUE(knows(*world_.graph, made)) << "published with the unit";
}

TEST_F(Following, ARefusedUnitLeavesTheGraphAtWhatOthersCommitted) {
  const auto made = need(found_there("Acme"));
  EXPECT_EQ(code(found_here("acme")), "organization.name_taken");
  EXPECT_TRUE(knows(*world_.graph, made));
  EXPECT_TRUE(need(world_.ledger->follow(*watch_)));
  EXPECT_EQ(world_.graph->revision(), other_->graph.revision());
}

TEST_F(Following, TakesOverMoreThanFitsIntoOneLook) {
  need(other_->ledger->unguarded("test", Principal::system(), [&](Unit& unit) -> Result<void> {
    for (int i = 0; i < 10'050; ++i) {
      unit.record({.action = "test.noted",
                   .organization = {},
                   .target_kind = "test",
                   .target = {},
                   .before = {},
                   .after = {},
                   .facts = {}});
    }
    return {};
  }));
  EXPECT_FALSE(need(world_.ledger->follow(*watch_)));
  EXPECT_TRUE(need(world_.ledger->follow(*watch_)));
  EXPECT_EQ(world_.graph->revision(), other_->graph.revision());
}

TEST_F(Following, AllNodesSeeTheSameAfterAllWroteAtOnce) {
  std::atomic<bool> writing{true};
  const auto follow = [&](Ledger& ledger, sql::Watch& watch) {
    Revision last = 0;
    while (writing) {
      need(ledger.follow(watch));
      const Revision now = ledger.graph().revision();
      EXPECT_GE(now, last) << "a graph never goes back";
      last = now;
    }
    while (!need(ledger.follow(watch))) {}
  };
  std::thread here([&] { follow(*world_.ledger, *watch_); });
  std::thread there([&] { follow(*other_->ledger, *other_->watch); });
  std::atomic<int> made{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 6; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 20; ++i) {
        // Half of the names are wanted by two writers, one on each node.
        const std::string name = i % 2 == 0 ? "Shared " + std::to_string(i) : "Own " + std::to_string(writer * 100 + i);
        if ((writer % 2 == 0 ? found_here(name) : found_there(name)).ok()) ++made;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  writing = false;
  here.join();
  there.join();
  EXPECT_EQ(made, 6 * 10 + 10);
  EXPECT_EQ(world_.graph->revision(), other_->graph.revision());
  EXPECT_EQ(find_faults(*world_.ledger), std::vector<std::string>());
  EXPECT_EQ(find_faults(*other_->ledger), std::vector<std::string>());
}

TEST_F(Following, NoticesThatTheStoreWasSetBack) {
  need(found_here("Acme"));
  need(world_.ledger->follow(*watch_));
  // As a restored backup would: the last entry is gone, and then another stands in its place.
  need(other_->database->lane().run([](sql::Tx& tx) -> Result<void> {
    tx.execute("DELETE FROM changes WHERE revision = (SELECT revision FROM log_head)");
    tx.execute("UPDATE log_head SET revision = revision - 1");
    return {};
  }));
  EXPECT_EQ(code(world_.ledger->follow(*watch_)), "store.diverged");
  EXPECT_EQ(code(found_here("Bee")), "store.unavailable") << "and writes nothing on top of it";

  Another restored(world_);
  world_.clock.advance_s(1);
  need(found(*restored.ledger, world_.platform, "Cee"));
  EXPECT_EQ(restored.graph.revision(), world_.graph->revision()) << "as long a log, but not the same";
  EXPECT_EQ(code(world_.ledger->follow(*watch_)), "store.diverged");
}

}  // namespace
}  // namespace gatehouse::domain
