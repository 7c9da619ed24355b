// Invite jobs: taking them in, showing and ending them. How they are worked off is in invite_job_work.cpp.
#include "domain/invite_jobs/invite_jobs.hpp"

#include <array>

#include "base/text.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/invite_jobs/invite_job_content.hpp"
#include "domain/invite_jobs/invite_job_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = invite_job_store;
using InvitePermit = access::Permit<access::Action::kUserInvite>;

constexpr std::array<std::string_view, 6> kStatusNames{"loading", "queued", "running", "done", "cancelled", "failed"};
constexpr std::array<std::string_view, 3> kOutcomeNames{"pending", "invited", "failed"};
// Of one unit: some milliseconds.
constexpr std::size_t kLoadedRows = 250;
constexpr std::size_t kLoadedBytes = 128 * 1024;
constexpr std::int64_t kForgottenRows = 500;
constexpr int kForgettingUnits = 20;  // of one call of maintain

template <class Named, std::size_t N>
std::optional<Named> parse_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Named>(i);
  }
  return std::nullopt;
}

Error no_such() { return not_found("invite_job.not_found", "There is no such invite job."); }

Error too_late() {
  return {ErrorKind::kUnavailable, "invite_job.abandoned", "Taking in the file took too long; nothing of it is kept."};
}

store::Maker maker_of(const access::Pass& pass) {
  return {std::string(invitation_rules::kind_of(pass.principal())), pass.principal().id};
}

bool is_utf8(const InvitedPerson& person) {
  return text::is_utf8(person.email) && text::is_utf8(person.first_name) && text::is_utf8(person.last_name);
}

store::NewRow row_of(const InviteJobLine& line) {
  store::NewRow row{line.line, invite_job_content::shown_email(line.person.email), {}, {}};
  if (!line.fault.empty()) {
    row.faults = invite_job_content::write_faults({{"", line.fault}});
  } else if (!is_utf8(line.person)) {
    row.faults = invite_job_content::write_faults({{"", "The line is not UTF-8 text."}});
  } else {
    row.content = invite_job_content::write(line.person);
  }
  return row;
}

}  // namespace

std::string_view name(InviteJobStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }
std::optional<InviteJobStatus> parse_invite_job_status(std::string_view name) {
  return parse_name<InviteJobStatus>(kStatusNames, name);
}

std::string_view name(InviteJobOutcome outcome) { return kOutcomeNames[static_cast<std::size_t>(outcome)]; }
std::optional<InviteJobOutcome> parse_invite_job_outcome(std::string_view name) {
  return parse_name<InviteJobOutcome>(kOutcomeNames, name);
}

Result<InviteJob> InviteJobs::create(const InvitePermit& permit, FunctionRef<Result<bool>(InviteJobLine& line)> next) {
  auto job = TRY(begin(permit));
  Result<void> taken_in;
  try {
    taken_in = load(permit, job, next);
    if (taken_in) taken_in = queue(permit, job);
  } catch (...) {
    forget(job.id);
    throw;
  }
  if (!taken_in) {
    forget(job.id);
    return std::move(taken_in).error();
  }
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
  return job;
}

Result<InviteJob> InviteJobs::begin(const InvitePermit& permit) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<InviteJob> {
    const auto maker = maker_of(permit);
    if (store::count_unfinished(unit.tx(), maker) >= kMaxUnfinishedInviteJobs) {
      return conflict("invite_job.too_many",
                      "At most 10 invite jobs at a time; wait for one to finish, or cancel one.");
    }
    InviteJob job;
    job.id = InviteJobId::make(unit.now(), unit.random());
    job.status = InviteJobStatus::kLoading;
    job.created_at = unit.now();
    store::insert(unit.tx(), job, maker);
    return job;
  });
}

Result<void> InviteJobs::load(const InvitePermit& permit, InviteJob& job,
                              FunctionRef<Result<bool>(InviteJobLine& line)> next) {
  std::vector<store::NewRow> rows;
  for (bool more = true; more;) {
    rows.clear();
    for (std::size_t bytes = 0; rows.size() < kLoadedRows && bytes < kLoadedBytes;) {
      InviteJobLine line;
      more = TRY(next(line));
      if (!more) break;
      if (++job.total > kMaxInviteJobRows) {
        return Error{ErrorKind::kTooLarge, "invite_job.too_long", "A file has at most 10,000,000 rows."};
      }
      rows.push_back(row_of(line));
      if (rows.back().content.empty()) ++job.failed;
      bytes += rows.back().content.size();
    }
    if (rows.empty()) break;
    TRY(ledger_.write(permit, [&](Unit& unit) -> Result<void> {
      if (!store::is_loading(unit.tx(), job.id)) return too_late();
      store::add_rows(unit.tx(), job.id, rows);
      return {};
    }));
  }
  if (job.total == 0) return invalid("invite_job.empty", "The file has no rows.");
  job.done = job.failed;
  return {};
}

Result<void> InviteJobs::queue(const InvitePermit& permit, InviteJob& job) {
  job.status = InviteJobStatus::kQueued;
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    if (!store::is_loading(unit.tx(), job.id)) return too_late();
    store::update(unit.tx(), job);
    invite_job_content::record(unit, "invite_job.created", job);
    return {};
  });
}

// As far as the store lets it; what stays is forgotten by and by.
void InviteJobs::forget(const InviteJobId& id) {
  for (bool more = true; more;) {
    const auto erased =
        ledger_.unguarded("a file that broke off", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
          // Queued all the same, by a commit whose answer was lost: then it is at work somewhere.
          if (!store::is_loading(unit.tx(), id)) return std::int64_t{0};
          const auto rows = store::erase_rows(unit.tx(), id, kForgottenRows);
          if (rows < kForgottenRows) store::erase(unit.tx(), id);
          return rows;
        });
    more = erased && *erased == kForgottenRows;
  }
}

Page<InviteJob> InviteJobs::list(const InvitePermit& permit, const Paging& paging) const {
  Page<InviteJob> page;
  const auto maker = maker_of(permit);
  ledger_.read([&](sql::Tx& tx) {
    page.total = store::count(tx, maker);
    page.items = store::page(tx, maker, paging);
  });
  return page;
}

Result<InviteJob> InviteJobs::get(const InvitePermit& permit, const InviteJobId& id) const {
  std::optional<InviteJob> job;
  ledger_.read([&](sql::Tx& tx) { job = store::find(tx, maker_of(permit), id); });
  if (!job) return no_such();
  return *std::move(job);
}

Result<Page<InviteJobRow>> InviteJobs::rows(const InvitePermit& permit, const InviteJobId& id,
                                            std::optional<InviteJobOutcome> outcome, const Paging& paging) const {
  std::optional<Page<InviteJobRow>> page;
  ledger_.read([&](sql::Tx& tx) {
    const auto job = store::find(tx, maker_of(permit), id);
    if (!job) return;
    page.emplace();
    page->total = !outcome                                 ? job->total
                  : *outcome == InviteJobOutcome::kPending ? job->total - job->done
                  : *outcome == InviteJobOutcome::kFailed  ? job->failed
                                                           : job->done - job->failed;
    page->items = store::rows(tx, *job, outcome, paging);
  });
  if (!page) return no_such();
  return *std::move(page);
}

Result<InviteJob> InviteJobs::cancel(const InvitePermit& permit, const InviteJobId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<InviteJob> {
    auto job = store::find(unit.tx(), maker_of(permit), id);
    if (!job) return no_such();
    if (job->finished_at) return *std::move(job);
    job->status = InviteJobStatus::kCancelled;
    job->finished_at = unit.now();
    store::update(unit.tx(), *job);
    invite_job_content::record(unit, "invite_job.cancelled", *job);
    return *std::move(job);
  });
}

void InviteJobs::on_queued(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

std::int64_t InviteJobs::waiting() const {
  std::int64_t count = 0;
  ledger_.read([&](sql::Tx& tx) { count = store::count_waiting(tx); });
  return count;
}

std::optional<InviteJobId> InviteJobs::forgettable(sql::Tx& tx, Timestamp now) const {
  // Ids ascend with the time they were made at: what is younger than the limit needs no look.
  const auto oldest = [&](InviteJobStatus status, std::int64_t kept_s) {
    const auto limit = now.plus_s(-kept_s);
    return store::oldest_before(tx, status, InviteJobId::make(limit, ledger_.random()), limit);
  };
  auto id = oldest(InviteJobStatus::kLoading, kLongestInviteJobLoading_s);
  for (const auto over : {InviteJobStatus::kDone, InviteJobStatus::kCancelled, InviteJobStatus::kFailed}) {
    if (!id) id = oldest(over, kKeptInviteJob_s);
  }
  return id;
}

std::int64_t InviteJobs::maintain(Timestamp now) {
  std::int64_t forgotten = 0;
  for (int i = 0; i < kForgettingUnits; ++i) {
    bool any = false;
    ledger_.read([&](sql::Tx& tx) { any = forgettable(tx, now).has_value(); });
    if (!any) break;
    const auto erased =
        ledger_.unguarded("invite jobs of long ago", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
          const auto id = forgettable(unit.tx(), now);
          if (!id) return 0;
          const auto rows = store::erase_rows(unit.tx(), *id, kForgottenRows);
          if (rows == kForgottenRows) return rows;
          store::erase(unit.tx(), *id);
          return rows + 1;
        });
    if (!erased || *erased == 0) break;
    forgotten += *erased;
  }
  return forgotten;
}

}  // namespace gatehouse::domain
