#include "server/waiting_room.hpp"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong(60'000);
const auto never = [] { return false; };

TEST(WaitingRoom, LetsGoAtOnceWhoIsReady) {
  WaitingRoom room;
  bool reached = false;
  room.enter([] { return true; }, kLong, [&](bool yes) { reached = yes; });
  EXPECT_TRUE(reached);
}

TEST(WaitingRoom, LetsGoAtALookWhoHasBecomeReadyAndNobodyElse) {
  WaitingRoom room;
  std::atomic<bool> ready{false};
  std::vector<char> gone;
  room.enter([&] { return ready.load(); }, kLong, [&](bool yes) { gone.push_back(yes ? 'a' : '!'); });
  room.enter(never, kLong, [&](bool yes) { gone.push_back(yes ? 'b' : '.'); });
  room.look();
  EXPECT_TRUE(gone.empty());
  ready = true;
  room.look();
  room.look();
  EXPECT_EQ(gone, std::vector<char>{'a'}) << "once";
  room.close();
  EXPECT_EQ(gone, (std::vector<char>{'a', '.'})) << "the rest at the end, in vain";
}

TEST(WaitingRoom, TurnsOutWhoseTimeIsOverWhileOthersComeAndStay) {
  WaitingRoom room;
  std::atomic<int> stayed{0};
  std::promise<bool> turned_out;
  room.enter(never, milliseconds(30), [&](bool yes) { turned_out.set_value(yes); });
  // So many that their places move while the first is waited for.
  for (int i = 0; i < 1000; ++i) room.enter(never, kLong, [&](bool) { ++stayed; });
  EXPECT_FALSE(turned_out.get_future().get());
  EXPECT_EQ(stayed, 0);
  room.close();
  EXPECT_EQ(stayed, 1000);
}

TEST(WaitingRoom, TakesNobodyInOnceItIsClosed) {
  WaitingRoom room;
  room.close();
  room.close();
  bool told = false;
  room.enter(never, kLong, [&](bool yes) { told = !yes; });
  EXPECT_TRUE(told);
}

TEST(WaitingRoom, CallsEverybodyOnceHoweverManyComeAndLookAtOnce) {
  std::atomic<int> called{0};
  std::atomic<int> revision{0};
  {
    WaitingRoom room;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 200; ++i) {
          room.enter([&, i] { return revision >= i; }, milliseconds(thread == 0 ? 1 : 60'000), [&](bool) { ++called; });
          if (thread == 3) {
            ++revision;
            room.look();
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(called, 800);
}

}  // namespace
}  // namespace gatehouse::server
