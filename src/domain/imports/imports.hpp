// Imports: organizations, users and memberships from files, by keys of the operator's own. Batches of rows go in as one
// unit of work each; how far a file has come is stored in the same transaction, so that an import that was killed goes on
// where it stopped. The same rows again change nothing. What an import never does: remove anything.
//
// Refuses row by row, each with its reason, what the nouns refuse in their own requests; good rows go in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/imports/import_work.hpp"

namespace gatehouse::domain {

using ImportPermit = access::Permit<access::Action::kStoreAdminister>;

class Imports {
 public:
  // How many rows a batch should have: a commit and a change of the log each. The memory of a batch is bounded by it.
  // Memberships come by many more, because every commit writes each page of their indexes that it touched: ten million
  // memberships in batches of 5,000 write 100 GB, in batches of 200,000 a tenth of that.
  static constexpr std::size_t batch_rows(ImportKind kind) {
    return kind == ImportKind::kMemberships ? 200'000 : 5'000;
  }

  // `dependents` must outlive this.
  Imports(Ledger& ledger, const DependentsList& dependents) : ledger_(ledger), dependents_(dependents) {}

  // Runs `body`, which calls the functions below, in one transaction; nothing has happened when it returns an error.
  // On an engine of several nodes it may run more than once.
  Result<void> in_one_unit(const ImportPermit& permit, FunctionRef<Result<void>()> body);

  // Where to go on with the file: its beginning, unless an import of just this content was cut short.
  Result<ImportPosition> position(const ImportPermit& permit, const ImportFile& file);
  // The rows that were refused, in no order.
  Result<std::vector<BadRow>> apply(const ImportPermit& permit, const ImportFile& file, const ImportBatch& batch);
  // Tries again the rows whose parent had not come yet, until none of them finds one: what is left is refused.
  Result<std::vector<BadRow>> settle_held_back(const ImportPermit& permit, const std::vector<ImportFile>& files);
  // All files are through: forgets how far they had come, and says what was done, file by file.
  Result<std::vector<ImportCounts>> finish(const ImportPermit& permit, const std::vector<ImportFile>& files);

 private:
  struct Retried;
  template <class F>
  auto step(const ImportPermit& permit, F&& work) -> decltype(work(std::declval<Unit&>()));
  Result<bool> retry_all(const ImportPermit& permit, const ImportFile& file, bool last, std::vector<BadRow>& bad);
  void retry(Unit& unit, const ImportFile& file, const std::vector<ImportRow>& rows, bool last, Retried& retried);

  Ledger& ledger_;
  const DependentsList& dependents_;
  ImportMemory memory_;
  Revision seen_ = 0;     // of the log, when the last unit had been committed
  Unit* unit_ = nullptr;  // while in_one_unit runs
};

}  // namespace gatehouse::domain
