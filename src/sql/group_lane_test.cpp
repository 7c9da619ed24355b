#include "sql/group_lane.hpp"

#include <sched.h>

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql {
namespace {

void give_way_to_everybody() {
  const sched_param none{};
  ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &none), 0);
}

TEST(GroupLane, IsNotLedByAThreadThatGivesWayToEverybody) {
  const TemporaryDirectory directory;
  const auto store = open_or_throw({.path = directory.file("store.db")});
  std::thread([&] {
    give_way_to_everybody();
    std::thread::id ran_on;
    ASSERT_TRUE(store->lane()
                    .run([&](Tx&) -> Result<void> {
                      ran_on = std::this_thread::get_id();
                      EXPECT_NE(::sched_getscheduler(0), SCHED_IDLE);
                      return {};
                    })
                    .ok());
    EXPECT_NE(ran_on, std::this_thread::get_id());
    EXPECT_THROW((void)store->lane().run([](Tx&) -> Result<void> { throw std::out_of_range("as anywhere"); }),
                 std::out_of_range);
  }).join();
  std::thread::id ran_on;
  ASSERT_TRUE(store->lane()
                  .run([&](Tx&) -> Result<void> {
                    ran_on = std::this_thread::get_id();
                    return {};
                  })
                  .ok());
  EXPECT_EQ(ran_on, std::this_thread::get_id()) << "others lead themselves";
}

TEST(GroupLane, ServesThreadsOfEveryPriorityTogether) {
  const TemporaryDirectory directory;
  const auto store = open_or_throw({.path = directory.file("store.db")});
  ASSERT_TRUE(store->lane()
                  .run([](Tx& tx) -> Result<void> {
                    tx.execute("CREATE TABLE counter (value BIGINT)");
                    tx.execute("INSERT INTO counter (value) VALUES (0)");
                    return {};
                  })
                  .ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (i % 2 == 0) give_way_to_everybody();
      for (int unit = 0; unit < 50; ++unit) {
        EXPECT_TRUE(store->lane()
                        .run([](Tx& tx) -> Result<void> {
                          tx.execute("UPDATE counter SET value = value + 1");
                          return {};
                        })
                        .ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store->read([](Tx& tx) { EXPECT_EQ(tx.integer("SELECT value FROM counter"), 400); });
}

}  // namespace
}  // namespace gatehouse::sql
