// Invite jobs: files of people to invite, of any length, worked off in the background in small units of work. How far a job
// has come is stored in the same transaction as what it did, so that one that was cut short goes on where it stopped and no
// row is done twice. A row that is refused says why and hinders no other.
//
// A unit is small, so that whoever waits for the write lane behind it waits for milliseconds. Of several nodes one works at a
// time (`Turns`), and each unit looks for itself what there is to do, so that no row is done by two.
//
// A job has the rights of who made it, asked again for every row: what that one may no longer give, it no longer gives. It is
// seen and cancelled by its maker alone.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "domain/invitations/join_invitations.hpp"
#include "domain/nodes/node.hpp"

namespace gatehouse::domain {

using InviteJobId = Id<struct InviteJobNoun>;

inline constexpr std::int64_t kMaxUnfinishedInviteJobs = 10;  // of one maker
inline constexpr std::int64_t kMaxInviteJobRows = 10'000'000;
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
};

enum class InviteJobOutcome : std::uint8_t { kPending, kInvited, kFailed };
std::string_view name(InviteJobOutcome outcome);
std::optional<InviteJobOutcome> parse_invite_job_outcome(std::string_view name);

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
};

class InviteJobs {
 public:
  // All must outlive this.
  InviteJobs(Ledger& ledger, const JoinInvitations& invitations, const NodeId& node = {})
      : ledger_(ledger), invitations_(invitations), node_(node) {}

  // Takes in a file: calls `next` until it gives false, stores what it gave in parts, and queues the job when all of it is
  // there; a file that breaks off leaves nothing that runs. Errors: invite_job.too_many, invite_job.too_long,
  // invite_job.empty, those of the permit and of the store, the error of `next`.
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
  // What is done stays done. A job that is over already is left as it is. Errors: invite_job.not_found.
  Result<InviteJob> cancel(const access::Permit<access::Action::kUserInvite>& permit, const InviteJobId& id);

  // For the one thread that works jobs off: the next few rows of the job that has had the fewest, as one unit. Nothing:
  // there is nothing to do here; to be asked again every few seconds, because what another node had in hand is left when
  // that is gone. Errors: those of the store; then nothing of it has happened.
  Result<std::optional<InviteJobStep>> work();
  // At the end of that thread: another node may go on at once.
  void leave();
  // For a job that `work` fails at again and again: the one of its last step is over. Errors: those of the store.
  Result<void> give_up(const std::string& failure);
  // `wake` is called (by any thread) when a job has been queued.
  void on_queued(std::function<void()> wake);
  // Jobs that are not over, without those that are being taken in.
  [[nodiscard]] std::int64_t waiting() const;
  // Forgets what was finished long ago and what was never wholly taken in; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  Result<InviteJob> begin(const access::Permit<access::Action::kUserInvite>& permit);
  Result<void> load(const access::Permit<access::Action::kUserInvite>& permit, InviteJob& job,
                    FunctionRef<Result<bool>(InviteJobLine& line)> next);
  Result<void> queue(const access::Permit<access::Action::kUserInvite>& permit, InviteJob& job);
  void forget(const InviteJobId& id);
  [[nodiscard]] std::optional<InviteJobId> forgettable(sql::Tx& tx, Timestamp now) const;
  Result<InviteJobStep> work_on(Unit& unit, const InviteJobId& id) const;

  Ledger& ledger_;
  const JoinInvitations& invitations_;
  const NodeId node_;
  InviteJobId at_;  // of the one thread that works: the job of its last step
  mutable std::mutex mutex_;
  std::function<void()> wake_;
};

}  // namespace gatehouse::domain
