// gatehouse import: files into a data directory that nobody serves. Bad rows are told as they are met; the status is 1
// when there were any.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/json_writer.hpp"
#include "domain/imports/imports.hpp"
#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/import_reader.hpp"

namespace gatehouse::server {
namespace {

using domain::BadRow;
using domain::ImportCounts;
using domain::ImportKind;
using domain::Imports;

constexpr std::int64_t kProgressEvery_us = 200'000;
constexpr std::string_view kTakenBack = "import.taken_back";  // how the one unit of a dry run ends

struct File {
  std::string given;  // as on the command line
  domain::ImportFile file;
  std::int64_t size = 0;
};

// What the person at the terminal, or the program behind the pipe, sees.
class Reporter {
 public:
  Reporter(const CommandContext& context, const Clock& clock) : context_(context), clock_(clock) {}

  void bad(const File& file, const BadRow& row) {
    // A unit that was run again tells the same rows in the same order.
    if (++met_ <= told_) return;
    told_ = met_;
    clear_line();
    if (!context_.json) {
      std::fprintf(stderr, "%s:%lld: %s\n", file.given.c_str(), static_cast<long long>(row.line), row.reason.c_str());
      return;
    }
    std::string json;
    JsonWriter(json)
        .begin_object()
        .member("file", file.given)
        .member("line", row.line)
        .member("code", row.code)
        .member("reason", row.reason)
        .end_object();
    std::printf("%s\n", json.c_str());
  }

  void begin() { met_ = 0; }
  [[nodiscard]] std::int64_t met() const { return met_; }

  void progress(const File& file, const domain::ImportPosition& at) {
    if (!context_.progress) return;
    const auto now = clock_.now();
    if (now.micros - shown_.micros < kProgressEvery_us) return;
    shown_ = now;
    const auto percent = file.size == 0 ? 100 : at.offset * 100 / file.size;
    std::fprintf(stderr, "\r\033[K%s %3lld %%, line %lld", file.given.c_str(), static_cast<long long>(percent),
                 static_cast<long long>(at.line));
    line_open_ = true;
  }

  void clear_line() {
    if (line_open_) std::fputs("\r\033[K", stderr);
    line_open_ = false;
  }

  void summary(const std::vector<File>& files, const std::vector<ImportCounts>& counts, bool applied) {
    clear_line();
    std::string json;
    JsonWriter out(json);
    out.begin_object().member("applied", applied).key("files").begin_array();
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto& [created, updated, unchanged, bad] = counts[i];
      if (!context_.json) {
        std::printf("%s: %lld created, %lld updated, %lld unchanged, %lld bad\n", files[i].given.c_str(),
                    static_cast<long long>(created), static_cast<long long>(updated), static_cast<long long>(unchanged),
                    static_cast<long long>(bad));
      }
      out.begin_object().member("file", files[i].given).member("created", created).member("updated", updated);
      out.member("unchanged", unchanged).member("bad", bad).end_object();
    }
    out.end_array().end_object();
    if (context_.json) std::printf("%s\n", json.c_str());
    if (!context_.json && !applied) std::printf("Nothing was changed.\n");
  }

 private:
  const CommandContext& context_;
  const Clock& clock_;
  std::int64_t met_ = 0;
  std::int64_t told_ = 0;
  Timestamp shown_;
  bool line_open_ = false;
};

class Run {
 public:
  Run(Core& core, Reporter& reporter, std::vector<File> files)
      : core_(core), reporter_(reporter), files_(std::move(files)), imports_(*core.ledger, core.dependents) {
    for (const auto& each : files_) plain_.push_back(each.file);
  }

  // Batch by batch; goes on where an earlier run was stopped.
  Result<int> in_batches() {
    TRY(read_all());
    const auto counts = TRY(imports_.finish(permit(), plain_));
    reporter_.summary(files_, counts, true);
    return status(counts);
  }

  // All in one transaction, taken back when `keep` says so of the number of bad rows.
  template <class Keep>
  Result<int> at_once(Keep&& keep) {
    std::vector<ImportCounts> counts;
    const auto outcome = imports_.in_one_unit(permit(), [&]() -> Result<void> {
      reporter_.begin();
      TRY(imports_.finish(permit(), plain_));  // what an earlier run had begun counts for nothing
      TRY(read_all());
      counts = TRY(imports_.finish(permit(), plain_));
      if (!keep(reporter_.met())) return conflict(kTakenBack, "nothing was changed");
      return {};
    });
    if (!outcome && outcome.error().code != kTakenBack) return outcome.error();
    reporter_.summary(files_, counts, outcome.ok());
    return status(counts);
  }

 private:
  [[nodiscard]] domain::ImportPermit permit() const {
    return core_.ledger->policy().system<access::Action::kStoreAdminister>({}, core_.clock.now());
  }

  static int status(const std::vector<ImportCounts>& counts) {
    return std::any_of(counts.begin(), counts.end(), [](const ImportCounts& each) { return each.bad > 0; }) ? 1 : 0;
  }

  Result<void> read_all() {
    for (const auto kind : {ImportKind::kOrganizations, ImportKind::kUsers, ImportKind::kMemberships}) {
      for (const auto& file : files_) {
        if (file.file.kind == kind) TRY(read(file));
      }
      if (kind != ImportKind::kOrganizations) continue;
      for (const auto& row : TRY(imports_.settle_held_back(permit(), plain_))) {
        reporter_.bad(
            *std::find_if(files_.begin(), files_.end(), [&](const File& f) { return f.file.path == row.path; }), row);
      }
    }
    return {};
  }

  Result<void> read(const File& file) {
    const auto reader = TRY(ImportReader::open(file.given));
    if (reader->file().fingerprint != file.file.fingerprint) {
      return conflict("import.file_changed", file.given + " was changed while it was read; run the import again");
    }
    const auto begin = TRY(imports_.position(permit(), file.file));
    if (begin.done) return {};
    if (begin.offset > 0) reader->resume(begin);
    domain::ImportBatch batch;
    while (!batch.after.done) {
      std::vector<BadRow> bad;
      fill(*reader, file, batch, bad);
      auto refused = TRY(imports_.apply(permit(), file.file, batch));
      bad.insert(bad.end(), std::make_move_iterator(refused.begin()), std::make_move_iterator(refused.end()));
      std::stable_sort(bad.begin(), bad.end(), [](const BadRow& a, const BadRow& b) { return a.line < b.line; });
      for (const auto& row : bad) reporter_.bad(file, row);
      reporter_.progress(file, batch.after);
    }
    return {};
  }

  // The next rows; those that are none go into `bad`.
  static void fill(ImportReader& reader, const File& file, domain::ImportBatch& batch, std::vector<BadRow>& bad) {
    batch.rows.clear();
    domain::ImportRow row;
    std::optional<std::string> fault;
    while (batch.rows.size() + bad.size() < Imports::batch_rows(file.file.kind)) {
      if (!reader.next(row, fault)) {
        batch.after.done = true;
        break;
      }
      if (fault) {
        bad.push_back({file.file.path, row.line, "import.row_malformed", *std::move(fault)});
      } else {
        batch.rows.push_back(std::move(row));
      }
    }
    batch.malformed = static_cast<std::int64_t>(bad.size());
    const bool done = batch.after.done;
    batch.after = reader.position();
    batch.after.done = done;
  }

  Core& core_;
  Reporter& reporter_;
  std::vector<File> files_;
  std::vector<domain::ImportFile> plain_;
  Imports imports_;
};

// Each file once, however often it was named.
Result<std::vector<File>> look_at(const std::vector<std::string>& paths) {
  std::vector<File> files;
  for (const auto& path : paths) {
    const auto reader = TRY(ImportReader::open(path));
    const auto same = [&](const File& other) { return other.file.path == reader->file().path; };
    if (std::none_of(files.begin(), files.end(), same)) files.push_back({path, reader->file(), reader->size()});
  }
  return files;
}

}  // namespace

Result<int> import_files(const CommandContext& context, const ImportOptions& options) {
  const SystemClock clock;
  SystemRandom random;
  auto files = TRY(look_at(options.files));
  const auto core = TRY(Core::open(context.config, Opening::kChange, clock, random));
  Reporter reporter(context, clock);
  Run run(*core, reporter, std::move(files));
  auto status = options.dry_run          ? run.at_once([](std::int64_t) { return false; })
                : options.all_or_nothing ? run.at_once([](std::int64_t bad) { return bad == 0; })
                                         : run.in_batches();
  reporter.clear_line();
  return status;
}

}  // namespace gatehouse::server
