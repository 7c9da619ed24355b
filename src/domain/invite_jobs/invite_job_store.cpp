#include "domain/invite_jobs/invite_job_store.hpp"

#include "domain/invite_jobs/invite_job_content.hpp"

namespace gatehouse::domain::invite_job_store {
namespace {

constexpr std::string_view kColumns =
    "id, status, total, done, failed, failure, created_at, started_at, finished_at, pending_bytes, kept_bytes, "
    "creator_kind, creator_id, owner";

std::string select(std::string_view rest) {
  return std::string("SELECT ").append(kColumns).append(" FROM invite_jobs WHERE ").append(rest);
}

InviteJob read(const sql::Row& row) {
  InviteJob job;
  job.id = row.id<InviteJobId>(0);
  job.status = parse_invite_job_status(row.text(1)).value_or(InviteJobStatus::kFailed);
  job.total = row.integer(2);
  job.done = row.integer(3);
  job.failed = row.integer(4);
  job.failure = row.text(5);
  job.created_at = row.time(6);
  job.started_at = row.maybe_time(7);
  job.finished_at = row.maybe_time(8);
  job.pending_bytes = row.integer(9);
  job.kept_bytes = row.integer(10);
  return job;
}

MadeJob read_made(const sql::Row& row) {
  return {read(row), {std::string(row.text(11)), row.id<Uuid>(12)}, std::string(row.text(13))};
}

InviteJobRow read_row(const sql::Row& row) {
  InviteJobRow one;
  one.line = row.integer(0);
  one.email = row.text(1);
  one.outcome = parse_invite_job_outcome(row.text(2)).value_or(InviteJobOutcome::kFailed);
  if (!row.is_null(3)) one.user = row.id<UserId>(3);
  if (!row.is_null(4)) one.faults = invite_job_content::read_faults(row.text(4));
  return one;
}

// The line of the first row of a page, when lines have no gaps: then a page at the end costs what the first one costs.
std::optional<std::int64_t> line_at(sql::Tx& tx, const InviteJob& job, std::int64_t skip) {
  return tx.first(
      "SELECT first.line + $2 FROM (SELECT line FROM invite_job_rows WHERE job_id = $1 ORDER BY line LIMIT 1) first, "
      "(SELECT line FROM invite_job_rows WHERE job_id = $1 ORDER BY line DESC LIMIT 1) last "
      "WHERE last.line - first.line + 1 = $3",
      {job.id, skip, job.total}, [](const sql::Row& row) { return row.integer(0); });
}

InviteJobId id_of(const sql::Row& row) { return row.id<InviteJobId>(0); }

Stored sum(sql::Tx& tx, std::string_view where, std::string_view owner) {
  constexpr std::string_view kSum =
      "SELECT count(*), CAST(COALESCE(sum(total), 0) AS BIGINT), "
      "CAST(COALESCE(sum(pending_bytes + kept_bytes), 0) AS BIGINT) FROM invite_jobs WHERE ";
  const auto read_stored = [](const sql::Row& row) { return Stored{row.integer(0), row.integer(1), row.integer(2)}; };
  return tx.first(std::string(kSum).append(where), {owner}, read_stored).value_or(Stored{});
}

}  // namespace

Place Place::behind(std::string owner) {
  Place place{std::move(owner), {}};
  place.job.bytes.fill(0xFF);
  return place;
}

void insert(sql::Tx& tx, const InviteJob& job, const Maker& maker, std::string_view owner) {
  tx.execute(
      "INSERT INTO invite_jobs (id, creator_kind, creator_id, status, created_at, owner) VALUES ($1, $2, $3, $4, $5, "
      "$6)",
      {job.id, maker.kind, maker.id, name(job.status), job.created_at, owner});
}

std::int64_t count_unfinished(sql::Tx& tx, std::string_view owner) {
  return tx.integer("SELECT count(*) FROM invite_jobs WHERE status IN ('loading', 'queued', 'running') AND owner = $1",
                    {owner});
}

Stored stored(sql::Tx& tx, std::string_view owner) { return sum(tx, "owner = $1", owner); }

Stored stored_unfinished(sql::Tx& tx, std::string_view owner) {
  return sum(tx, "owner = $1 AND status IN ('loading', 'queued', 'running')", owner);
}

bool is_loading(sql::Tx& tx, const InviteJobId& id) {
  return tx.exists("SELECT 1 FROM invite_jobs WHERE id = $1 AND status = 'loading'", {id});
}

void add_rows(sql::Tx& tx, const InviteJobId& id, std::span<const NewRow> rows) {
  for (const auto& row : rows) {
    const bool failed = row.content.empty();
    tx.post(
        "INSERT INTO invite_job_rows (job_id, line, email, content, outcome, fault) VALUES ($1, $2, $3, $4, $5, $6)",
        {id, row.line, row.email, row.content, failed ? "failed" : "pending",
         failed ? sql::Value(row.faults) : sql::Value(nullptr)});
  }
}

void update(sql::Tx& tx, const InviteJob& job) {
  tx.execute(
      "UPDATE invite_jobs SET status = $2, total = $3, done = $4, failed = $5, failure = $6, started_at = $7, "
      "finished_at = $8, pending_bytes = $9, kept_bytes = $10 WHERE id = $1",
      {job.id, name(job.status), job.total, job.done, job.failed,
       job.failure.empty() ? sql::Value(nullptr) : sql::Value(job.failure), job.started_at, job.finished_at,
       job.pending_bytes, job.kept_bytes});
}

std::optional<MadeJob> next_unfinished(sql::Tx& tx, const Place& behind) {
  // The first of each status from the index of turns, however many are waiting.
  const auto first_of = [](std::string_view status) {
    return "SELECT * FROM (" +
           select("status = '" + std::string(status) + "' AND (owner, id) > ($1, $2) ORDER BY owner, id LIMIT 1") +
           ") " + std::string(status);
  };
  static const std::string sql = "SELECT * FROM (" + first_of("queued") + " UNION ALL " + first_of("running") +
                                 ") first ORDER BY owner, id LIMIT 1";
  return tx.first(sql, {behind.owner, behind.job}, read_made);
}

std::optional<MadeJob> find_unfinished(sql::Tx& tx, const InviteJobId& id) {
  return tx.first(select("id = $1 AND status IN ('queued', 'running')"), {id}, read_made);
}

std::int64_t count_waiting(sql::Tx& tx) {
  return tx.integer("SELECT count(*) FROM invite_jobs WHERE status IN ('queued', 'running')");
}

std::vector<PendingRow> pending(sql::Tx& tx, const InviteJobId& id, std::int64_t limit) {
  std::vector<PendingRow> found;
  // The lines from the index of outcomes: the way through the table would lead over everything that is done.
  tx.each(
      "SELECT line, content FROM invite_job_rows WHERE job_id = $1 AND line IN (SELECT line FROM invite_job_rows "
      "WHERE job_id = $1 AND outcome = 'pending' ORDER BY line LIMIT $2) ORDER BY line",
      {id, limit}, [&](const sql::Row& row) {
        found.push_back({row.integer(0), std::string(row.text(1))});
        return true;
      });
  return found;
}

void set_invited(sql::Tx& tx, const InviteJobId& id, std::int64_t line, const UserId& user) {
  tx.post("UPDATE invite_job_rows SET outcome = 'invited', user_id = $3, content = '' WHERE job_id = $1 AND line = $2",
          {id, line, user});
}

void set_failed(sql::Tx& tx, const InviteJobId& id, std::int64_t line, std::string_view faults) {
  tx.post("UPDATE invite_job_rows SET outcome = 'failed', fault = $3, content = '' WHERE job_id = $1 AND line = $2",
          {id, line, faults});
}

std::optional<InviteJob> find(sql::Tx& tx, const Maker& maker, const InviteJobId& id) {
  return tx.first(select("id = $1 AND creator_id = $2 AND creator_kind = $3 AND status <> 'loading'"),
                  {id, maker.id, maker.kind}, read);
}

std::int64_t count(sql::Tx& tx, const Maker& maker) {
  return tx.integer(
      "SELECT count(*) FROM invite_jobs WHERE creator_id = $1 AND creator_kind = $2 AND status <> 'loading'",
      {maker.id, maker.kind});
}

std::vector<InviteJob> page(sql::Tx& tx, const Maker& maker, const Paging& paging) {
  std::vector<InviteJob> found;
  tx.each(select("creator_id = $1 AND creator_kind = $2 AND status <> 'loading' ORDER BY id DESC LIMIT $3 OFFSET $4"),
          {maker.id, maker.kind, paging.limit, paging.skip}, [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

std::vector<InviteJobRow> rows(sql::Tx& tx, const InviteJob& job, std::optional<InviteJobOutcome> outcome,
                               const Paging& paging) {
  std::vector<InviteJobRow> found;
  const auto keep = [&](const sql::Row& row) {
    found.push_back(read_row(row));
    return true;
  };
  constexpr std::string_view kSelect = "SELECT line, email, outcome, user_id, fault FROM invite_job_rows WHERE ";
  if (outcome) {
    // What is skipped is skipped in the index alone.
    tx.each(std::string(kSelect).append(
                "job_id = $1 AND line IN (SELECT line FROM invite_job_rows WHERE job_id = $1 AND outcome = $2 "
                "ORDER BY line LIMIT $3 OFFSET $4) ORDER BY line"),
            {job.id, name(*outcome), paging.limit, paging.skip}, keep);
  } else if (const auto line = line_at(tx, job, paging.skip)) {
    tx.each(std::string(kSelect).append("job_id = $1 AND line >= $2 ORDER BY line LIMIT $3"),
            {job.id, *line, paging.limit}, keep);
  } else {
    tx.each(std::string(kSelect).append("job_id = $1 ORDER BY line LIMIT $2 OFFSET $3"),
            {job.id, paging.limit, paging.skip}, keep);
  }
  return found;
}

std::optional<InviteJobId> oldest_before(sql::Tx& tx, InviteJobStatus status, const InviteJobId& made,
                                         Timestamp finished) {
  return tx.first(
      "SELECT id FROM invite_jobs WHERE status = $1 AND id < $2 AND (finished_at IS NULL OR finished_at < $3) "
      "ORDER BY id LIMIT 1",
      {name(status), made, finished}, id_of);
}

std::optional<InviteJobId> oldest_over(sql::Tx& tx, std::string_view owner) {
  return tx.first("SELECT id FROM invite_jobs WHERE owner = $1 AND finished_at IS NOT NULL ORDER BY id LIMIT 1",
                  {owner}, id_of);
}

bool is_over(sql::Tx& tx, const InviteJobId& id) {
  return tx.exists("SELECT 1 FROM invite_jobs WHERE id = $1 AND finished_at IS NOT NULL", {id});
}

std::int64_t erase_rows(sql::Tx& tx, const InviteJobId& id, std::int64_t limit) {
  return tx.execute(
      "DELETE FROM invite_job_rows WHERE job_id = $1 AND line IN (SELECT line FROM invite_job_rows WHERE job_id = $1 "
      "ORDER BY line LIMIT $2)",
      {id, limit});
}

void erase(sql::Tx& tx, const InviteJobId& id) { tx.execute("DELETE FROM invite_jobs WHERE id = $1", {id}); }

std::optional<InviteJobId> not_emptied(sql::Tx& tx) {
  return tx.first(
      "SELECT id FROM invite_jobs WHERE status IN ('cancelled', 'failed') AND pending_bytes > 0 ORDER BY id LIMIT 1",
      {}, id_of);
}

std::optional<std::int64_t> empty_rows(sql::Tx& tx, const InviteJobId& id, std::int64_t behind, std::int64_t limit) {
  const auto last = tx.integer(
      "SELECT max(line) FROM (SELECT line FROM invite_job_rows WHERE job_id = $1 AND outcome = 'pending' AND line > $2 "
      "ORDER BY line LIMIT $3) part",
      {id, behind, limit});
  if (last <= behind) return std::nullopt;
  tx.execute(
      "UPDATE invite_job_rows SET content = '' WHERE job_id = $1 AND outcome = 'pending' AND line > $2 AND line <= $3",
      {id, behind, last});
  return last;
}

void set_emptied(sql::Tx& tx, const InviteJobId& id) {
  tx.execute("UPDATE invite_jobs SET pending_bytes = 0 WHERE id = $1", {id});
}

}  // namespace gatehouse::domain::invite_job_store
