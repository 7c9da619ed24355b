// Exports: everything that imports read, in a stable order (by id), without secrets: password hashes, tokens and sessions
// stay where they are. One snapshot of the store, beside whoever writes to it.
#pragma once

#include "base/function_ref.hpp"
#include "domain/imports/import_rows.hpp"

namespace gatehouse::domain {

struct ExportSink {
  // The views and structs live until the call returns. Keys refer to external keys, or to ids where there is none.
  FunctionRef<void(const OrganizationRow&)> organization;
  FunctionRef<void(const UserRow&)> user;
  FunctionRef<void(const MembershipRow&)> membership;
};

class Exports {
 public:
  explicit Exports(const Ledger& ledger) : ledger_(ledger) {}

  // Organizations without the platform, then users, then memberships.
  void write(const access::Permit<access::Action::kStoreAdminister>& permit, const ExportSink& sink) const;

 private:
  const Ledger& ledger_;
};

}  // namespace gatehouse::domain
