#include "sql/postgres/postgres.hpp"

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/lane.hpp"
#include "sql/postgres/breaking_proxy.hpp"
#include "sql/postgres/temporary_database.hpp"
#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::array<Migration, 1> kSchema{
    {{1, "count",
      "CREATE TABLE counter (one BIGINT PRIMARY KEY, value BIGINT NOT NULL, name TEXT);"
      "INSERT INTO counter (one, value) VALUES (1, 0);"}}};

// Locks the row that orders the groups, as the ledger does.
class Order final : public Lane::Observer {
 public:
  void group_begins(Tx& tx) override { tx.integer_locked("SELECT value FROM counter WHERE one = 1", {}); }
  void unit_begins() override {}
  void unit_undone() override {}
  void group_committed() override { ++committed; }
  void group_undone() override { ++undone; }
  std::atomic<int> committed{0};
  std::atomic<int> undone{0};
};

// Not atomic: only the lock keeps increments from getting lost.
constexpr auto increment = [](Tx& tx) -> Result<void> {
  const std::int64_t value = tx.integer("SELECT value FROM counter WHERE one = 1");
  tx.execute("UPDATE counter SET value = $1 WHERE one = 1", {value + 1});
  return {};
};

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    node_ = open_or_throw({.url = place_.url()});
    ASSERT_TRUE(node_->migrate(kSchema).ok());
    node_->lane().observe(&order_);
  }
  std::int64_t value() {
    std::int64_t found = 0;
    node_->read([&](Tx& tx) { found = tx.integer("SELECT value FROM counter WHERE one = 1"); });
    return found;
  }
  [[nodiscard]] std::string server_socket() const {
    std::string path;
    node_->read([&](Tx& tx) {
      tx.each("SELECT current_setting('unix_socket_directories'), current_setting('port')", {}, [&](const Row& row) {
        path.append(row.text(0)).append("/.s.PGSQL.").append(row.text(1));
        return true;
      });
    });
    return path;
  }

  TemporaryPostgres place_;
  Order order_;
  std::unique_ptr<Database> node_;
};

TEST_F(Postgres, PutsTheUnitsOfAllNodesInOneOrder) {
  const auto other = open_or_throw({.url = place_.url()});
  Order order;
  other->lane().observe(&order);
  constexpr int kThreads = 8;
  constexpr int kUnits = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Lane& lane = i % 2 == 0 ? node_->lane() : other->lane();
      for (int unit = 0; unit < kUnits; ++unit) EXPECT_TRUE(lane.run(increment).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(value(), kThreads * kUnits);
  EXPECT_GT(order.committed, 0);
  EXPECT_GT(order_.committed, 0);
}

TEST_F(Postgres, RunsAUnitAgainWhenItsConnectionIsLostBeforeTheCommit) {
  int runs = 0;
  const auto done = node_->lane().run([&](Tx& tx) -> Result<void> {
    TRY(increment(tx));
    if (++runs == 1) tx.execute("SELECT pg_terminate_backend(pg_backend_pid())");
    return {};
  });
  ASSERT_TRUE(done.ok()) << done.error().detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(order_.undone, 1);
}

TEST_F(Postgres, RunsAUnitAgainThatCouldNotBeSerialized) {
  for (const std::string_view state : {"40001", "40P01"}) {
    int runs = 0;
    const auto done = node_->lane().run([&](Tx& tx) -> Result<void> {
      TRY(increment(tx));
      if (++runs == 1)
        tx.execute("DO $x$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '" + std::string(state) + "'; END $x$");
      return {};
    });
    ASSERT_TRUE(done.ok()) << done.error().detail;
    EXPECT_EQ(runs, 2);
  }
  EXPECT_EQ(value(), 2);
}

TEST_F(Postgres, KeepsNothingOfAGroupWhenWhatWasPostedFails) {
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  std::array<Result<void>, 3> results;
  std::atomic<bool> holds{false};
  threads.emplace_back([&] {
    EXPECT_FALSE(node_->lane()
                     .run([&](Tx&) -> Result<void> {
                       holds = true;
                       while (!go) std::this_thread::yield();
                       return conflict("test.held", "It leaves no trace.");
                     })
                     .ok());
  });
  while (!holds) std::this_thread::yield();
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      results.at(i) = node_->lane().run([&](Tx& tx) -> Result<void> {
        TRY(increment(tx));
        // Last in its unit; its failure is heard of in the next one, or at the commit.
        if (i == 1) tx.post("INSERT INTO counter (one, value) VALUES (1, 0)", std::initializer_list<Value>{});
        return {};
      });
    });
    while (node_->lane().waiting() <= i) std::this_thread::yield();
  }
  go = true;
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_FALSE(result.ok());
  EXPECT_EQ(value(), 0);
  ASSERT_TRUE(node_->lane().run(increment).ok());
  EXPECT_EQ(value(), 1);
}

class PostgresInDoubt : public Postgres {
 protected:
  void SetUp() override {
    Postgres::SetUp();
    proxy_ = std::make_unique<BreakingProxy>(folder_.path(), server_socket());
    // What comes later in a URL wins.
    far_ = open_or_throw(
        {.url = place_.url() + "&host=" + folder_.path() + "&port=5432", .write_within = milliseconds(3000)});
    far_->lane().observe(&far_order_);
    ASSERT_TRUE(far_->lane().run(increment).ok());
  }
  TemporaryDirectory folder_;
  Order far_order_;
  std::unique_ptr<BreakingProxy> proxy_;
  std::unique_ptr<Database> far_;
};

TEST_F(PostgresInDoubt, FindsOutThatACommitHasHappenedAndDoesNotRepeatIt) {
  proxy_->break_at_commit(BreakingProxy::Break::kAfterCommit);
  int runs = 0;
  const auto done = far_->lane().run([&](Tx& tx) {
    ++runs;
    return increment(tx);
  });
  ASSERT_TRUE(done.ok()) << done.error().detail;
  EXPECT_EQ(proxy_->broken(), 1);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(value(), 2);
}

TEST_F(PostgresInDoubt, FindsOutThatACommitHasNotHappenedAndRepeatsIt) {
  proxy_->break_at_commit(BreakingProxy::Break::kBeforeCommit);
  int runs = 0;
  const auto done = far_->lane().run([&](Tx& tx) {
    ++runs;
    return increment(tx);
  });
  ASSERT_TRUE(done.ok()) << done.error().detail;
  EXPECT_EQ(proxy_->broken(), 1);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(value(), 2);
}

TEST_F(PostgresInDoubt, AsksForItsOwnGroupWhateverOthersHaveDoneSince) {
  proxy_->break_at_commit(BreakingProxy::Break::kAfterCommit);
  proxy_->refuse(true);
  std::thread others([&] {
    while (proxy_->broken() == 0) std::this_thread::yield();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(node_->lane().run(increment).ok());
    proxy_->refuse(false);
  });
  const auto done = far_->lane().run(increment);
  others.join();
  ASSERT_TRUE(done.ok()) << done.error().detail;
  EXPECT_EQ(value(), 7);
}

TEST_F(PostgresInDoubt, RemembersItsMarkWhoeverCleansUp) {
  ASSERT_TRUE(node_->lane()
                  .run([](Tx& tx) -> Result<void> {
                    tx.execute("DELETE FROM lane_marks");
                    return {};
                  })
                  .ok());
  proxy_->break_at_commit(BreakingProxy::Break::kAfterCommit);
  ASSERT_TRUE(far_->lane().run(increment).ok());
  EXPECT_EQ(value(), 2);
}

TEST_F(PostgresInDoubt, SaysThatItDoesNotKnowWhenItCannotFindOut) {
  proxy_->break_at_commit(BreakingProxy::Break::kAfterCommit);
  proxy_->refuse(true);
  const auto done = far_->lane().run(increment);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(done.error().code, "store.outcome_unknown");
  proxy_->refuse(false);
  ASSERT_TRUE(far_->lane().run(increment).ok()) << "and goes on";
  EXPECT_EQ(value(), 3);
}

TEST_F(PostgresInDoubt, RefusesWhenTheServerStaysAway) {
  proxy_->break_at_commit(BreakingProxy::Break::kBeforeCommit);
  ASSERT_TRUE(far_->lane().run(increment).ok());
  proxy_->refuse(true);
  proxy_->break_at_commit(BreakingProxy::Break::kBeforeCommit);
  const auto done = far_->lane().run([](Tx& tx) -> Result<void> {
    tx.execute("SELECT pg_terminate_backend(pg_backend_pid())");
    return increment(tx);
  });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, "store.unavailable");
  EXPECT_EQ(value(), 2);
}

TEST_F(Postgres, ReplacesAReadConnectionThatWasLostWhileItLayIdle) {
  std::int64_t backend = 0;
  node_->read([&](Tx& tx) { backend = tx.integer("SELECT pg_backend_pid()"); });
  const auto ended = node_->lane().run([&](Tx& tx) -> Result<void> {
    tx.execute("SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)", {backend});
    return {};
  });
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(value(), 0);
}

TEST_F(Postgres, LetsReadersWaitForAConnectionAndThenFails) {
  const auto narrow = open_or_throw({.url = place_.url(), .read_connections = 1, .write_within = milliseconds(50)});
  narrow->read([&](Tx&) {
    std::thread([&] { EXPECT_THROW(narrow->read([](Tx&) {}), EngineError); }).join();
    narrow->read([](Tx& nested) { EXPECT_EQ(nested.integer("SELECT 1"), 1); });
  });
  std::thread([&] { EXPECT_NO_THROW(narrow->read([](Tx& tx) { tx.integer("SELECT 1"); })); }).join();
}

TEST_F(Postgres, CutsOffALongStatementButNotAReadingAtLength) {
  const auto hasty = open_or_throw({.url = place_.url(), .statement_within = milliseconds(100)});
  hasty->read([](Tx& tx) { EXPECT_THROW(tx.integer("SELECT count(*) FROM (SELECT pg_sleep(5)) s"), EngineError); });
  hasty->read_at_length([](Tx& tx) { EXPECT_EQ(tx.integer("SELECT count(*) FROM (SELECT pg_sleep(0.3)) s"), 1); });
  hasty->read([](Tx& tx) { EXPECT_THROW(tx.integer("SELECT count(*) FROM (SELECT pg_sleep(5)) s"), EngineError); });
}

TEST_F(Postgres, CommitsDurablyWhateverTheDatabaseSays) {
  const auto weakened = node_->lane().run([&](Tx& tx) -> Result<void> {
    tx.execute(
        "DO $x$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $x$");
    return {};
  });
  ASSERT_TRUE(weakened.ok());
  const auto later = open_or_throw({.url = place_.url()});
  std::string setting;
  ASSERT_TRUE(later->lane()
                  .run([&](Tx& tx) -> Result<void> {
                    tx.each("SELECT current_setting('synchronous_commit')", {}, [&](const Row& row) {
                      setting = row.text(0);
                      return true;
                    });
                    return {};
                  })
                  .ok());
  EXPECT_EQ(setting, "on");
}

TEST_F(Postgres, SortsByBytesWhateverTheLocale) {
  ASSERT_TRUE(
      node_->lane()
          .run([](Tx& tx) -> Result<void> {
            tx.execute(
                "INSERT INTO counter (one, value, name) VALUES (2, 0, 'b'), (3, 0, 'B'), (4, 0, 'ä'), (5, 0, 'a')");
            return {};
          })
          .ok());
  std::string order;
  node_->read([&](Tx& tx) {
    tx.each("SELECT name FROM counter WHERE name IS NOT NULL ORDER BY name", {}, [&](const Row& row) {
      order += row.text(0);
      return true;
    });
  });
  EXPECT_EQ(order, "Babä");
}

TEST_F(Postgres, ReadsSumsOfAnySign) {
  node_->read([](Tx& tx) {
    EXPECT_EQ(tx.integer("SELECT sum(v) FROM (VALUES (CAST(9000000000000000000 AS BIGINT)), (1)) t (v)"),
              9'000'000'000'000'000'001);
    EXPECT_EQ(tx.integer("SELECT sum(v) FROM (VALUES (CAST(-120000 AS BIGINT)), (0)) t (v)"), -120'000);
    EXPECT_EQ(tx.integer("SELECT sum(v) FROM (VALUES (CAST(0 AS BIGINT))) t (v)"), 0);
    EXPECT_THROW(tx.integer("SELECT 0.5"), EngineError);
    EXPECT_THROW(tx.integer("SELECT 'one'"), EngineError);
  });
}

TEST_F(Postgres, TellsTheWatchesOfOtherNodesAndNotItsOwn) {
  const auto mine = node_->watch();
  const auto theirs = node_->watch();
  theirs->read([](Tx& tx) { tx.integer("SELECT 1"); });
  mine->tell();
  const auto begin = std::chrono::steady_clock::now();
  theirs->wait(milliseconds(20'000));
  mine->wait(milliseconds(1));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(10'000));
  std::thread waker([&] { mine->wake(); });
  mine->wait(milliseconds(20'000));
  waker.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(10'000));
}

TEST_F(Postgres, LetsOnlyOneNodeBeAlone) {
  const auto other = open_or_throw({.url = place_.url()});
  std::atomic<int> inside{0};
  std::atomic<int> done{0};
  const auto work = [&] {
    EXPECT_EQ(++inside, 1);
    std::this_thread::yield();
    --inside;
    ++done;
  };
  std::thread first([&] {
    for (int i = 0; i < 20; ++i) node_->alone(work);
  });
  for (int i = 0; i < 20; ++i) other->alone(work);
  first.join();
  EXPECT_EQ(done, 40);
}

TEST_F(Postgres, MigratesOnceWhenManyNodesBegin) {
  const TemporaryPostgres empty;
  std::vector<std::thread> nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.emplace_back([&] { EXPECT_TRUE(open_or_throw({.url = empty.url()})->migrate(kSchema).ok()); });
  }
  for (auto& node : nodes) node.join();
}

TEST(PostgresOpening, SaysWhatIsWrongWithoutThePassword) {
  SystemRandom random;
  const auto opened = open_postgres({.url = "postgresql://somebody:s3cret-word@127.0.0.1:1/nothing"}, random);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().detail, HasSubstr("--database-url"));
  EXPECT_THAT(opened.error().detail, Not(HasSubstr("s3cret-word")));
}

TEST(PostgresOpening, QuotesNothingOfAUrlThatCannotBeRead) {
  SystemRandom random;
  for (const std::string_view password : {"a%zzhush", "a@hush", "a:b@hush", "a/hush", "a#hush", "hush?x"}) {
    const auto opened =
        open_postgres({.url = "postgresql://gh:" + std::string(password) + "@127.0.0.1:1/gatehouse"}, random);
    ASSERT_FALSE(opened.ok());
    EXPECT_THAT(opened.error().detail, Not(HasSubstr("hush"))) << password;
  }
}

}  // namespace
}  // namespace gatehouse::sql
