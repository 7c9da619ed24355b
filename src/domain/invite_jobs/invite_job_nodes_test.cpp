// Invite jobs that several nodes could work off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/nodes/turns.hpp"
#include "support_cpp/invite_jobs_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::need;

class InviteJobNodes : public gatehouse::testing::InviteJobs_ {
 protected:
  std::unique_ptr<InviteJobs> node() {
    return std::make_unique<InviteJobs>(*world.ledger, *joins, NodeId::make(world.now(), world.system_random));
  }
  std::unique_ptr<InviteJobs> here = node(), there = node();
};

TEST_F(InviteJobNodes, WorkOnThemOneAtATime) {
  const auto job = created(people(40));
  EXPECT_TRUE(need(here->work()));
  EXPECT_FALSE(need(there->work()));
  EXPECT_TRUE(need(here->work()));
  EXPECT_EQ(look(job).done, 30);
}

TEST_F(InviteJobNodes, GoOnWithWhatWasLeftWhenTheirNodeIsGone) {
  const auto job = created(people(40));
  EXPECT_TRUE(need(here->work()));
  here.reset();
  world.clock.advance_s(Turns::kLength_s + kClockTolerance_s - 1);
  EXPECT_FALSE(need(there->work()));
  world.clock.advance_s(1);
  while (need(there->work())) {}
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
  EXPECT_EQ(look(job).failed, 0);
  EXPECT_EQ(invited(), 40);
}

TEST_F(InviteJobNodes, GoOnAtOnceWhenTheirNodeHasEnded) {
  created(people(40));
  EXPECT_TRUE(need(here->work()));
  there->leave();
  EXPECT_FALSE(need(there->work())) << "it was not its turn to give";
  here->leave();
  EXPECT_TRUE(need(there->work()));
}

TEST_F(InviteJobNodes, TakeUpTheNextAtOnceWhenNothingIsLeft) {
  created(people(3));
  while (need(here->work())) {}
  created(people(5));
  EXPECT_TRUE(need(there->work()));
}

TEST_F(InviteJobNodes, DoEachRowOnceHoweverTheirTurnsChange) {
  const auto job = created(people(200));
  const auto work = [](InviteJobs& node) {
    // Leaving after each step: turns change as often as they can.
    for (int idle = 0; idle < 1000;) {
      const auto step = node.work();
      if (!step) return;
      *step ? node.leave() : static_cast<void>(++idle);
    }
  };
  std::thread other([&] { work(*there); });
  work(*here);
  other.join();
  const auto done = look(job);
  EXPECT_EQ(done.status, InviteJobStatus::kDone);
  EXPECT_EQ(std::tuple(done.total, done.done, done.failed), std::tuple(200, 200, 0));
  EXPECT_EQ(invited(), 200);
  EXPECT_EQ(world.rows("mails WHERE template = 'invitation_to_join'"), 200);
}

}  // namespace
}  // namespace gatehouse::domain
