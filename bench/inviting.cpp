// Inviting in bulk into a large directory: one batch of 100 people into 100 organizations, and a file of people in the
// background; against SQLite alone inserting the very same rows, and what everybody else notices of it.
#include "inviting.hpp"

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "base/json.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"
#include "support/neighbours.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::uint32_t kInvited = 100;  // people, and organizations each
constexpr std::string_view kBatch = "/partner/v1/users/invite";

// What was written in a time, taken out again and inserted by SQLite alone in one durable transaction.
class Replay {
 public:
  explicit Replay(const std::string& file) : database_(file) {}
  // Times: of the rows, microseconds.
  void add(std::int64_t from, std::int64_t to) {
    const auto at = [&](std::string_view column) { return fmt::format("{} BETWEEN {} AND {}", column, from, to); };
    const std::string made = "user_no IN (SELECT user_no FROM memberships WHERE " + at("created_at") + ")";
    // In the order of what they refer to.
    const std::pair<std::string, std::string> tables[] = {
        {"users", at("created_at")},
        {"memberships", at("created_at")},
        {"grants", made + " AND organization_no > 2"},
        {"invitations", at("created_at")},
        {"invitation_targets", "invitation_id IN (SELECT id FROM invitations WHERE " + at("created_at") + ")"},
        {"mails", at("created_at")},
        {"changes", at("at")},
    };
    for (const auto& [table, where] : tables) copies_.push_back(std::make_unique<CopiedRows>(database_, table, where));
    database_.run("PRAGMA foreign_keys=OFF");
    for (auto table = std::rbegin(tables); table != std::rend(tables); ++table)
      database_.run("DELETE FROM " + table->first + " WHERE " + table->second);
    database_.run("PRAGMA foreign_keys=ON; PRAGMA wal_checkpoint(TRUNCATE)");
  }
  [[nodiscard]] std::size_t rows() const {
    std::size_t all = 0;
    for (const auto& copy : copies_) all += copy->size();
    return all;
  }
  double ms() {
    const auto began = wall_ns();
    database_.run("BEGIN IMMEDIATE");
    for (const auto& copy : copies_) {
      BareStatement insert(database_, copy->insert());
      for (std::size_t row = 0; row < copy->size(); ++row) copy->write(insert, row);
    }
    database_.run("COMMIT");
    return static_cast<double>(wall_ns() - began) / 1e6;
  }

 private:
  BareSqlite database_;
  std::vector<std::unique_ptr<CopiedRows>> copies_;
};

std::string batch_of(const Served& served, const std::vector<std::string>& emails) {
  std::string users;
  for (const auto& email : emails) {
    users += fmt::format(R"({}{{"Email":"{}","FirstName":"Ann","LastName":"Bench","GroupId":"{}"}})",
                         users.empty() ? "" : ",", email, served.people.role.to_string());
  }
  std::string organizations;
  const auto numbers = served.people.organizations();
  for (std::uint32_t i = 0; i < kInvited; ++i) {
    const auto no = numbers[i];
    organizations += fmt::format(R"({}"{}")", organizations.empty() ? "" : ",", Model::organization_id(no).to_string());
  }
  return post(kBatch, served.token, fmt::format(R"({{"Users":[{}],"OrganizationIds":[{}]}})", users, organizations));
}

std::vector<std::string> new_emails(std::string_view stem, std::size_t count) {
  std::vector<std::string> emails;
  for (std::size_t i = 0; i < count; ++i) emails.push_back(fmt::format("{}.{:05}@example.com", stem, i));
  return emails;
}

double send_ms(const Served& served, const std::string& request) {
  const auto began = wall_ns();
  const auto answer = ask(served.port, request);
  const auto took = wall_ns() - began;
  if (answer.find(fmt::format(R"("invited":{})", kInvited)) == std::string::npos)
    throw std::runtime_error("a batch was refused: " + answer.substr(0, 500));
  return static_cast<double>(took) / 1e6;
}

// One kind of batch: how long it takes, the same batch again, and when the rows of the last were made.
struct Batches {
  std::vector<double> first_ms;
  std::vector<double> again_ms;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

template <class Emails>
Batches send_batches(Context& context, const Served& served, Emails emails) {
  Batches batches;
  for (int round = 0; round < context.rounds(); ++round) {
    const auto request = batch_of(served, emails(round));
    batches.from = context.clock.now().micros;
    batches.first_ms.push_back(send_ms(served, request));
    batches.to = context.clock.now().micros;
    batches.again_ms.push_back(send_ms(served, request));
  }
  return batches;
}

void report_batches(Context& context, const Served& served, std::string_view who, const Batches& batches) {
  Replay replay(served.people.data + "/gatehouse.db");
  replay.add(batches.from, batches.to);
  if (replay.rows() < kInvited * kInvited) throw std::runtime_error("a batch wrote too few rows");
  const double bare = replay.ms();
  const double ours = median(batches.first_ms);
  const double again = median(batches.again_ms);
  const auto name =
      fmt::format("{0} {1} people into {0} organizations, {2} accounts", kInvited, who, served.people.count);
  context.report.add({"inviting " + name, fmt::format("{:.0f} ms", ours),
                      fmt::format("SQLite inserting the {} rows: {:.0f} ms", replay.rows(), bare),
                      fmt::format("{:.1f}", ours / bare), "≤ 1 s", met(ours <= 1000),
                      "One request, answered when it is durable."});
  context.report.add({"the same batch again, " + name, fmt::format("{:.0f} ms", again),
                      fmt::format("the first time: {:.0f} ms", ours), fmt::format("{:.2f}", again / ours), "≤ 1 s",
                      met(again <= 1000)});
}

void measure_batches_meanwhile(Context& context, const Served& served, const Noticed& quiet) {
  std::atomic<bool> done{false};
  int sent = 0;
  std::thread inviter([&] {
    while (!done) (void)ask(served.port, batch_of(served, new_emails(fmt::format("meanwhile{}", sent++), kInvited)));
  });
  const auto busy = neighbours(context, served);
  done = true;
  inviter.join();
  report_noticed(context, "batches are invited one after the other", quiet, busy);
}

struct JobState {
  std::string id;
  std::string status;
  std::int64_t done = 0;
  std::int64_t failed = 0;
};

JobState job_of(const std::string& answer) {
  const auto parsed = json::parse(body_of(answer));
  if (!parsed || !parsed->is_object() || !parsed->as_object().contains("status"))
    throw std::runtime_error("no invite job: " + answer.substr(0, 500));
  const auto& job = parsed->as_object();
  return {std::string(job.at("id").as_string()), std::string(job.at("status").as_string()),
          job.at("done").to_number<std::int64_t>(), job.at("failed").to_number<std::int64_t>()};
}

// The neighbours come while it runs, and go before it ends; how fast it is, is seen when they are gone.
void measure_job(Context& context, const Served& served, const Noticed& quiet) {
  const std::size_t rows = context.options.quick ? 3'000 : 20'000;
  std::string file = "Email,FirstName,LastName\n";
  for (const auto& email : new_emails("filed", rows)) file += email + ",Ann,Bench\n";
  const auto organization = Model::organization_id(served.people.organizations()[0]).to_string();
  const auto path = fmt::format("/partner/v1/invite-jobs?groupId={}&organizationIds={}", served.people.role.to_string(),
                                organization);
  const auto began = wall_ns();
  const auto created = job_of(ask(served.port, post(path, served.token, file, "text/csv")));
  const auto taken_in = wall_ns();
  const auto now = [&] { return job_of(ask(served.port, get("/partner/v1/invite-jobs/" + created.id, served.token))); };
  const auto busy = neighbours(context, served);
  const auto middle = wall_ns();
  const auto before = now();
  auto job = before;
  while (job.status == "running" || job.status == "queued") {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    job = now();
  }
  const auto ended = wall_ns();
  if (job.status != "done" || job.failed != 0) throw std::runtime_error("the invite job ended as " + job.status);
  const auto rate = [](std::int64_t count, std::int64_t ns) {
    return static_cast<double>(count) * 1e9 / static_cast<double>(ns);
  };
  const double alone = rate(job.done - before.done, ended - middle);
  context.report.add(
      {fmt::format("inviting a file of {} people, {} accounts", rows, served.people.count),
       fmt::format("{:.0f} rows/s", alone),
       fmt::format("while others ask too: {:.0f} rows/s", rate(before.done, middle - taken_in)), "", "", Met::kNoAim,
       fmt::format("An account, an invitation and a mail each; at most half of the time is spent on it, so that others "
                   "come between. Taken in within {:.0f} ms.",
                   static_cast<double>(taken_in - began) / 1e6)});
  report_noticed(context, "a file is invited", quiet, busy);
}

}  // namespace

void measure_inviting(Context& context, const People& people) {
  Batches of_new;
  Batches of_old;
  {
    const auto server = context.serve(people.data, -1);
    const Served served{people, context.port, sign_in_as_admin(context.port)};
    of_new =
        send_batches(context, served, [&](int round) { return new_emails(fmt::format("new{}", round), kInvited); });
    of_old = send_batches(context, served, [&](int round) {
      std::vector<std::string> emails;
      for (std::uint32_t i = 0; i < kInvited; ++i)
        emails.push_back(people.unlisted(static_cast<std::uint32_t>(round) * kInvited + i).email);
      return emails;
    });
    const auto quiet = neighbours(context, served);
    measure_batches_meanwhile(context, served, quiet);
    measure_job(context, served, quiet);
  }
  const Served stopped{people, 0, {}};
  report_batches(context, stopped, "new", of_new);
  report_batches(context, stopped, "known", of_old);
}

}  // namespace gatehouse::bench
