// The deployment's key: whether the master key that a node was started with is the one that the secrets in the store are
// sealed with. The store has a row that opens with that key alone. Refuses to serve, or to fill a store, with another: what
// one node seals no other would open.
#pragma once

#include <string_view>

#include "crypto/seal.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

class DeploymentKey {
 public:
  // Both must outlive it.
  DeploymentKey(Ledger& ledger, const crypto::Seal& seal) : ledger_(ledger), seal_(seal) {}

  // A store without the row is as good as new to it. Errors: config.master_key, one sentence that says what to do.
  [[nodiscard]] Result<void> check() const;
  // At start, when the signing keys have been opened, if there are any: writes the row where there is none. Errors: the same,
  // and those of the store.
  Result<void> ensure();

  // Of a row `deployment (id, key_check)` that is not in a store yet. Errors: the same.
  static Result<void> check(const crypto::Seal& seal, std::string_view id, std::string_view key_check);

 private:
  Ledger& ledger_;
  const crypto::Seal& seal_;
};

}  // namespace gatehouse::domain
