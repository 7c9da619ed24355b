// Whose turn it is, and what becomes of a job at which the work fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/invite_jobs/invite_job_pace.hpp"
#include "support_cpp/invite_jobs_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::InviteJobs_;
using gatehouse::testing::need;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InviteJobTurns : public InviteJobs_ {
 protected:
  std::vector<InvitedPerson> bolts(int count) {
    auto file = people(count);
    for (auto& one : file) one.organizations = {world.bolt.id.to_string()};
    return file;
  }
  InviteJobId next() {
    const auto step = need(jobs->work());
    return step ? step->id : InviteJobId();
  }
  void spoil(const InviteJob& job, std::int64_t line) {
    world.unit([&](Unit& unit) {
      unit.tx().execute("UPDATE invite_job_rows SET content = '{' WHERE job_id = $1 AND line = $2", {job.id, line});
    });
  }
};

TEST_F(InviteJobTurns, GoFromOwnerToOwnerAndWithinOneToTheOldest) {
  const auto first = created(people(40));
  world.clock.advance_s(1);
  const auto second = created(people(1));
  const auto bens = need(create(world.as_ben, bolts(40)));
  const auto longest = next();
  const auto other = next();
  EXPECT_THAT((std::vector{longest, other}), ::testing::UnorderedElementsAre(first.id, bens.id));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(next(), longest);
    EXPECT_EQ(next(), other);
  }
  EXPECT_EQ(look(first).status, InviteJobStatus::kDone);
  EXPECT_EQ(look(second).status, InviteJobStatus::kQueued) << "after the older one";
  EXPECT_EQ(next(), second.id);
  EXPECT_EQ(next(), InviteJobId());
}

TEST_F(InviteJobTurns, AreNotWonByUploadingAgainAndAgain) {
  const auto bens = need(create(world.as_ben, bolts(100)));
  int served = 0;
  int steps = 0;
  for (; steps < 10; ++steps) {
    // A new file, of which nothing is done, for every unit; the last one is cancelled.
    const auto again = created(people(30));
    if (next() == bens.id) ++served;
    need(jobs->cancel(permit(world.as_ann), again.id));
    world.clock.advance_s(1);
  }
  EXPECT_GE(served, steps / 2 - 1);
  EXPECT_LE(served, steps / 2 + 1) << "nor by waiting";
}

TEST_F(InviteJobTurns, OfMachinesAreTheirOwners) {
  const auto mine = created(people(40));
  world.clock.advance_s(1);
  const auto client = need(create(client_of(world.ann, {"users.write"}), people(40)));
  const auto bens = need(create(world.as_ben, bolts(40)));
  int served = 0;
  for (int i = 0; i < 4; ++i) served += next() == bens.id ? 1 : 0;
  EXPECT_EQ(served, 2) << "who has two credentials has no more turns";
}

TEST_F(InviteJobTurns, PassAJobAtWhichTheWorkFailed) {
  const auto job = created(people(4));
  spoil(job, 3);
  world.clock.advance_s(1);
  const auto other = created(people(20));
  const auto failed = need(jobs->work());
  EXPECT_EQ(failed->id, job.id);
  EXPECT_EQ(failed->failed_line, 3);
  EXPECT_THAT(failed->failure, ::testing::Not(IsEmpty()));
  EXPECT_EQ(look(job).done, 0) << "nothing of the step has happened";
  EXPECT_EQ(next(), other.id) << "it rests";
  EXPECT_EQ(next(), other.id);
  EXPECT_EQ(next(), InviteJobId());
  EXPECT_EQ(look(other).status, InviteJobStatus::kDone);
  world.clock.advance_s(InviteJobSetbacks::kRest_s);
  EXPECT_EQ(next(), job.id);
  EXPECT_EQ(look(job).done, 1) << "what stands before the row is done without it";
  const auto again = need(jobs->work());
  EXPECT_EQ(std::pair(again->id, again->failed_line), std::pair(job.id, std::int64_t{3})) << "and then the row alone";
  EXPECT_EQ(next(), InviteJobId());
}

TEST_F(InviteJobTurns, FailARowThatCannotBeWorkedOffAndGoOnBehindIt) {
  const auto job = created(people(40));
  spoil(job, 10);
  spoil(job, 41);
  EXPECT_GE(work_through(), 2 * InviteJobSetbacks::kTries);
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
  EXPECT_EQ(std::tuple(look(job).done, look(job).failed), std::tuple(40, 2));
  EXPECT_EQ(rows(job)[8].faults.at(0).message, "The service could not work this line off.");
  EXPECT_EQ(invited(), 38);
  EXPECT_EQ(world.rows("mails"), 38) << "each once";
}

// The engine's own refusal of a value, whatever the value: here of a second account of that last name.
TEST_F(InviteJobTurns, FailARowThatTheStoreRefuses) {
  world.unit([](Unit& unit) {
    unit.tx().execute("CREATE UNIQUE INDEX one_of_a_name ON users (last_name) WHERE last_name <> ''");
  });
  auto file = people(5);
  for (auto& one : file) one.last_name = one.email.substr(0, 2);
  file[3].last_name = file[1].last_name;
  const auto job = created(file);
  EXPECT_GE(work_through(), InviteJobSetbacks::kTries);
  EXPECT_THAT(told(job), ElementsAre("2:invited", "3:invited", "4:invited",
                                     "5:failed The service could not work this line off.", "6:invited"));
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
}

TEST(InviteJobSetbacks_, RestAndCountWhatIsTheirOwn) {
  SystemRandom random;
  const Timestamp now{1'000'000'000'000};
  const auto job = InviteJobId::make(now, random);
  InviteJobSetbacks setbacks;
  EXPECT_FALSE(setbacks.rests(job, now));
  for (int i = 0; i < 10; ++i) setbacks.failed(job, 0, false, now);
  EXPECT_TRUE(setbacks.rests(job, now));
  EXPECT_FALSE(setbacks.rests(job, now.plus_s(InviteJobSetbacks::kRest_s)));
  EXPECT_FALSE(setbacks.rests(job, now.plus_s(-60))) << "a clock that was set back";
  EXPECT_FALSE(setbacks.is_job_hopeless(job)) << "the store's failure is not its own";
  for (int i = 0; i < InviteJobSetbacks::kTries; ++i) {
    EXPECT_FALSE(setbacks.is_row_hopeless(job));
    setbacks.failed(job, 7, true, now);
  }
  EXPECT_EQ(setbacks.line(job), 7);
  EXPECT_TRUE(setbacks.is_row_hopeless(job));
  EXPECT_FALSE(setbacks.is_job_hopeless(job));
  for (int i = 0; i < InviteJobSetbacks::kTries; ++i) setbacks.failed(job, 7, true, now);
  EXPECT_TRUE(setbacks.is_job_hopeless(job)) << "not even to write it down succeeds";
  setbacks.failed(job, 8, true, now);
  EXPECT_FALSE(setbacks.is_row_hopeless(job)) << "another row";
  setbacks.failed(job, 8, true, now);
  setbacks.failed(job, 8, true, now);
  setbacks.went_on(job, 7);
  EXPECT_TRUE(setbacks.is_row_hopeless(job)) << "what stands before it went well";
  EXPECT_FALSE(setbacks.rests(job, now));
  setbacks.failed(job, 8, false, now);
  setbacks.went_on(job, 8);
  EXPECT_EQ(setbacks.line(job), 0);
  EXPECT_FALSE(setbacks.rests(job, now));
}

TEST(InviteJobPace_, MakesUnitsAsSmallAsTheStoreIsSlow) {
  InviteJobPace pace;
  EXPECT_EQ(pace.rows(), kMaxRowsOfUnit);
  pace.did(15, milliseconds(30));
  EXPECT_EQ(pace.rows(), 2) << "at once";
  pace.did(2, milliseconds(40));
  EXPECT_EQ(pace.rows(), 1) << "but never nothing";
  pace.did(0, milliseconds(40));
  pace.did(1, milliseconds(40));
  EXPECT_EQ(pace.rows(), 1);
  pace.did(1, milliseconds(0));
  EXPECT_EQ(pace.rows(), 4) << "back by steps";
  for (int i = 0; i < 20; ++i) pace.did(pace.rows(), milliseconds(1));
  EXPECT_EQ(pace.rows(), kMaxRowsOfUnit);
  EXPECT_EQ(InviteJobPace::rest(milliseconds(7)), milliseconds(7));
  EXPECT_EQ(InviteJobPace::rest(milliseconds(7000)), InviteJobPace::kLongestRest);
}

}  // namespace
}  // namespace gatehouse::domain
