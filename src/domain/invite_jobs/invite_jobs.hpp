// Invite jobs: files of people to invite, of any length, worked off in the background in small units of work. How far a job
// has come is stored in the same transaction as what it did, so that one that was cut short goes on where it stopped and no
// row is done twice. A row that is refused says why and hinders no other.
//
// A unit is small, so that whoever waits for the write lane behind it waits for milliseconds. Of several nodes one works at a
// time (`Turns`), and each unit looks for itself what there is to do, so that no row is done by two. Owners take turns unit by
// unit, whatever they upload, and a job that fails rests while others go on: nobody's file keeps another's waiting.
//
// A job has the rights of who made it, asked again for every row: what that one may no longer give, it no longer gives. It is
// seen and cancelled by its maker alone. Refuses files of those who may invite nowhere, and more than an owner's share of the
// store.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "domain/invite_jobs/invite_job_setbacks.hpp"
#include "domain/nodes/node.hpp"

namespace gatehouse::domain {

// Of one owner: a person with all its machine clients, or an organization with all its API tokens.
inline constexpr std::int64_t kMaxUnfinishedInviteJobs = 10;
// What may be stored for one owner, so that nobody fills the disk of all: ten files of twenty thousand people, with what is
// told of each. Jobs that are over count too, and give way to new ones, the oldest first. Whoever may add users on the platform
// stands for the operator, whose disk it is: files of any length.
inline constexpr std::int64_t kMaxStoredInviteJobs = 1000;
inline constexpr std::int64_t kMaxStoredInviteJobRows = 200'000;
inline constexpr std::int64_t kMaxStoredInviteJobBytes = 64LL * 1024 * 1024;

inline constexpr std::int64_t kMaxInviteJobRows = 10'000'000;
inline constexpr std::int64_t kMaxRowsOfUnit = 15;
inline constexpr std::int64_t kKeptInviteJob_s = 90 * 86'400;  // after it was finished
// A file that is still not wholly taken in by then never will be: the process that did it is gone.
inline constexpr std::int64_t kLongestInviteJobLoading_s = 6 * 3600;

enum class InviteJobStatus : std::uint8_t { kLoading, kQueued, kRunning, kDone, kCancelled, kFailed };
std::string_view name(InviteJobStatus status);
std::optional<InviteJobStatus> parse_invite_job_status(std::string_view name);

struct InviteJob {
  InviteJobId id;
  InviteJobStatus status = InviteJobStatus::kQueued;
  std::int64_t total = 0;  // rows
  std::int64_t done = 0;   // with or without success
  std::int64_t failed = 0;
  std::string failure;  // of the job as a whole
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  std::int64_t pending_bytes = 0;  // of what lines say until they are done
  std::int64_t kept_bytes = 0;     // of what is told of them afterwards
};

enum class InviteJobOutcome : std::uint8_t { kPending, kInvited, kFailed };
std::string_view name(InviteJobOutcome outcome);
std::optional<InviteJobOutcome> parse_invite_job_outcome(std::string_view name);

namespace invite_job_store {
struct NewRow;
}

// One line of the file: a person, or what is wrong with the line; then of the person at most the address is told.
struct InviteJobLine {
  std::int64_t line = 0;  // ascends
  InvitedPerson person;
  std::string fault;  // empty: well formed
};

struct InviteJobRow {
  std::int64_t line = 0;
  std::string email;  // as far as it is text; its beginning, when it is too long for an address
  InviteJobOutcome outcome = InviteJobOutcome::kPending;
  std::optional<UserId> user;
  std::vector<FieldError> faults;
};

// What one unit of work did.
struct InviteJobStep {
  InviteJobId id;
  std::int64_t rows = 0;
  bool begun = false;  // with its first row
  bool finished = false;
  bool gave_up = false;             // so it was finished
  std::chrono::nanoseconds took{};  // on the write lane
  // Why nothing of it has happened, for the operator; empty: it has.
  std::string failure{};
  std::int64_t failed_line = 0;  // where there was one
};

class InviteJobs {
 public:
  // All must outlive this.
  InviteJobs(Ledger& ledger, const JoinInvitations& invitations, const NodeId& node = {})
      : ledger_(ledger), invitations_(invitations), node_(node) {}

  // Takes in a file: calls `next` until it gives false, stores what it gave in parts, and queues the job when all of it is
  // there; a file that breaks off leaves nothing that runs. Errors: access.forbidden (the caller may add users nowhere),
  // invite_job.too_many, invite_job.too_long, invite_job.full, invite_job.empty, those of the permit and of the store, the
  // error of `next`.
  Result<InviteJob> create(const access::Permit<access::Action::kUserInvite>& permit,
                           FunctionRef<Result<bool>(InviteJobLine& line)> next);
  // The caller's own that are wholly taken in, newest first.
  [[nodiscard]] Page<InviteJob> list(const access::Permit<access::Action::kUserInvite>& permit,
                                     const Paging& paging) const;
  // Errors: invite_job.not_found.
  [[nodiscard]] Result<InviteJob> get(const access::Permit<access::Action::kUserInvite>& permit,
                                      const InviteJobId& id) const;
  // By line. Errors: invite_job.not_found.
  [[nodiscard]] Result<Page<InviteJobRow>> rows(const access::Permit<access::Action::kUserInvite>& permit,
                                                const InviteJobId& id, std::optional<InviteJobOutcome> outcome,
                                                const Paging& paging) const;
  // What is done stays done; of the rest, what was asked for is gone when it returns. A job that is over already is left as
  // it is. Errors: invite_job.not_found.
  Result<InviteJob> cancel(const access::Permit<access::Action::kUserInvite>& permit, const InviteJobId& id);

  // For the one thread that works jobs off: at most so many rows of the oldest job of the owner whose turn it is, as one unit.
  // Nothing: there is nothing to do here and now; to be asked again every few seconds, because what another node had in hand is
  // left when that is gone, and jobs that failed have rested. A row that fails again and again for itself is failed, and a
  // job that even then cannot go on is over. Errors: those of the store; then nothing of it has happened.
  Result<std::optional<InviteJobStep>> work(std::int64_t rows = kMaxRowsOfUnit);
  // For the same thread: the job of its last step.
  [[nodiscard]] const InviteJobId& at() const { return at_; }
  // At the end of that thread: another node may go on at once.
  void leave();
  // `wake` is called (by any thread) when a job has been queued.
  void on_queued(std::function<void()> wake);
  // Jobs that are not over, without those that are being taken in.
  [[nodiscard]] std::int64_t waiting() const;
  // Forgets what was finished long ago and what was never wholly taken in; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  struct Intake;
  struct Attempt;
  Result<Intake> begin(const access::Permit<access::Action::kUserInvite>& permit);
  Result<void> load(const access::Permit<access::Action::kUserInvite>& permit, Intake& intake,
                    FunctionRef<Result<bool>(InviteJobLine& line)> next);
  Result<void> keep(const access::Permit<access::Action::kUserInvite>& permit, const Intake& intake,
                    std::span<const invite_job_store::NewRow> rows);
  Result<void> queue(const access::Permit<access::Action::kUserInvite>& permit, Intake& intake);
  void forget(const InviteJobId& id, bool (*may)(sql::Tx& tx, const InviteJobId& id));
  bool make_room(const std::string& owner);
  void empty(const InviteJobId& id);
  [[nodiscard]] std::optional<InviteJobId> forgettable(sql::Tx& tx, Timestamp now) const;
  Result<InviteJobStep> work_on(Unit& unit, const InviteJobId& id, Attempt& attempt) const;
  std::optional<InviteJobStep> set_back(const Attempt& attempt);

  Ledger& ledger_;
  const JoinInvitations& invitations_;
  const NodeId node_;
  // Of the one thread that works.
  InviteJobId at_;
  std::string served_;  // owner of the last step
  InviteJobSetbacks setbacks_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
};

}  // namespace gatehouse::domain
