// Working invite jobs off: one unit of work after the other, by one thread.
#include <limits>

#include "domain/invite_jobs/invite_job_content.hpp"
#include "domain/invite_jobs/invite_job_store.hpp"
#include "domain/nodes/turns.hpp"

namespace gatehouse::domain {
namespace {

namespace store = invite_job_store;

constexpr std::string_view kTurn = "invite_jobs";
// Of one unit. What a row costs grows with its organizations, so that these are bounded as rows are: some milliseconds.
constexpr std::size_t kMostOrganizations = 100;
constexpr std::int64_t kMostRefusedRows = 250;  // when nobody stands behind the job any more

constexpr auto kPastTheEnd = std::numeric_limits<std::int64_t>::max();

Principal as_actor(const store::Maker& maker) {
  Principal who;
  who.kind = maker.kind == "client"      ? Principal::Kind::kClient
             : maker.kind == "api_token" ? Principal::Kind::kApiToken
                                         : Principal::Kind::kUser;
  who.id = maker.id;
  return who;
}

// The maker as it is now, while it stands.
std::optional<Principal> standing(const access::View& view, const store::Maker& maker, Timestamp now) {
  const auto who = maker.kind == "client"      ? view.subject_client(ClientId(maker.id))
                   : maker.kind == "api_token" ? view.subject_api_token(ApiTokenId(maker.id))
                                               : view.subject_user(UserId(maker.id));
  return who && view.stands(*who, now) ? who : std::nullopt;
}

std::string faults_of(const Error& error) {
  if (!error.fields.empty()) return invite_job_content::write_faults(error.fields);
  return invite_job_content::write_faults({{"", error.detail}});
}

Error nobody_stands() {
  return forbidden("invite_job.maker_gone", "Whoever made this job may no longer do anything here.");
}

Error cannot_be_done() {
  return {ErrorKind::kInternal, "invite_job.row_failed", "The service could not work this line off."};
}

}  // namespace

// One try at a unit: where it was when it failed.
struct InviteJobs::Attempt {
  InviteJobId job;
  std::int64_t most_rows = 0;
  std::int64_t line = 0;  // the row it came to last
  std::string failure;    // the job's own
};

Result<std::optional<InviteJobStep>> InviteJobs::work(std::int64_t rows) {
  std::optional<store::MadeJob> next;
  ledger_.read([&](sql::Tx& tx) {
    const auto now = ledger_.clock().now();
    if (Turns::is_elsewhere(tx, kTurn, node_, now)) return;
    // Behind the owner who was served last, then from the beginning.
    for (auto place : {store::Place::behind(served_), store::Place()}) {
      for (next = store::next_unfinished(tx, place); next && setbacks_.rests(next->job.id, now);) {
        place = {next->owner, next->job.id};
        next = store::next_unfinished(tx, place);
      }
      if (next) return;
    }
  });
  if (!next) return std::optional<InviteJobStep>();
  at_ = next->job.id;
  served_ = next->owner;
  Attempt attempt{at_, rows, 0, {}};
  const auto unit_of_work = [&](Unit& unit) -> Result<std::optional<InviteJobStep>> {
    attempt.line = 0;
    attempt.failure.clear();
    if (!Turns::take(unit, kTurn, node_)) return std::optional<InviteJobStep>();
    try {
      const auto begin = std::chrono::steady_clock::now();
      auto done = TRY(work_on(unit, at_, attempt));
      // The next job may come to another node.
      if (!store::next_unfinished(unit.tx(), {})) Turns::give_back(unit, kTurn, node_);
      done.took = std::chrono::steady_clock::now() - begin;
      return std::optional(std::move(done));
    } catch (const sql::StatementRefused& failure) {
      attempt.failure = failure.what();
      throw;
    }
  };
  try {
    auto step = ledger_.unguarded("whose job it is is asked again for every row", as_actor(next->maker), unit_of_work);
    if (!step) {
      if (!attempt.failure.empty()) return set_back(attempt);
      setbacks_.failed(at_, 0, false, ledger_.clock().now());
    } else if (*step) {
      setbacks_.went_on(at_, (*step)->finished ? kPastTheEnd : attempt.line);
      if ((*step)->rows > 0) invitations_.announce();
      if ((*step)->gave_up) empty(at_);
    }
    return step;
  } catch (const sql::EngineError&) { throw; } catch (const std::exception& failure) {
    attempt.failure = failure.what();
    return set_back(attempt);
  }
}

std::optional<InviteJobStep> InviteJobs::set_back(const Attempt& attempt) {
  setbacks_.failed(attempt.job, attempt.line, true, ledger_.clock().now());
  InviteJobStep step{attempt.job};
  step.failure = attempt.failure;
  step.failed_line = attempt.line;
  return step;
}

void InviteJobs::leave() {
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = Turns::is_held_by(tx, kTurn, node_); });
  if (!any) return;
  // When it cannot be written, others wait until the turn is over.
  (void)ledger_.unguarded("the turn of a node that ends", Principal::system(), [&](Unit& unit) -> Result<void> {
    Turns::give_back(unit, kTurn, node_);
    return {};
  });
}

Result<InviteJobStep> InviteJobs::work_on(Unit& unit, const InviteJobId& id, Attempt& attempt) const {
  auto& tx = unit.tx();
  InviteJobStep step{id};
  auto made = store::find_unfinished(tx, id);
  if (!made) return step;  // cancelled or done meanwhile
  auto& job = made->job;
  if (!job.started_at) {
    step.begun = true;
    job.status = InviteJobStatus::kRunning;
    job.started_at = unit.now();
  }
  const auto end = [&](InviteJobStatus status) {
    step.finished = true;
    job.status = status;
    job.finished_at = unit.now();
    invite_job_content::record(unit, "invite_job.finished", job);
    store::update(tx, job);  // last, as below
    return step;
  };
  if (setbacks_.is_job_hopeless(id)) {
    job.failure = "It cannot be worked off.";
    step.gave_up = true;
    return end(InviteJobStatus::kFailed);
  }
  const auto inviter = standing(unit.view(), made->maker, unit.now());
  const auto doubted = setbacks_.line(id);
  std::size_t organizations = 0;
  for (const auto& row : store::pending(tx, id, inviter ? attempt.most_rows : kMostRefusedRows)) {
    // What failed is tried alone, so that it takes no other row along.
    if (step.rows > 0 && row.line == doubted) break;
    attempt.line = row.line;
    const bool hopeless = row.line == doubted && setbacks_.is_row_hopeless(id);
    const auto person = hopeless ? InvitedPerson() : invite_job_content::read(row.content);
    organizations += person.organizations ? person.organizations->size() : 0;
    if (step.rows > 0 && organizations > kMostOrganizations) break;
    const auto invited = hopeless  ? Result<InvitedUser>(cannot_be_done())
                         : inviter ? invitations_.invite_one(unit, *inviter, person)
                                   : Result<InvitedUser>(nobody_stands());
    if (invited) {
      store::set_invited(tx, id, row.line, invited->user);
    } else {
      const auto faults = faults_of(invited.error());
      store::set_failed(tx, id, row.line, faults);
      job.kept_bytes += static_cast<std::int64_t>(faults.size());
      ++job.failed;
    }
    job.pending_bytes -= static_cast<std::int64_t>(row.content.size());
    ++job.done;
    ++step.rows;
    if (row.line == doubted) break;
  }
  if (job.done == job.total || step.rows == 0) return end(InviteJobStatus::kDone);
  // Answered, and with it all that was posted: what the store refuses of it is found here, not at the commit.
  store::update(tx, job);
  return step;
}

}  // namespace gatehouse::domain
