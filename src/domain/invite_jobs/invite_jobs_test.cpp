#include "domain/invite_jobs/invite_jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support_cpp/invite_jobs_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::InviteJobs_;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = InviteJobOutcome;

std::vector<std::int64_t> lines_of(const std::vector<InviteJobRow>& rows) {
  std::vector<std::int64_t> lines;
  for (const auto& row : rows) lines.push_back(row.line);
  return lines;
}

TEST_F(InviteJobs_, WakeWhoeverWorksThemOffWhenAllOfTheFileIsThere) {
  int woken = 0;
  std::int64_t waited = 0;
  jobs->on_queued([&] {
    ++woken;
    waited = jobs->waiting();
  });
  created(people(600));
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(waited, 1);
  EXPECT_EQ(world.rows("invite_job_rows WHERE outcome = 'pending'"), 600);
  EXPECT_EQ(world.rows("changes WHERE action = 'invite_job.created'"), 1);
}

TEST_F(InviteJobs_, KeepNothingOfAFileThatBreaksOff) {
  int woken = 0;
  jobs->on_queued([&] { ++woken; });
  std::int64_t at = 0;
  const auto broken = jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (++at > 1200) return invalid("test.broken", "The rest is missing.");
    line.line = at;
    line.person = person("p@example.org");
    EXPECT_EQ(need(jobs->work()), std::nullopt) << "it runs before it is there";
    return true;
  });
  EXPECT_EQ(code(broken), "test.broken");
  const auto throwing = [&](InviteJobLine& line) -> Result<bool> {
    if (++at > 1900) throw std::runtime_error("the disk");
    line.line = at;
    line.person = person("p@example.org");
    return true;
  };
  EXPECT_THROW((void)jobs->create(permit(world.as_ann), throwing), std::runtime_error);
  EXPECT_EQ(world.rows("invite_jobs"), 0);
  EXPECT_EQ(world.rows("invite_job_rows"), 0);
  EXPECT_EQ(woken, 0);
}

TEST_F(InviteJobs_, AreNotSeenBeforeAllOfTheFileIsThere) {
  std::int64_t at = 0;
  const auto job = jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (at == 700) {
      EXPECT_THAT(jobs->list(permit(world.as_ann), {}).items, IsEmpty());
      EXPECT_EQ(world.rows("invite_jobs WHERE status = 'loading'"), 1);
      return false;
    }
    line.line = ++at;
    line.person = person("p@example.org");
    return true;
  });
  EXPECT_EQ(need(job).total, 700);
  EXPECT_THAT(jobs->list(permit(world.as_ann), {}).items, SizeIs(1));
}

TEST_F(InviteJobs_, BelongToSomebodyWhoStillStandsWhenTheLastRowIsIn) {
  std::int64_t at = 0;
  const auto job = jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (at == 300) deactivate_ann();
    line.line = ++at;
    line.person = person("p@example.org");
    return at < 600;
  });
  EXPECT_EQ(code(job), "auth.token_invalid");
  EXPECT_EQ(world.rows("invite_job_rows"), 0);
}

TEST_F(InviteJobs_, RefuseAFileWithoutRowsAndAnEleventhAtATime) {
  EXPECT_EQ(code(create(world.as_ann, {})), "invite_job.empty");
  std::vector<InviteJob> made;
  for (int i = 0; i < kMaxUnfinishedInviteJobs; ++i) made.push_back(created(people(1)));
  EXPECT_EQ(code(create(world.as_ann, people(1))), "invite_job.too_many");
  EXPECT_EQ(code(create(world.as_ben, people(1))), "ok") << "the limit is each one's own";
  need(jobs->cancel(permit(world.as_ann), made[3].id));
  EXPECT_EQ(code(create(world.as_ann, people(1))), "ok");
  EXPECT_EQ(world.rows("invite_jobs"), kMaxUnfinishedInviteJobs + 2);
}

TEST_F(InviteJobs_, StopWhenTheyAreCancelledAndKeepWhatIsDone) {
  const auto job = created(people(60));
  need(jobs->work());
  world.clock.advance_s(5);
  const auto cancelled = need(jobs->cancel(permit(world.as_ann), job.id));
  EXPECT_EQ(cancelled.status, InviteJobStatus::kCancelled);
  EXPECT_EQ(cancelled.finished_at, world.now());
  const auto before = invited();
  EXPECT_EQ(cancelled.done, before);
  work_all();
  restart();
  work_all();
  EXPECT_EQ(invited(), before);
  EXPECT_THAT(rows(job, Outcome::kPending), SizeIs(60 - before));
  EXPECT_EQ(world.rows("invite_job_rows WHERE content <> ''"), 0) << "whom nobody will invite is not kept";
  EXPECT_EQ(world.rows("invite_jobs WHERE pending_bytes <> 0"), 0);
  world.clock.advance_s(5);
  EXPECT_EQ(need(jobs->cancel(permit(world.as_ann), job.id)).finished_at, cancelled.finished_at) << "over is over";
  EXPECT_EQ(world.rows("changes WHERE action = 'invite_job.cancelled'"), 1);
}

TEST_F(InviteJobs_, AreSeenAndCancelledByTheirMakerAlone) {
  const auto job = created(people(1));
  world.join(world.ben, world.acme.no, {"admin"});
  const auto other = permit(world.as_ben);
  EXPECT_EQ(code(jobs->get(other, job.id)), "invite_job.not_found");
  EXPECT_EQ(code(jobs->rows(other, job.id, {}, {})), "invite_job.not_found");
  EXPECT_EQ(code(jobs->cancel(other, job.id)), "invite_job.not_found");
  EXPECT_EQ(jobs->list(other, {}).total, 0);
  EXPECT_EQ(look(job).status, InviteJobStatus::kQueued);
}

TEST_F(InviteJobs_, AreListedNewestFirst) {
  std::vector<InviteJobId> made;
  for (int i = 0; i < 3; ++i) {
    world.clock.advance_s(1);
    made.push_back(created(people(1)).id);
  }
  const auto page = jobs->list(permit(world.as_ann), {1, 1});
  EXPECT_EQ(page.total, 3);
  ASSERT_THAT(page.items, SizeIs(1));
  EXPECT_EQ(page.items[0].id, made[1]);
}

TEST_F(InviteJobs_, TellRowsByLineInParts) {
  auto file = people(10);
  file[3].email = file[7].email = "none";
  const auto job = created(file);
  EXPECT_THAT(lines_of(rows(job, {}, {4, 2})), ElementsAre(6, 7));
  EXPECT_THAT(lines_of(rows(job, {}, {9, 5})), ElementsAre(11));
  EXPECT_THAT(rows(job, {}, {10, 5}), IsEmpty());
  work_all();
  EXPECT_THAT(lines_of(rows(job, Outcome::kFailed, {1, 5})), ElementsAre(9));
  EXPECT_THAT(lines_of(rows(job, Outcome::kInvited, {2, 2})), ElementsAre(4, 6));
  EXPECT_EQ(need(jobs->rows(permit(world.as_ann), job.id, Outcome::kInvited, {0, 1})).total, 8);
  EXPECT_EQ(need(jobs->rows(permit(world.as_ann), job.id, Outcome::kPending, {0, 1})).total, 0);
}

TEST_F(InviteJobs_, TellRowsInPartsWhereLinesHaveGapsAsWell) {
  std::int64_t at = 0;
  const auto job = need(jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (++at > 6) return false;
    line.line = at * at;
    line.person = person("p@example.org");
    return true;
  }));
  EXPECT_THAT(lines_of(rows(job, {}, {2, 3})), ElementsAre(9, 16, 25));
  EXPECT_THAT(rows(job, {}, {6, 3}), IsEmpty());
}

TEST_F(InviteJobs_, ShowOfAnAddressNoMoreThanAnAddressMayHave) {
  auto file = people(2);
  file[0].email = std::string(253, 'x') + "\xC3\xA4" + "@example.org";
  file[1].email = "\xFF@example.org";
  const auto job = created(file);
  EXPECT_EQ(rows(job)[0].email, std::string(253, 'x')) << "in whole characters";
  EXPECT_EQ(rows(job)[1].email, "");
  work_all();
  EXPECT_EQ(look(job).failed, 2);
}

TEST_F(InviteJobs_, AreForgottenWhenTheyWereOverLongAgo) {
  const auto old = created(people(700));
  need(jobs->cancel(permit(world.as_ann), old.id));
  world.clock.advance_s(3600);
  const auto later = created(people(1));
  work_all();
  EXPECT_EQ(jobs->maintain(world.now()), 0);
  world.clock.advance_s(kKeptInviteJob_s - 1800);
  EXPECT_EQ(jobs->maintain(world.now()), 701) << "its rows and itself";
  EXPECT_EQ(world.rows("invite_job_rows"), 1);
  world.clock.advance_s(kKeptInviteJob_s);
  jobs->maintain(world.now());
  EXPECT_EQ(world.rows("invite_jobs"), 0);
  EXPECT_EQ(world.rows("invite_job_rows"), 0);
}

TEST_F(InviteJobs_, AreForgottenWhenTheyWereNeverWhollyThere) {
  std::int64_t at = 0;
  // Whoever took it in comes back after a day.
  const auto job = jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (at == 600) {
      EXPECT_EQ(jobs->maintain(world.now()), 0);
      world.clock.advance_s(86'400);
      EXPECT_GT(jobs->maintain(world.now()), 0);
      EXPECT_EQ(world.rows("invite_jobs"), 0);
    }
    line.line = ++at;
    line.person = person("p@example.org");
    return at < 1000;
  });
  EXPECT_EQ(code(job), "invite_job.abandoned");
  EXPECT_EQ(world.rows("invite_job_rows"), 0);
}

}  // namespace
}  // namespace gatehouse::domain
