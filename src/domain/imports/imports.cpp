#include "domain/imports/imports.hpp"

namespace gatehouse::domain {
namespace {

using Applied = ImportWork::Applied;

constexpr std::int64_t kHeldBackRows = 5'000;

void count(ImportCounts& counts, Applied how) {
  switch (how) {
    case Applied::kCreated: ++counts.created; break;
    case Applied::kUpdated: ++counts.updated; break;
    case Applied::kUnchanged: ++counts.unchanged; break;
    case Applied::kWaits: break;
  }
}

// "name must have …" of the first faulty field, or the sentence itself.
BadRow bad_row(const ImportFile& file, std::int64_t line, const Error& error) {
  std::string reason = error.detail;
  if (!error.fields.empty()) reason = error.fields.front().field + " " + error.fields.front().message;
  return {file.path, line, error.code, std::move(reason)};
}

import_store::Progress progress_of(Unit& unit, const ImportFile& file) {
  auto known = import_store::progress(unit.tx(), file.path);
  if (known && known->fingerprint == file.fingerprint) return *std::move(known);
  if (known) import_store::forget(unit.tx(), file.path);
  return {Uuid::v7(unit.now(), unit.random()), file.fingerprint, {}, {}};
}

}  // namespace

template <class F>
auto Imports::step(const ImportPermit& permit, F&& work) -> decltype(work(std::declval<Unit&>())) {
  if (unit_ != nullptr) return work(*unit_);
  bool again = false;
  auto outcome = ledger_.write(permit, [&](Unit& unit) {
    // A unit that runs again was undone: what it taught is not so. What another node has done since may have taken away
    // what was learnt before.
    if (std::exchange(again, true) || Ledger::head(unit.tx()) != seen_) memory_.clear();
    return work(unit);
  });
  seen_ = ledger_.graph().revision();
  return outcome;
}

Result<void> Imports::in_one_unit(const ImportPermit& permit, FunctionRef<Result<void>()> body) {
  auto outcome = ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    memory_.clear();
    unit_ = &unit;
    struct Leave {
      Unit*& unit;
      ~Leave() { unit = nullptr; }
    } const leave{unit_};
    return body();
  });
  if (!outcome) memory_.clear();
  return outcome;
}

Result<ImportPosition> Imports::position(const ImportPermit& permit, const ImportFile& file) {
  return step(permit, [&](Unit& unit) -> Result<ImportPosition> {
    const auto known = import_store::progress(unit.tx(), file.path);
    if (!known || known->fingerprint != file.fingerprint) return ImportPosition();
    return known->position;
  });
}

Result<std::vector<BadRow>> Imports::apply(const ImportPermit& permit, const ImportFile& file,
                                           const ImportBatch& batch) {
  return step(permit, [&](Unit& unit) -> Result<std::vector<BadRow>> {
    auto progress = progress_of(unit, file);
    ImportWork work(unit, memory_, dependents_, file, progress.id);
    std::vector<BadRow> bad;
    for (const auto at : work.order(batch.rows)) {
      const auto& row = batch.rows[at];
      const auto applied = work.apply(row);
      if (!applied) {
        bad.push_back(bad_row(file, row.line, applied.error()));
      } else if (*applied == Applied::kWaits) {
        import_store::hold_back(unit.tx(), file.path, row.line, std::get<OrganizationRow>(row.content));
      } else {
        count(progress.counts, *applied);
      }
    }
    work.settle();
    progress.counts.bad += static_cast<std::int64_t>(bad.size()) + batch.malformed;
    progress.position = batch.after;
    import_store::save(unit.tx(), file.path, progress);
    return bad;
  });
}

struct Imports::Retried {
  bool any = false;  // some row found what it waited for
  std::int64_t last_line = 0;
  std::vector<BadRow> bad;
};

// `last`: a row that still waits is refused.
void Imports::retry(Unit& unit, const ImportFile& file, const std::vector<ImportRow>& rows, bool last,
                    Retried& retried) {
  const auto progress = progress_of(unit, file);
  ImportWork work(unit, memory_, dependents_, file, progress.id);
  ImportCounts counts;
  for (const auto& row : rows) {
    retried.last_line = row.line;
    const auto applied = work.apply(row);
    const bool waits = applied && *applied == Applied::kWaits;
    if (waits && !last) continue;
    if (!applied || waits) {
      retried.bad.push_back(bad_row(file, row.line, waits ? work.why() : applied.error()));
      ++counts.bad;
    } else {
      count(counts, *applied);
      retried.any = true;
    }
    import_store::release(unit.tx(), file.path, row.line);
  }
  work.settle();
  import_store::add_counts(unit.tx(), file.path, counts);
}

// One look at every row that waits; true when some found what it waited for.
Result<bool> Imports::retry_all(const ImportPermit& permit, const ImportFile& file, bool last,
                                std::vector<BadRow>& bad) {
  bool any = false;
  std::int64_t after_line = 0;
  while (true) {
    auto retried = TRY(step(permit, [&](Unit& unit) -> Result<Retried> {
      Retried outcome;
      const auto rows = import_store::held_back(unit.tx(), file.path, after_line, kHeldBackRows);
      if (!rows.empty()) retry(unit, file, rows, last, outcome);
      return outcome;
    }));
    if (retried.last_line == 0) return any;
    after_line = retried.last_line;
    any = any || retried.any;
    bad.insert(bad.end(), std::make_move_iterator(retried.bad.begin()), std::make_move_iterator(retried.bad.end()));
  }
}

Result<std::vector<BadRow>> Imports::settle_held_back(const ImportPermit& permit,
                                                      const std::vector<ImportFile>& files) {
  std::vector<BadRow> bad;
  // Each pass but the last finds a parent for some row: at most as many as the tree is deep, and circles to untie.
  bool last = false;
  while (true) {
    bool any = false;
    for (const auto& file : files) any = TRY(retry_all(permit, file, last, bad)) || any;
    if (last) return bad;
    last = !any;
  }
}

Result<std::vector<ImportCounts>> Imports::finish(const ImportPermit& permit, const std::vector<ImportFile>& files) {
  return step(permit, [&](Unit& unit) -> Result<std::vector<ImportCounts>> {
    std::vector<ImportCounts> counts;
    for (const auto& file : files) {
      const auto progress = import_store::progress(unit.tx(), file.path);
      counts.push_back(progress ? progress->counts : ImportCounts());
      import_store::forget(unit.tx(), file.path);
    }
    return counts;
  });
}

}  // namespace gatehouse::domain
