// Readers against the publishing writer; meant for ThreadSanitizer, true without it.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "access/graph.hpp"

namespace gatehouse::access {
namespace {

template <class T>
T id(std::uint8_t no) {
  Uuid uuid;
  uuid.bytes[15] = no;
  return T(uuid);
}

Principal user(std::uint32_t no) {
  Principal who;
  who.kind = Principal::Kind::kUser;
  who.user = {no};
  return who;
}

constexpr Timestamp kNow{1};

struct Moved {
  Permissions names;
  Graph graph{names};

  Moved() {
    graph.load(OrganizationFact{{1}, id<OrganizationId>(1), {}});
    graph.load(OrganizationFact{{2}, id<OrganizationId>(2), {1}});
    graph.load(OrganizationNameFact{{2}, "odd"});
    for (std::uint8_t no = 1; no <= 3; ++no) graph.load(UserFact{{no}, id<UserId>(no), true});
    graph.load(RoleFact{{1}, id<RoleId>(1), "role", 1, {"users.view"}});
    graph.load(HoldingFact{{1}, {1}, false, {{1}}});
    graph.finish_load(1);
  }
};

TEST(GraphReaders, AlwaysSeeTheRoleWithExactlyOneOfTheTwo) {
  Moved moved;
  auto& graph = moved.graph;
  std::atomic<bool> done{false};
  std::atomic<int> reading{0};
  const auto watch = [&] {
    Revision last = 0;
    ++reading;
    while (!done.load(std::memory_order_relaxed)) {
      graph.read([&](const View& view) {
        const bool first = view.allows(user(1), permission::kUsersView, {2}, kNow);
        const bool second = view.allows(user(2), permission::kUsersView, {2}, kNow);
        EXPECT_NE(first, second);
        EXPECT_GE(view.revision(), last);
        EXPECT_EQ(view.role({1})->name, view.revision() % 2 == 1 ? "role" : "a role with a name that is not short");
        EXPECT_EQ(view.name_key({2}), view.revision() % 2 == 1 ? "odd" : "an even name that is longer");
        EXPECT_EQ(view.session(id<SessionId>(9)) != nullptr, view.revision() % 2 == 0);
        last = view.revision();
        graph.read([&](const View& inner) { EXPECT_GE(inner.revision(), last); });
      });
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(watch);
  while (reading.load() != 3) std::this_thread::yield();
  for (Revision revision = 2; revision < 400; ++revision) {
    const bool odd = revision % 2 == 1;
    const auto mark = graph.mark();
    graph.apply(HoldingFact{{3}, {2}, true, {{1}}});
    graph.apply(UserGone{{1}});
    graph.apply(OrganizationNameFact{{2}, "of nobody who reads"});
    graph.undo_to(mark);
    graph.apply(HoldingFact{{1}, {1}, false, odd ? std::vector<RoleNo>{{1}} : std::vector<RoleNo>{}});
    graph.apply(HoldingFact{{2}, {1}, false, odd ? std::vector<RoleNo>{} : std::vector<RoleNo>{{1}}});
    graph.apply(RoleFact{{1}, id<RoleId>(1), odd ? "role" : "a role with a name that is not short", 1, {"users.view"}});
    graph.apply(OrganizationNameFact{{2}, odd ? "odd" : "an even name that is longer"});
    graph.apply(odd ? Fact(SessionGone{id<SessionId>(9)}) : Fact(SessionFact{id<SessionId>(9), {1}, {1}, kNever}));
    graph.publish(revision);
    EXPECT_EQ(graph.revision(), revision);
  }
  done = true;
  for (auto& reader : readers) reader.join();
}

TEST(GraphReaders, MayBeMoreThanThereAreSlots) {
  Moved moved;
  std::atomic<int> inside{0};
  std::atomic<bool> leave{false};
  std::vector<std::thread> readers;
  constexpr int kMany = 100;
  for (int i = 0; i < kMany; ++i) {
    readers.emplace_back([&] {
      moved.graph.read([&](const View& view) {
        ++inside;
        while (!leave.load()) std::this_thread::yield();
        EXPECT_EQ(view.revision(), 1);
        EXPECT_TRUE(view.allows(user(1), permission::kUsersView, {2}, kNow));
      });
    });
  }
  while (inside.load() != kMany) std::this_thread::yield();
  moved.graph.apply(UserGone{{1}});
  std::thread writer([&] { moved.graph.publish(2); });  // waits for all of them
  leave = true;
  writer.join();
  for (auto& reader : readers) reader.join();
  moved.graph.read([](const View& view) { EXPECT_FALSE(view.allows(user(1), permission::kUsersView, {2}, kNow)); });
}

}  // namespace
}  // namespace gatehouse::access
