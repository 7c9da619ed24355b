// Invite jobs: showing, ending and forgetting them. How they are taken in is in invite_job_intake.cpp, how they are worked off
// in invite_job_work.cpp.
#include "domain/invite_jobs/invite_jobs.hpp"

#include <array>

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
constexpr std::int64_t kErasedRows = 500;
constexpr int kForgettingUnits = 20;  // of one call of maintain

template <class Named, std::size_t N>
std::optional<Named> parse_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Named>(i);
  }
  return std::nullopt;
}

Error no_such() { return not_found("invite_job.not_found", "There is no such invite job."); }

store::Maker maker_of(const access::Pass& pass) {
  return {std::string(invitation_rules::kind_of(pass.principal())), pass.principal().id};
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
  auto cancelled = TRY(ledger_.write(permit, [&](Unit& unit) -> Result<InviteJob> {
    auto job = store::find(unit.tx(), maker_of(permit), id);
    if (!job) return no_such();
    if (job->finished_at) return *std::move(job);
    job->status = InviteJobStatus::kCancelled;
    job->finished_at = unit.now();
    store::update(unit.tx(), *job);
    invite_job_content::record(unit, "invite_job.cancelled", *job);
    return *std::move(job);
  }));
  empty(id);
  return cancelled;
}

// Of a job that is over: what lines say that nobody will work off. As far as the store lets it; `maintain` does the rest.
void InviteJobs::empty(const InviteJobId& id) {
  std::optional<std::int64_t> line = 0;
  while (line) {
    const auto emptied = ledger_.unguarded("what nobody will work off", Principal::system(),
                                           [&](Unit& unit) -> Result<std::optional<std::int64_t>> {
                                             auto last = store::empty_rows(unit.tx(), id, *line, kErasedRows);
                                             if (!last) store::set_emptied(unit.tx(), id);
                                             return last;
                                           });
    if (!emptied) return;
    line = *emptied;
  }
}

void InviteJobs::forget(const InviteJobId& id, bool (*may)(sql::Tx& tx, const InviteJobId& id)) {
  for (bool more = true; more;) {
    const auto erased = ledger_.unguarded("a file that broke off, or gives way", Principal::system(),
                                          [&](Unit& unit) -> Result<std::int64_t> {
                                            if (!may(unit.tx(), id)) return std::int64_t{0};
                                            const auto rows = store::erase_rows(unit.tx(), id, kErasedRows);
                                            if (rows < kErasedRows) store::erase(unit.tx(), id);
                                            return rows;
                                          });
    more = erased && *erased == kErasedRows;
  }
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
  std::optional<InviteJobId> full;
  ledger_.read([&](sql::Tx& tx) { full = store::not_emptied(tx); });
  if (full) empty(*full);
  std::int64_t forgotten = 0;
  for (int i = 0; i < kForgettingUnits; ++i) {
    bool any = false;
    ledger_.read([&](sql::Tx& tx) { any = forgettable(tx, now).has_value(); });
    if (!any) break;
    const auto erased =
        ledger_.unguarded("invite jobs of long ago", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
          const auto id = forgettable(unit.tx(), now);
          if (!id) return 0;
          const auto rows = store::erase_rows(unit.tx(), *id, kErasedRows);
          if (rows == kErasedRows) return rows;
          store::erase(unit.tx(), *id);
          return rows + 1;
        });
    if (!erased || *erased == 0) break;
    forgotten += *erased;
  }
  return forgotten;
}

}  // namespace gatehouse::domain
