#include "domain/nodes/turns.hpp"

#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::Domain;

class Turns_ : public ::testing::Test {
 protected:
  bool take(const NodeId& node, std::string_view work = "work") {
    bool taken = false;
    world.unit([&](Unit& unit) { taken = Turns::take(unit, work, node); });
    return taken;
  }
  bool is_elsewhere(const NodeId& node) {
    bool elsewhere = false;
    world.database->read([&](sql::Tx& tx) { elsewhere = Turns::is_elsewhere(tx, "work", node, world.now()); });
    return elsewhere;
  }
  bool is_held_by(const NodeId& node) {
    bool held = false;
    world.database->read([&](sql::Tx& tx) { held = Turns::is_held_by(tx, "work", node); });
    return held;
  }
  void give_back(const NodeId& node) {
    world.unit([&](Unit& unit) { Turns::give_back(unit, "work", node); });
  }

  Domain world;
  const NodeId here = NodeId::make(world.now(), world.random), there = NodeId::make(world.now(), world.random);
};

TEST_F(Turns_, AreOfOneNodeAtATimeForEachWork) {
  EXPECT_FALSE(is_elsewhere(here));
  EXPECT_TRUE(take(here));
  EXPECT_TRUE(take(here));
  EXPECT_TRUE(is_held_by(here));
  EXPECT_FALSE(is_elsewhere(here));
  EXPECT_FALSE(take(there));
  EXPECT_TRUE(is_elsewhere(there));
  EXPECT_TRUE(take(there, "other work"));
}

TEST_F(Turns_, LastAsLongAsTheyAreUsed) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(take(here));
    world.clock.advance_s(Turns::kLength_s + kClockTolerance_s - 1);
    EXPECT_FALSE(take(there)) << i;
  }
}

TEST_F(Turns_, GoToAnotherWhenTheirNodeIsGoneByEveryClock) {
  EXPECT_TRUE(take(here));
  world.clock.advance_s(Turns::kLength_s + kClockTolerance_s - 1);
  EXPECT_FALSE(take(there));
  EXPECT_TRUE(is_elsewhere(there));
  world.clock.advance_s(1);
  EXPECT_FALSE(is_elsewhere(there));
  EXPECT_TRUE(take(there));
  EXPECT_FALSE(take(here)) << "it comes too late";
}

TEST_F(Turns_, AreGivenBackByTheirNodeAlone) {
  EXPECT_TRUE(take(here));
  give_back(there);
  EXPECT_FALSE(take(there));
  give_back(here);
  EXPECT_FALSE(is_held_by(here));
  EXPECT_TRUE(take(there));
}

TEST_F(Turns_, OfAClockThatWasFarOffBlockNobody) {
  world.clock.advance_s(86'400);
  EXPECT_TRUE(take(here));
  world.clock.advance_s(-86'400);
  EXPECT_TRUE(take(there));
}

}  // namespace
}  // namespace gatehouse::domain
