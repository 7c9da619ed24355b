// Taking invite jobs in, within what their owner may have stored.
#include "domain/invitations/invitation_rules.hpp"
#include "domain/invitations/sender.hpp"
#include "domain/invite_jobs/invite_job_content.hpp"
#include "domain/invite_jobs/invite_job_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = invite_job_store;
namespace permission = access::permission;
using InvitePermit = access::Permit<access::Action::kUserInvite>;

// Of one unit: some milliseconds.
constexpr std::size_t kLoadedRows = 250;
constexpr std::int64_t kLoadedBytes = 128LL * 1024;

Error nowhere_to_invite() {
  return forbidden("access.forbidden", "You need the permission users.add in an organization.");
}

Error too_late() {
  return {ErrorKind::kUnavailable, "invite_job.abandoned", "Taking in the file took too long; nothing of it is kept."};
}

Error too_long() {
  return {ErrorKind::kTooLarge, "invite_job.too_long", "A file has at most 200,000 rows and takes at most 64 MiB."};
}

Error full() {
  return conflict(
      "invite_job.full",
      "Your unfinished invite jobs and this one have more than 200,000 rows or 64 MiB; wait for one to finish, "
      "or cancel one.");
}

std::string owner_of(const Unit& unit, const Principal& who) {
  const auto sender = sender_of(unit.view(), who);
  return sender.user ? "user:" + std::to_string(sender.user.value)
                     : "organization:" + std::to_string(sender.organization.value);
}

bool may_add_somewhere(const Unit& unit, const Principal& who) {
  const auto scope = unit.view().scope(who, permission::kUsersAdd, unit.now());
  return scope.everything || !scope.trees.empty() || !scope.singles.empty();
}

bool exceeds(const store::Stored& stored) {
  return stored.jobs > kMaxStoredInviteJobs || stored.rows > kMaxStoredInviteJobRows ||
         stored.bytes > kMaxStoredInviteJobBytes;
}

store::NewRow row_of(const InviteJobLine& line) {
  store::NewRow row{line.line, invite_job_content::shown_email(line.person.email), {}, {}};
  const auto fault = line.fault.empty() ? invite_job_content::fault_of(line.person) : line.fault;
  if (fault.empty()) {
    row.content = invite_job_content::write(line.person);
  } else {
    row.faults = invite_job_content::write_faults({{"", fault}});
  }
  return row;
}

}  // namespace

struct InviteJobs::Intake {
  InviteJob job;
  std::string owner;
  bool bounded = true;
};

Result<InviteJob> InviteJobs::create(const InvitePermit& permit, FunctionRef<Result<bool>(InviteJobLine& line)> next) {
  auto intake = TRY(begin(permit));
  auto& job = intake.job;
  Result<void> taken_in;
  try {
    taken_in = load(permit, intake, next);
    if (taken_in) taken_in = queue(permit, intake);
  } catch (...) {
    forget(job.id, store::is_loading);
    throw;
  }
  if (!taken_in) {
    // Queued all the same, by a commit whose answer was lost? Then it is at work somewhere, and loading no more.
    forget(job.id, store::is_loading);
    return std::move(taken_in).error();
  }
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
  return std::move(job);
}

Result<InviteJobs::Intake> InviteJobs::begin(const InvitePermit& permit) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<Intake> {
    const auto& who = permit.principal();
    if (!may_add_somewhere(unit, who)) return nowhere_to_invite();
    Intake intake;
    intake.owner = owner_of(unit, who);
    intake.bounded = !unit.view().allows(who, permission::kUsersAdd, unit.view().platform(), unit.now());
    if (store::count_unfinished(unit.tx(), intake.owner) >= kMaxUnfinishedInviteJobs) {
      return conflict("invite_job.too_many",
                      "At most 10 invite jobs at a time; wait for one to finish, or cancel one.");
    }
    auto& job = intake.job;
    job.id = InviteJobId::make(unit.now(), unit.random());
    job.status = InviteJobStatus::kLoading;
    job.created_at = unit.now();
    store::insert(unit.tx(), job, {std::string(invitation_rules::kind_of(who)), who.id}, intake.owner);
    return intake;
  });
}

Result<void> InviteJobs::load(const InvitePermit& permit, Intake& intake,
                              FunctionRef<Result<bool>(InviteJobLine& line)> next) {
  auto& job = intake.job;
  std::vector<store::NewRow> rows;
  for (bool more = true; more;) {
    rows.clear();
    for (std::int64_t bytes = 0; rows.size() < kLoadedRows && bytes < kLoadedBytes;) {
      InviteJobLine line;
      more = TRY(next(line));
      if (!more) break;
      if (++job.total > kMaxInviteJobRows) {
        return Error{ErrorKind::kTooLarge, "invite_job.too_long", "A file has at most 10,000,000 rows."};
      }
      const auto& row = rows.emplace_back(row_of(line));
      if (row.content.empty()) ++job.failed;
      job.pending_bytes += static_cast<std::int64_t>(row.content.size());
      job.kept_bytes += static_cast<std::int64_t>(row.email.size() + row.faults.size());
      bytes += static_cast<std::int64_t>(row.content.size() + row.email.size() + row.faults.size());
    }
    if (!rows.empty()) TRY(keep(permit, intake, rows));
  }
  if (job.total == 0) return invalid("invite_job.empty", "The file has no rows.");
  job.done = job.failed;
  return {};
}

Result<void> InviteJobs::keep(const InvitePermit& permit, const Intake& intake, std::span<const store::NewRow> rows) {
  const auto& job = intake.job;
  if (intake.bounded && exceeds({1, job.total, job.pending_bytes + job.kept_bytes})) return too_long();
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    if (!store::is_loading(unit.tx(), job.id)) return too_late();
    store::update(unit.tx(), job);
    if (intake.bounded && exceeds(store::stored_unfinished(unit.tx(), intake.owner))) return full();
    store::add_rows(unit.tx(), job.id, rows);
    return {};
  });
}

// False: there is nothing that could give way.
bool InviteJobs::make_room(const std::string& owner) {
  std::optional<InviteJobId> oldest;
  ledger_.read([&](sql::Tx& tx) { oldest = store::oldest_over(tx, owner); });
  if (!oldest) return false;
  forget(*oldest, store::is_over);
  return true;
}

// What is over gives way now that the file is known to be whole and to fit.
Result<void> InviteJobs::queue(const InvitePermit& permit, Intake& intake) {
  auto& job = intake.job;
  const auto is_full = [&] {
    bool full = false;
    ledger_.read([&](sql::Tx& tx) { full = exceeds(store::stored(tx, intake.owner)); });
    return full;
  };
  while (intake.bounded && is_full() && make_room(intake.owner)) {}
  job.status = InviteJobStatus::kQueued;
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    if (!store::is_loading(unit.tx(), job.id)) return too_late();
    store::update(unit.tx(), job);
    invite_job_content::record(unit, "invite_job.created", job);
    return {};
  });
}

}  // namespace gatehouse::domain
