#include "domain/invite_jobs/invite_jobs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/invite_jobs_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::InviteJobs_;
using gatehouse::testing::need;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = InviteJobOutcome;

TEST_F(InviteJobs_, InviteThePersonOfEveryRow) {
  const auto job = created(people(3));
  EXPECT_EQ(job.status, InviteJobStatus::kQueued);
  EXPECT_EQ(invited(), 0) << "in the background";
  world.clock.advance_s(60);
  work_all();
  const auto done = look(job);
  EXPECT_EQ(done.status, InviteJobStatus::kDone);
  EXPECT_EQ(std::tuple(done.total, done.done, done.failed), std::tuple(3, 3, 0));
  EXPECT_EQ(done.started_at, world.now());
  EXPECT_EQ(done.finished_at, world.now());
  EXPECT_EQ(invited(), 3);
  EXPECT_EQ(world.rows("mails WHERE template = 'invitation_to_join'"), 3);
  const auto all = rows(job);
  ASSERT_THAT(all, SizeIs(3));
  for (const auto& row : all) {
    EXPECT_EQ(row.outcome, Outcome::kInvited);
    EXPECT_EQ(world.rows("users WHERE email = '" + row.email + "'"), 1);
    EXPECT_TRUE(row.user) << row.line;
  }
  EXPECT_EQ(world.rows("invite_job_rows WHERE content <> ''"), 0) << "what was asked for is not kept";
  EXPECT_THAT(world.database->check(), IsEmpty());
}

TEST_F(InviteJobs_, SayOfEveryRefusedRowWhyAndGoOnWithTheNext) {
  std::vector<InvitedPerson> file(6, person("p1@example.org"));
  file[1].email = "no address";
  file[2].group = world.acme.id.to_string();
  file[3].organizations = {world.bolt.id.to_string(), world.acme.id.to_string(), "x"};
  file[4].group = group("Super Admin");
  file[5].email = "p2@example.org";
  const auto job = created(file);
  const auto before = world.rows("users");
  work_all();
  EXPECT_THAT(told(job), ElementsAre("2:invited", "3:failed email", "4:failed group_id",
                                     AllOf(HasSubstr("5:failed"), HasSubstr("organization_ids[2]")),
                                     HasSubstr("6:failed "), "7:invited"));
  const auto done = look(job);
  EXPECT_EQ(done.status, InviteJobStatus::kDone);
  EXPECT_EQ(std::tuple(done.done, done.failed), std::tuple(6, 4));
  EXPECT_EQ(world.rows("users"), before + 2) << "what is refused leaves nothing behind";
  EXPECT_EQ(world.rows("mails"), 2);
}

TEST_F(InviteJobs_, CountALineThatIsNoPersonAsFailed) {
  int at = 0;
  const auto job = need(jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (++at > 2) return false;
    line.line = 2 * at;
    line.person = person("p@example.org");
    if (at == 1) line.fault = "3 fields, but the header line has 4";
    return true;
  }));
  EXPECT_EQ(std::tuple(job.total, job.done, job.failed), std::tuple(2, 1, 1));
  work_all();
  EXPECT_THAT(told(job), ElementsAre("2:failed 3 fields, but the header line has 4", "4:invited"));
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
}

TEST_F(InviteJobs_, AreOverWhenNoLineIsAPerson) {
  int at = 0;
  const auto job = need(jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    line.line = ++at;
    line.fault = "not a JSON object";
    return at < 3;
  }));
  work_all();
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
  EXPECT_THAT(told(job), SizeIs(2));
}

TEST_F(InviteJobs_, TakeAPersonWhoComesAgainAsTheSamePerson) {
  const auto east = world.organization("East", world.acme.no);
  auto file = std::vector<InvitedPerson>(3, person("p@example.org"));
  file[1].organizations = {east.id.to_string()};
  file[2].email = "P@EXAMPLE.org";
  const auto job = created(file);
  work_all();
  EXPECT_THAT(told(job), ElementsAre("2:invited", "3:invited", "4:invited"));
  EXPECT_EQ(invited(), 1);
  EXPECT_EQ(world.rows("invitations WHERE purpose = 'join'"), 1);
  EXPECT_EQ(world.rows("invitation_targets"), 2);
}

TEST_F(InviteJobs_, GoOnWhereTheyStoppedAndInviteNobodyTwice) {
  const auto job = created(people(60));
  need(jobs->work());
  need(jobs->work());
  const auto half = look(job);
  EXPECT_EQ(half.status, InviteJobStatus::kRunning);
  EXPECT_EQ(half.done, invited());
  EXPECT_LT(half.done, 60);
  restart();
  work_all();
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
  EXPECT_EQ(invited(), 60);
  EXPECT_EQ(world.rows("mails"), 60) << "each once";
  EXPECT_THAT(rows(job), Each(Field(&InviteJobRow::outcome, Outcome::kInvited)));
}

TEST_F(InviteJobs_, TellOfEachStepWhetherAJobBeganOrEnded) {
  created(people(30));
  const auto first = need(jobs->work());
  EXPECT_EQ(std::tuple(first->begun, first->finished, first->rows), std::tuple(true, false, 15));
  const auto last = need(jobs->work());
  EXPECT_EQ(std::tuple(last->begun, last->finished, last->rows), std::tuple(false, true, 15));
}

TEST_F(InviteJobs_, TakeFewerRowsAtATimeWhenTheyNameManyOrganizations) {
  auto file = people(4);
  for (auto& one : file) one.organizations = std::vector<std::string>(60, world.acme.id.to_string());
  created(file);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(need(jobs->work())->rows, 1);
}

TEST_F(InviteJobs_, HaveTheRightsThatTheirMakerHasByThen) {
  const auto job = created(people(30));
  need(jobs->work());
  const auto before = invited();
  world.take_roles(world.ann, world.acme.no);
  work_all();
  EXPECT_EQ(invited(), before) << "what he may no longer give is not given";
  const auto refused = rows(job, Outcome::kFailed);
  EXPECT_THAT(refused, SizeIs(30 - before));
  for (const auto& row : refused) {
    EXPECT_EQ(row.faults.at(0).field, "organization_ids[0]");
    EXPECT_THAT(row.faults.at(0).message, ::testing::Not(IsEmpty()));
  }
  EXPECT_EQ(look(job).status, InviteJobStatus::kDone);
}

TEST_F(InviteJobs_, GiveNothingOfAMakerWhoIsGone) {
  const auto job = created(people(600));
  need(jobs->work());
  const auto before = invited();
  deactivate_ann();
  work_all();
  EXPECT_EQ(invited(), before);
  world.set_status(world.ann, UserStatus::kActive);
  const auto again = world.at(world.ann, world.acme);
  const auto page = need(jobs->rows(permit(again), job.id, Outcome::kFailed, {0, 1000}));
  EXPECT_EQ(page.total, 600 - before);
  EXPECT_THAT(page.items, SizeIs(600 - before));
  EXPECT_THAT(page.items.at(0).faults.at(0).message, HasSubstr("may no longer"));
  EXPECT_EQ(world.rows("invite_job_rows WHERE content <> ''"), 0);
}

TEST_F(InviteJobs_, OfMachinesHaveTheMachinesRights) {
  const auto as_ann = need(world.who(world.signed_in(world.ann).access_token));
  const auto token = need(world.api_tokens->create(world.permit<access::Action::kApiTokenCreate>(as_ann, world.acme.id),
                                                   {"robot", {}, {}}));
  const auto robot = need(world.who(token.secret));
  const auto one = need(create(robot, {person("p1@example.org")}));
  work_all();
  EXPECT_EQ(need(jobs->get(permit(robot), one.id)).failed, 0);
  EXPECT_EQ(code(jobs->get(permit(world.as_ann), one.id)), "invite_job.not_found");
  EXPECT_EQ(invited(), 1);
}

}  // namespace
}  // namespace gatehouse::domain
