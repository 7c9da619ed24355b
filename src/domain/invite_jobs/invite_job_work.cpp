// Working invite jobs off: one unit of work after the other, by one thread.
#include "domain/invite_jobs/invite_job_content.hpp"
#include "domain/invite_jobs/invite_job_store.hpp"
#include "domain/nodes/turns.hpp"

namespace gatehouse::domain {
namespace {

namespace store = invite_job_store;

constexpr std::string_view kTurn = "invite_jobs";
// Of one unit. What a row costs grows with its organizations, so that both are bounded: some milliseconds.
constexpr std::int64_t kMostRows = 15;
constexpr std::size_t kMostOrganizations = 100;
constexpr std::int64_t kMostRefusedRows = 250;  // when nobody stands behind the job any more

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

}  // namespace

Result<std::optional<InviteJobStep>> InviteJobs::work() {
  std::optional<store::MadeJob> next;
  ledger_.read([&](sql::Tx& tx) {
    if (!Turns::is_elsewhere(tx, kTurn, node_, ledger_.clock().now())) next = store::next_unfinished(tx);
  });
  if (!next) return std::optional<InviteJobStep>();
  at_ = next->job.id;
  auto step = TRY(ledger_.unguarded("whose job it is is asked again for every row", as_actor(next->maker),
                                    [&](Unit& unit) -> Result<std::optional<InviteJobStep>> {
                                      if (!Turns::take(unit, kTurn, node_)) return std::optional<InviteJobStep>();
                                      auto done = TRY(work_on(unit, next->job.id));
                                      // The next job may come to another node.
                                      if (!store::next_unfinished(unit.tx())) Turns::give_back(unit, kTurn, node_);
                                      return std::optional(done);
                                    }));
  if (step && step->rows > 0) invitations_.announce();
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

Result<InviteJobStep> InviteJobs::work_on(Unit& unit, const InviteJobId& id) const {
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
  const auto inviter = standing(unit.view(), made->maker, unit.now());
  std::size_t organizations = 0;
  for (const auto& row : store::pending(tx, id, inviter ? kMostRows : kMostRefusedRows)) {
    const auto person = invite_job_content::read(row.content);
    organizations += person.organizations ? person.organizations->size() : 0;
    if (step.rows > 0 && organizations > kMostOrganizations) break;
    const auto invited =
        inviter ? invitations_.invite_one(unit, *inviter, person) : Result<InvitedUser>(nobody_stands());
    if (invited) {
      store::set_invited(tx, id, row.line, invited->user);
    } else {
      store::set_failed(tx, id, row.line, faults_of(invited.error()));
      ++job.failed;
    }
    ++job.done;
    ++step.rows;
  }
  if (job.done == job.total || step.rows == 0) {
    step.finished = true;
    job.status = InviteJobStatus::kDone;
    job.finished_at = unit.now();
    invite_job_content::record(unit, "invite_job.finished", job);
  }
  store::update(tx, job);
  return step;
}

Result<void> InviteJobs::give_up(const std::string& failure) {
  return ledger_.unguarded("what cannot be worked off", Principal::system(), [&](Unit& unit) -> Result<void> {
    auto made = store::find_unfinished(unit.tx(), at_);
    if (!made) return {};
    made->job.status = InviteJobStatus::kFailed;
    made->job.failure = failure;
    made->job.finished_at = unit.now();
    store::update(unit.tx(), made->job);
    invite_job_content::record(unit, "invite_job.finished", made->job);
    return {};
  });
}

}  // namespace gatehouse::domain
