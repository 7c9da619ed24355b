// Conformance of the write lane.
#pragma once

#include <stdexcept>

#include "conformance/sql_fixture.hpp"

namespace gatehouse::sql::conformance {

template <class Engine>
class SqlLane : public SqlSuite<Engine> {
 protected:
  // Runs all `units` in one group, in their order; what each got.
  std::vector<Result<void>> run_as_one_group(const std::vector<std::function<Result<void>(Tx&)>>& units) {
    std::vector<Result<void>> results(units.size());
    std::vector<std::thread> threads;
    std::atomic<bool> go{false};
    {
      const HeldLane held(this->lane(), [&] { return go.load(); });
      for (std::size_t index = 0; index < units.size(); ++index) {
        threads.emplace_back([&, index] { results[index] = this->lane().run(units[index]); });
        while (this->lane().waiting() <= index) std::this_thread::yield();
      }
      go = true;
    }
    for (std::thread& thread : threads) thread.join();
    return results;
  }
};
TYPED_TEST_SUITE_P(SqlLane);

inline Result<void> insert(Tx& tx, std::int64_t id) {
  tx.execute("INSERT INTO thing (id) VALUES ($1)", {id});
  return {};
}

TYPED_TEST_P(SqlLane, AcknowledgesAfterTheCommitWasAnnounced) {
  for (int id = 1; id <= 3; ++id) {
    ASSERT_TRUE(this->lane().run([&](Tx& tx) { return insert(tx, id); }).ok());
    EXPECT_EQ(this->journal().commits, id);
    EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), id);
  }
  EXPECT_EQ(this->journal().told, "bCbCbC");
}

TYPED_TEST_P(SqlLane, AnnouncesACommitThatOthersSee) {
  std::int64_t seen = 0;
  this->journal().at_commit = [&] { seen = this->integer("SELECT count(*) FROM thing"); };
  this->write([](Tx& tx) { insert(tx, 1).value(); });
  EXPECT_EQ(seen, 1);
}

TYPED_TEST_P(SqlLane, UndoesARefusedUnitAlone) {
  const auto refuse = [](Tx& tx) -> Result<void> {
    insert(tx, 99).value();
    tx.execute("UPDATE thing SET at = 99");
    return conflict("test.refused", "no");
  };
  const auto results = this->run_as_one_group({
      refuse,
      [](Tx& tx) { return insert(tx, 1); },
      refuse,
      [](Tx&) -> Result<void> { return not_found("test.nothing", "nothing"); },
      [](Tx& tx) {
        EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 1);
        EXPECT_FALSE(tx.exists("SELECT 1 FROM thing WHERE at = $1", {99}));
        return insert(tx, 2);
      },
  });
  EXPECT_EQ(results[0].error().code, "test.refused");
  EXPECT_TRUE(results[1].ok());
  EXPECT_EQ(results[2].error().code, "test.refused");
  EXPECT_EQ(results[3].error().code, "test.nothing");
  EXPECT_TRUE(results[4].ok());
  EXPECT_EQ(this->integer("SELECT sum(id) FROM thing WHERE at IS NULL"), 3);
  EXPECT_EQ(this->journal().told, "bububbububC") << "the first is the unit that held the lane";
}

TYPED_TEST_P(SqlLane, CommitsNothingWhenAllWasRefused) {
  const auto refused = this->lane().run([](Tx& tx) -> Result<void> {
    insert(tx, 1).value();
    return conflict("test.refused", "no");
  });
  EXPECT_EQ(refused.error().code, "test.refused");
  EXPECT_EQ(this->journal().told, "bu");
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 0);
}

TYPED_TEST_P(SqlLane, ThrowsWhatAUnitThrowsAndUndoesIt) {
  EXPECT_THROW((void)this->lane().run([](Tx& tx) -> Result<void> {
    insert(tx, 1).value();
    throw std::out_of_range("a broken invariant");
  }),
               std::out_of_range);
  EXPECT_EQ(this->journal().told, "bu");
  this->write([](Tx& tx) { insert(tx, 2).value(); });
  EXPECT_EQ(this->integer("SELECT sum(id) FROM thing"), 2);
}

TYPED_TEST_P(SqlLane, AnswersAnEngineFailureWithUnavailableForThatUnitAlone) {
  const auto results = this->run_as_one_group({
      [](Tx& tx) { return insert(tx, 1); },
      [](Tx& tx) {
        insert(tx, 2).value();
        return insert(tx, 1);  // the key is taken: the engine's own failure
      },
      [](Tx& tx) { return insert(tx, 3); },
  });
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(results[1].error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(results[2].ok());
  EXPECT_EQ(this->integer("SELECT sum(id) FROM thing"), 4);
}

TYPED_TEST_P(SqlLane, RefusesToBeCalledByItsOwnUnit) {
  EXPECT_THROW((void)this->lane().run([&](Tx&) { return this->lane().run([](Tx& tx) { return insert(tx, 1); }); }),
               std::logic_error);
  this->write([](Tx& tx) { insert(tx, 2).value(); });
  EXPECT_EQ(this->integer("SELECT sum(id) FROM thing"), 2);
}

TYPED_TEST_P(SqlLane, FailsTheWholeGroupWhenItsCommitFailsAndGoesOn) {
  const auto results = this->run_as_one_group({
      [](Tx& tx) { return insert(tx, 1); },
      [](Tx& tx) -> Result<void> {
        insert(tx, 2).value();
        // A key that is checked at the commit, and points nowhere.
        tx.execute("INSERT INTO part (id, thing, later) VALUES (1, 2, 404)");
        return {};
      },
      [](Tx&) -> Result<void> { return conflict("test.refused", "decided on what never was"); },
  });
  for (const auto& result : results) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
  }
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 0);
  EXPECT_EQ(this->journal().told.back(), 'U');
  this->write([](Tx& tx) { insert(tx, 3).value(); });
  EXPECT_EQ(this->integer("SELECT sum(id) FROM thing"), 3);
  EXPECT_EQ(this->journal().told.back(), 'C');
}

TYPED_TEST_P(SqlLane, CommitsWhatWaitsTogether) {
  const std::vector<std::function<Result<void>(Tx&)>> units(
      40, [](Tx& tx) { return insert(tx, tx.integer("SELECT count(*) FROM thing")); });
  for (const auto& result : this->run_as_one_group(units)) EXPECT_TRUE(result.ok());
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 40);
  EXPECT_EQ(this->journal().commits, 1);
}

TYPED_TEST_P(SqlLane, KeepsEveryAcknowledgedUnitOnceAndNoRefusedOne) {
  constexpr int kThreads = 64;
  constexpr int kUnits = 40;
  std::array<std::vector<std::int64_t>, kThreads> kept;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int unit = 0; unit < kUnits; ++unit) {
        const std::int64_t id = thread * 1000 + unit;
        const auto result = this->lane().run([&](Tx& tx) -> Result<void> {
          insert(tx, id).value();
          if (unit % 5 == 0) return conflict("test.refused", "no");
          return {};
        });
        if (result.ok()) {
          kept.at(static_cast<std::size_t>(thread)).push_back(id);
          bool there = false;
          this->database().read([&](Tx& tx) { there = tx.exists("SELECT 1 FROM thing WHERE id = $1", {id}); });
          EXPECT_TRUE(there) << "an acknowledged unit is seen by the next read";
        } else {
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, kThreads * kUnits / 5);
  std::vector<std::int64_t> acknowledged;
  for (const auto& of_thread : kept) acknowledged.insert(acknowledged.end(), of_thread.begin(), of_thread.end());
  std::vector<std::int64_t> stored;
  this->database().read([&](Tx& tx) {
    tx.each("SELECT id FROM thing ORDER BY id", {}, [&](const Row& row) {
      stored.push_back(row.integer(0));
      return true;
    });
  });
  EXPECT_EQ(stored, acknowledged);
  EXPECT_LT(this->journal().commits, kThreads * kUnits * 4 / 5) << "they shared commits";
}

REGISTER_TYPED_TEST_SUITE_P(SqlLane, AcknowledgesAfterTheCommitWasAnnounced, AnnouncesACommitThatOthersSee,
                            UndoesARefusedUnitAlone, CommitsNothingWhenAllWasRefused, ThrowsWhatAUnitThrowsAndUndoesIt,
                            AnswersAnEngineFailureWithUnavailableForThatUnitAlone, RefusesToBeCalledByItsOwnUnit,
                            FailsTheWholeGroupWhenItsCommitFailsAndGoesOn, CommitsWhatWaitsTogether,
                            KeepsEveryAcknowledgedUnitOnceAndNoRefusedOne);

}  // namespace gatehouse::sql::conformance
