// The SQL of invite jobs and their rows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/invite_jobs/invite_jobs.hpp"

namespace gatehouse::domain::invite_job_store {

// Whose rights a job has.
struct Maker {
  std::string kind;  // "user", "client", "api_token"
  Uuid id;
};

struct NewRow {
  std::int64_t line = 0;
  std::string email;
  std::string content;  // empty: it failed already
  std::string faults;
};

struct PendingRow {
  std::int64_t line = 0;
  std::string content;
};

struct MadeJob {
  InviteJob job;
  Maker maker;
  std::string owner;
};

// What is there of one owner, jobs that are over included.
struct Stored {
  std::int64_t jobs = 0;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};

// A place in the order of turns: by owner, then the oldest first.
struct Place {
  std::string owner;
  InviteJobId job;
  static Place behind(std::string owner);
};

void insert(sql::Tx& tx, const InviteJob& job, const Maker& maker, std::string_view owner);
std::int64_t count_unfinished(sql::Tx& tx, std::string_view owner);
Stored stored(sql::Tx& tx, std::string_view owner);
Stored stored_unfinished(sql::Tx& tx, std::string_view owner);
bool is_loading(sql::Tx& tx, const InviteJobId& id);
void add_rows(sql::Tx& tx, const InviteJobId& id, std::span<const NewRow> rows);
// Status, counts, bytes, failure and times.
void update(sql::Tx& tx, const InviteJob& job);

// Queued or running; the first behind that place.
std::optional<MadeJob> next_unfinished(sql::Tx& tx, const Place& behind);
std::optional<MadeJob> find_unfinished(sql::Tx& tx, const InviteJobId& id);
std::int64_t count_waiting(sql::Tx& tx);
std::vector<PendingRow> pending(sql::Tx& tx, const InviteJobId& id, std::int64_t limit);
void set_invited(sql::Tx& tx, const InviteJobId& id, std::int64_t line, const UserId& user);
void set_failed(sql::Tx& tx, const InviteJobId& id, std::int64_t line, std::string_view faults);

// Those of the maker, as far as they are wholly taken in.
std::optional<InviteJob> find(sql::Tx& tx, const Maker& maker, const InviteJobId& id);
std::int64_t count(sql::Tx& tx, const Maker& maker);
std::vector<InviteJob> page(sql::Tx& tx, const Maker& maker, const Paging& paging);
// By line.
std::vector<InviteJobRow> rows(sql::Tx& tx, const InviteJob& job, std::optional<InviteJobOutcome> outcome,
                               const Paging& paging);

// Of that status, made before `made` and over before `finished`, where it is over.
std::optional<InviteJobId> oldest_before(sql::Tx& tx, InviteJobStatus status, const InviteJobId& made,
                                         Timestamp finished);
// The oldest of the owner's that is over.
std::optional<InviteJobId> oldest_over(sql::Tx& tx, std::string_view owner);
bool is_over(sql::Tx& tx, const InviteJobId& id);
std::int64_t erase_rows(sql::Tx& tx, const InviteJobId& id, std::int64_t limit);
void erase(sql::Tx& tx, const InviteJobId& id);
// Cancelled or failed, but its lines still say what was asked for.
std::optional<InviteJobId> not_emptied(sql::Tx& tx);
// Of the next so many pending lines behind that one; the last of them, or nothing when there were none.
std::optional<std::int64_t> empty_rows(sql::Tx& tx, const InviteJobId& id, std::int64_t behind, std::int64_t limit);
void set_emptied(sql::Tx& tx, const InviteJobId& id);

}  // namespace gatehouse::domain::invite_job_store
