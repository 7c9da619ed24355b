// What the conformance suites of the store's seam stand on. An engine under test is a type with
//   static std::unique_ptr<sql::Database> fresh();                       // a store of its own, empty, unlike any other
//   static std::unique_ptr<sql::Database> restored(const std::string&);  // from a file that Database::backup wrote
//   static std::string backup_path();                                    // where such a file may be made
// The suites use portable SQL only, so that every engine passes them unchanged.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/database.hpp"
#include "sql/lane.hpp"

namespace gatehouse::sql::conformance {

inline constexpr std::array<Migration, 1> kSchema{{{1, "things", R"sql(
CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, raw BYTEA, at BIGINT);
CREATE UNIQUE INDEX thing_name ON thing (name);
CREATE TABLE part (
  id BIGINT PRIMARY KEY,
  thing BIGINT NOT NULL REFERENCES thing (id),
  later BIGINT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED
);
)sql"}}};

// Writes down what it is told. The lane calls it from one thread at a time, and each reading here comes after a run.
class Journal final : public Lane::Observer {
 public:
  void unit_begins() override { told += 'b'; }
  void unit_undone() override { told += 'u'; }
  void group_committed() override {
    told += 'C';
    ++commits;
    if (at_commit) at_commit();
  }
  void group_undone() override { told += 'U'; }

  std::string told;
  std::atomic<int> commits{0};
  std::function<void()> at_commit;
};

template <class Engine>
class SqlSuite : public testing::Test {
 protected:
  void SetUp() override {
    database_ = Engine::fresh();
    ASSERT_NE(database_, nullptr);
    const auto migrated = database_->migrate(kSchema);
    ASSERT_TRUE(migrated.ok()) << migrated.error().detail;
    database_->lane().observe(&journal_);
  }

  Database& database() { return *database_; }
  Lane& lane() { return database_->lane(); }
  Journal& journal() { return journal_; }

  // Runs `work` on the lane; it must be accepted.
  void write(const std::function<void(Tx&)>& work) {
    const auto written = lane().run([&](Tx& tx) -> Result<void> {
      work(tx);
      return {};
    });
    ASSERT_TRUE(written.ok()) << written.error().detail;
  }
  std::int64_t integer(std::string_view sql) {
    std::int64_t found = 0;
    database_->read([&](Tx& tx) { found = tx.integer(sql); });
    return found;
  }
  // Closes the store, for what must still hold afterwards.
  void close() { database_.reset(); }

 private:
  Journal journal_;
  std::unique_ptr<Database> database_;
};

// Holds the lane with a unit of its own until `until` says so, so that a test decides which units form the next group.
class HeldLane {
 public:
  HeldLane(Lane& lane, std::function<bool()> until)
      : thread_([this, &lane, until = std::move(until)] {
          const auto held = lane.run([&](Tx&) -> Result<void> {
            holds_ = true;
            while (!until()) std::this_thread::yield();
            return conflict("test.held", "It leaves no trace in the group.");
          });
          EXPECT_FALSE(held.ok());
        }) {
    while (!holds_) std::this_thread::yield();
  }
  ~HeldLane() { thread_.join(); }
  HeldLane(const HeldLane&) = delete;
  HeldLane& operator=(const HeldLane&) = delete;

 private:
  std::atomic<bool> holds_{false};
  std::thread thread_;
};

}  // namespace gatehouse::sql::conformance
