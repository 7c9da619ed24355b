#include "api/partner/invite_jobs.hpp"

#include <map>

#include "api/partner/invite_file.hpp"
#include "api/partner/wire.hpp"
#include "base/text.hpp"
#include "http/aspnet_problem.hpp"

namespace gatehouse::api::partner {
namespace {

using domain::InviteJobId;
using domain::InviteJobs;
using InvitePermit = Permit<Action::kUserInvite>;

constexpr std::string_view kJobs = "/partner/v1/invite-jobs";
constexpr std::string_view kJob = "/partner/v1/invite-jobs/{id}";
constexpr std::uint64_t kMaxFile = 1ULL << 30U;
constexpr std::string_view kCsv = "text/csv";
const std::vector<std::string_view> kOutcomes{"pending", "invited", "failed"};

struct InviteJob {
  InviteJobId id;
  std::string status;
  std::int64_t total = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::optional<std::string> failure;
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
};
void describe(http::Fields<InviteJob>& f) {
  f.name("PartnerInviteJob");
  f.add<&InviteJob::id>("id");
  f.add<&InviteJob::status>("status", {.one_of = {"queued", "running", "done", "cancelled", "failed"}});
  f.add<&InviteJob::total>("total", {.doc = "Rows of the file."});
  f.add<&InviteJob::done>("done", {.doc = "Rows that were worked off, the failed ones included."});
  f.add<&InviteJob::failed>("failed", {.doc = "Rows that were refused."});
  f.add<&InviteJob::failure>("failure", {.doc = "Of the job as a whole, when there was one.", .omit_absent = true});
  f.add<&InviteJob::created_at>("createdAt");
  f.add<&InviteJob::started_at>("startedAt");
  f.add<&InviteJob::finished_at>("finishedAt");
}

using Errors = std::map<std::string, std::vector<std::string>>;

struct InviteJobRow {
  std::int64_t line = 0;
  std::string email;
  std::string outcome;
  std::optional<UserId> user_id;
  std::optional<Errors> errors;
};
void describe(http::Fields<InviteJobRow>& f) {
  f.name("PartnerInviteJobRow");
  f.add<&InviteJobRow::line>("line", {.doc = "Where the row begins in the file, from 1."});
  f.add<&InviteJobRow::email>("email");
  f.add<&InviteJobRow::outcome>("outcome", {.one_of = kOutcomes});
  f.add<&InviteJobRow::user_id>("userId", {.doc = "Of a row that went in."});
  f.add<&InviteJobRow::errors>("errors", {.doc = "Of a row that failed, by member; the first ten."});
}

// In the query, for rows that name none themselves.
struct CreateInviteJob {
  std::optional<std::string> organization_ids;
  std::optional<RoleId> group_id;
};
void describe(http::Fields<CreateInviteJob>& f) {
  f.name("CreatePartnerInviteJob");
  f.add<&CreateInviteJob::organization_ids>("organizationIds", {.in = http::In::kQuery});
  f.add<&CreateInviteJob::group_id>("groupId", {.in = http::In::kQuery});
}

struct ListInviteJobs {
  std::int64_t skip = 0;
  std::int64_t take = kMaxTake;
};
void describe(http::Fields<ListInviteJobs>& f) {
  f.name("ListPartnerInviteJobs");
  describe_paging(f);
}

struct ListInviteJobRows {
  std::optional<std::string> outcome;
  std::int64_t skip = 0;
  std::int64_t take = kMaxTake;
};
void describe(http::Fields<ListInviteJobRows>& f) {
  f.name("ListPartnerInviteJobRows");
  f.add<&ListInviteJobRows::outcome>("outcome", {.in = http::In::kQuery, .one_of = kOutcomes});
  describe_paging(f);
}

InviteJob wire(domain::InviteJob job) {
  return {job.id,         std::string(domain::name(job.status)),
          job.total,      job.done,
          job.failed,     job.failure.empty() ? std::nullopt : std::optional(std::move(job.failure)),
          job.created_at, job.started_at,
          job.finished_at};
}

InviteJobRow wire(domain::InviteJobRow row) {
  InviteJobRow out{row.line, std::move(row.email), std::string(domain::name(row.outcome)), row.user, {}};
  if (row.outcome != domain::InviteJobOutcome::kFailed) return out;
  auto& errors = out.errors.emplace();
  for (auto& fault : row.faults) errors[http::aspnet_key(fault.field)].push_back(std::move(fault.message));
  return out;
}

// Ids with commas between.
Result<std::vector<std::string>> organizations_of(std::string_view text) {
  std::vector<std::string> ids;
  Error faults{ErrorKind::kInvalid, "invite_job.organizations_invalid", "The query is not valid.", {}};
  while (!text.empty()) {
    auto id = text::collapse_blanks(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.find(','), text.size() - 1) + 1);
    if (!OrganizationId::parse(id)) {
      faults.fields.push_back({"organizationIds[" + std::to_string(ids.size()) + "]", "must be a GUID"});
    }
    ids.push_back(std::move(id));
    if (ids.size() > domain::kMaxInvitedOrganizations) {
      return invalid_field(faults.code, "organizationIds", "must have at most 100 items");
    }
  }
  if (!faults.fields.empty()) return faults;
  return ids;
}

Result<InviteFile::Defaults> defaults_of(const Call& call) {
  CreateInviteJob in;
  TRY(http::decode_input(http::schema_of<CreateInviteJob>(), call, &in));
  InviteFile::Defaults defaults;
  if (in.group_id) defaults.group = in.group_id->to_string();
  defaults.organizations = TRY(organizations_of(in.organization_ids.value_or("")));
  return defaults;
}

// What Content-Type says of the charset, which is UTF-8 when it says nothing.
Result<void> check_charset(const Call& call) {
  const auto type = text::ascii_lower(call.request.header("Content-Type").value_or(""));
  const auto at = type.find("charset=");
  if (at == std::string::npos) return {};
  auto charset = type.substr(at + 8);
  charset = charset.substr(0, charset.find_first_of("; "));
  std::erase(charset, '"');
  if (charset == "utf-8" || charset == "utf8" || charset == "us-ascii") return {};
  return Error{ErrorKind::kUnsupportedMedia, "request.charset", "The file must be UTF-8 text."};
}

void register_create(http::Surface& surface, InviteJobs& jobs) {
  surface.add(
      {.id = "createPartnerInviteJob",
       .method = Method::kPost,
       .path = kJobs,
       .summary = "Invite the people of a file in the background: CSV with a header line, or JSON Lines; columns "
                  "and members are those of a user in an invitation. `groupId` and `organizationIds` (with "
                  "commas between) in the query are for rows that name none themselves. One person, or one "
                  "organization with its API tokens, has at most 10 unfinished jobs and 200,000 rows or 64 MiB stored; "
                  "finished jobs give way to new ones. Whoever may add users on the platform has no such limit.",
       .work = Work::kWrite,
       .success = 202,
       .errors = {ErrorKind::kConflict, ErrorKind::kForbidden},
       .raw_media_types = {kCsv, "application/x-ndjson", "application/jsonl", "application/json-lines"},
       .max_body = kMaxFile},
      [&jobs](Call& call, const InvitePermit& permit, http::SpooledBody body) -> Result<InviteJob> {
        TRY(check_charset(call));
        const auto format = body.media_type() == kCsv ? InviteFile::Format::kCsv : InviteFile::Format::kJsonLines;
        const auto source = [&body](std::string& piece) { return body.next(piece); };
        const auto file = TRY(InviteFile::open(format, source, TRY(defaults_of(call))));
        auto job =
            TRY(jobs.create(permit, [&](domain::InviteJobLine& line) -> Result<bool> { return file->next(line); }));
        call.set_header("Location", std::string(kJobs) + "/" + job.id.to_string());
        return wire(std::move(job));
      });
}

}  // namespace

void register_invite_jobs(http::Surface& surface, InviteJobs& jobs) {
  register_create(surface, jobs);
  surface.add({.id = "listPartnerInviteJobs", .path = kJobs, .summary = "Your own invite jobs, the newest first."},
              [&jobs](Call& call, const InvitePermit& permit, ListInviteJobs in) -> Result<std::vector<InviteJob>> {
                auto page = jobs.list(permit, {in.skip, in.take});
                std::vector<InviteJob> out;
                for (auto& job : page.items) out.push_back(wire(std::move(job)));
                return counted(call, page.total, std::move(out));
              });
  surface.add({.id = "getPartnerInviteJob",
               .path = kJob,
               .summary = "How far an invite job has come.",
               .errors = {ErrorKind::kNotFound}},
              [&jobs](Call& call, const InvitePermit& permit, Nothing) -> Result<InviteJob> {
                return wire(TRY(jobs.get(permit, id_in_path<InviteJobId>(call))));
              });
  surface.add(
      {.id = "listPartnerInviteJobRows",
       .path = "/partner/v1/invite-jobs/{id}/rows",
       .summary = "What became of each row, in the order of the file.",
       .errors = {ErrorKind::kNotFound}},
      [&jobs](Call& call, const InvitePermit& permit, ListInviteJobRows in) -> Result<std::vector<InviteJobRow>> {
        const auto outcome = in.outcome ? domain::parse_invite_job_outcome(*in.outcome) : std::nullopt;
        auto page = TRY(jobs.rows(permit, id_in_path<InviteJobId>(call), outcome, {in.skip, in.take}));
        std::vector<InviteJobRow> out;
        for (auto& row : page.items) out.push_back(wire(std::move(row)));
        return counted(call, page.total, std::move(out));
      });
  surface.add({.id = "cancelPartnerInviteJob",
               .method = Method::kPost,
               .path = "/partner/v1/invite-jobs/{id}/cancel",
               .summary = "Stop an invite job; who is invited already stays invited, and the rest is erased.",
               .work = Work::kWrite,
               .errors = {ErrorKind::kNotFound}},
              [&jobs](Call& call, const InvitePermit& permit, Nothing) -> Result<InviteJob> {
                return wire(TRY(jobs.cancel(permit, id_in_path<InviteJobId>(call))));
              });
}

}  // namespace gatehouse::api::partner
