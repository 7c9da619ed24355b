// What invite jobs may take of the store, and whose files are taken in at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/invite_jobs_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::InviteJobs_;
using gatehouse::testing::need;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class InviteJobBounds : public InviteJobs_ {
 protected:
  std::int64_t stored(const InviteJob& job, const std::string& column) {
    std::int64_t value = 0;
    world.database->read(
        [&](sql::Tx& tx) { value = tx.integer("SELECT " + column + " FROM invite_jobs WHERE id = $1", {job.id}); });
    return value;
  }
  std::int64_t bytes_of_rows(const std::string& column) {
    std::int64_t bytes = 0;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT " + column + " FROM invite_job_rows WHERE " + column + " IS NOT NULL", {},
              [&](const sql::Row& row) {
                bytes += static_cast<std::int64_t>(row.text(0).size());
                return true;
              });
    });
    return bytes;
  }
  bool is_there(const InviteJob& job) { return code(jobs->get(permit(world.as_ann), job.id)) == "ok"; }
};

TEST_F(InviteJobBounds, TakeNoFileOfThoseWhoMayAddUsersNowhere) {
  bool read = false;
  const auto refused = jobs->create(permit(world.as(world.cid)), [&](InviteJobLine&) -> Result<bool> {
    read = true;
    return false;
  });
  EXPECT_EQ(code(refused), "access.forbidden");
  EXPECT_THAT(refused.error().detail, HasSubstr("users.add"));
  EXPECT_FALSE(read);
  EXPECT_EQ(code(create(client_of(world.ann, {"orders.read"}), people(1))), "access.forbidden") << "by its scopes";
  EXPECT_EQ(code(create(api_token_of(world.ann, world.acme, "weak", std::vector{world.role("viewer")}), people(1))),
            "access.forbidden");
  EXPECT_EQ(world.rows("invite_jobs"), 0);
  EXPECT_EQ(code(create(client_of(world.ben, {"users.write"}), people(1))), "ok");
  EXPECT_EQ(code(create(api_token_of(world.ann, world.acme, "strong"), people(1))), "ok");
}

TEST_F(InviteJobBounds, AreOfAnOwnerWhateverItUsesToSend) {
  const auto client = client_of(world.ann, {"users.write"});
  const auto [one, other] =
      std::pair(api_token_of(world.ann, world.acme, "one"), api_token_of(world.ann, world.acme, "other"));
  for (int i = 0; i < kMaxUnfinishedInviteJobs; ++i) {
    EXPECT_EQ(code(create(i % 2 == 0 ? client : world.as_ann, people(1))), "ok");
    EXPECT_EQ(code(create(i % 2 == 0 ? one : other, people(1))), "ok");
  }
  for (const auto& who : {client, world.as_ann, one, other}) {
    EXPECT_EQ(code(create(who, people(1))), "invite_job.too_many");
  }
  EXPECT_EQ(code(create(world.as_ben, people(1))), "ok");
}

TEST_F(InviteJobBounds, HoldNoMoreRowsThanTheirOwnersShare) {
  const auto job = created(people(1));
  pretend(job, kMaxStoredInviteJobRows - 5, 0);
  EXPECT_EQ(code(create(world.as_ann, people(6))), "invite_job.full");
  EXPECT_EQ(code(create(world.as_ann, people(5))), "ok");
  EXPECT_EQ(code(create(world.as_ann, people(1))), "invite_job.full");
  EXPECT_EQ(code(create(client_of(world.ann, {"users.write"}), people(1))), "invite_job.full");
  EXPECT_EQ(code(create(world.as_ben, people(6))), "ok");
  EXPECT_EQ(world.rows("invite_jobs"), 3) << "nothing of what was refused";
  EXPECT_EQ(world.rows("invite_job_rows"), 12);
}

TEST_F(InviteJobBounds, HoldNoMoreBytesThanTheirOwnersShare) {
  auto file = people(1200);
  for (auto& one : file) one.first_name = std::string(60'000, 'x');
  const auto too_long = create(world.as_ann, file);
  EXPECT_EQ(code(too_long), "invite_job.too_long");
  EXPECT_THAT(too_long.error().detail, HasSubstr("64 MiB"));
  file.resize(600);
  const auto half = created(file);
  EXPECT_EQ(stored(half, "pending_bytes"), bytes_of_rows("content"));
  const auto full = create(world.as_ann, file);
  EXPECT_EQ(code(full), "invite_job.full");
  EXPECT_EQ(full.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(full.error().detail, HasSubstr("200,000 rows or 64 MiB"));
  need(jobs->cancel(permit(world.as_ann), half.id));
  EXPECT_EQ(bytes_of_rows("content"), 0);
  EXPECT_EQ(code(create(world.as_ann, file)), "ok") << "what was cancelled takes no room";
}

TEST_F(InviteJobBounds, CountWhatIsToldOfRowsThatAreDone) {
  auto file = people(20);
  for (std::size_t i = 0; i < file.size(); i += 2) file[i].email = "none";
  const auto job = created(file);
  EXPECT_GT(stored(job, "pending_bytes"), 0);
  work_all();
  EXPECT_EQ(look(job).failed, 10);
  EXPECT_EQ(stored(job, "pending_bytes"), 0);
  EXPECT_EQ(stored(job, "kept_bytes"), bytes_of_rows("email") + bytes_of_rows("fault"));
}

TEST_F(InviteJobBounds, GiveWayWhenTheyAreOverTheOldestFirst) {
  const auto oldest = created(people(1));
  world.clock.advance_s(1);
  const auto older = created(people(1));
  work_all();
  world.clock.advance_s(1);
  const auto unfinished = created(people(1));
  for (const auto& job : {oldest, older, unfinished}) pretend(job, kMaxStoredInviteJobRows / 3, 0);
  EXPECT_EQ(code(create(world.as_ann, people(60))), "ok");
  EXPECT_FALSE(is_there(oldest));
  EXPECT_TRUE(is_there(older));
  EXPECT_TRUE(is_there(unfinished));
  EXPECT_EQ(world.rows("invite_job_rows"), 62);
  pretend(older, 1, kMaxStoredInviteJobBytes);
  EXPECT_EQ(code(create(world.as_ann, people(1))), "ok");
  EXPECT_FALSE(is_there(older));
}

TEST_F(InviteJobBounds, GiveWayToNoFileThatIsRefused) {
  const auto over = created(people(1));
  work_all();
  pretend(over, kMaxStoredInviteJobRows, 0);
  int lines = 0;
  const auto refused = jobs->create(permit(world.as_ann), [&](InviteJobLine& line) -> Result<bool> {
    if (++lines > 600) return invalid("invite_file.broken", "It breaks off.");
    line.line = lines;
    line.person = people(1).front();
    return true;
  });
  EXPECT_EQ(code(refused), "invite_file.broken");
  EXPECT_TRUE(is_there(over));
}

TEST_F(InviteJobBounds, AreNotThoseOfThePlatform) {
  const auto operators = world.person("operator");
  world.join(operators, world.platform, {"Administrator"});
  const auto as_operator = world.as(operators);
  pretend(need(create(as_operator, people(1))), kMaxStoredInviteJobRows, kMaxStoredInviteJobBytes);
  EXPECT_EQ(code(create(as_operator, people(1))), "ok");
}

TEST_F(InviteJobBounds, KeepOfARowTheFirstTenFaultsAndATextOnce) {
  std::vector<std::string> places;
  for (int i = 0; i < 100; ++i)
    places.push_back(world.organization("Room " + std::to_string(i), world.acme.no).id.to_string());
  auto file = people(2);
  file[0].organizations = places;
  file[0].group = group("Super Admin");
  file[1].organizations = std::vector<std::string>(100, "x");
  const auto job = created(file);
  work_all();
  const auto all = rows(job);
  EXPECT_THAT(all.at(0).faults, SizeIs(1)) << "the same of each organization";
  EXPECT_EQ(all.at(0).faults.at(0).field, "group_id");
  EXPECT_THAT(all.at(1).faults, SizeIs(10));
  EXPECT_EQ(all.at(1).faults.at(9).field, "organization_ids[9]");
}

TEST_F(InviteJobBounds, RefuseARowWithWhatNoStoreTakesWhereverItStands) {
  const std::string nul("a\0b", 3);
  std::vector<InvitedPerson> file(7, person("p1@example.org"));
  file[0].email = nul + "@example.org";
  file[1].first_name = nul;
  file[2].last_name = nul;
  file[3].group = nul;
  file[4].identity_provider = nul;
  file[5].identity_provider_prefix = nul;
  file[6].organizations = {world.acme.id.to_string(), nul};
  auto broken = file;
  for (auto* text : {&broken[0].email, &broken[1].first_name, &broken[2].last_name, &broken[3].group}) *text = "\xFF";
  broken[4].identity_provider = broken[5].identity_provider_prefix = "\xFF";
  broken[6].organizations = {"\xFF"};
  file.insert(file.end(), broken.begin(), broken.end());
  file.push_back(person("p2@example.org"));
  const auto job = created(file);
  EXPECT_EQ(job.failed, 14) << "known before anything is asked of the store";
  EXPECT_EQ(work_through(), 0);
  EXPECT_EQ(std::tuple(look(job).done, look(job).failed), std::tuple(15, 14));
  const auto all = rows(job);
  EXPECT_EQ(all.at(0).faults.at(0).message, "The line has a NUL character.");
  EXPECT_EQ(all.at(13).faults.at(0).message, "The line is not UTF-8 text.");
  EXPECT_EQ(invited(), 1);
}

// As when the process ended while one was cancelled.
TEST_F(InviteJobBounds, AreEmptiedLaterWhenCancellingWasCutShort) {
  const auto job = created(people(1200));
  const auto waiting = created(people(3));
  world.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE invite_jobs SET status = 'cancelled', finished_at = $2 WHERE id = $1",
                      {job.id, world.now()});
  });
  jobs->maintain(world.now());
  EXPECT_EQ(stored(job, "pending_bytes"), 0);
  EXPECT_EQ(world.rows("invite_job_rows WHERE content <> ''"), 3) << "of the other job";
  EXPECT_EQ(world.rows("invite_job_rows"), 1203);
}

}  // namespace
}  // namespace gatehouse::domain
