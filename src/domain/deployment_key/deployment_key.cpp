#include "domain/deployment_key/deployment_key.hpp"

#include "domain/deployment_key/deployment_key_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = deployment_key_store;

// What is sealed says nothing; that it opens does.
constexpr std::string_view kSealed = "gatehouse";

std::string context_of(std::string_view id) { return std::string("deployment:").append(id); }

Error wrong() {
  return invalid(
      "config.master_key",
      "the master key is not the one that this store was made with: give every node of a deployment the same "
      "one (master_key_file), or restore it from the backup of the store");
}

}  // namespace

Result<void> DeploymentKey::check(const crypto::Seal& seal, std::string_view id, std::string_view key_check) {
  const auto opened = seal.open(key_check, context_of(id));
  if (!opened || *opened != kSealed) return wrong();
  return {};
}

Result<void> DeploymentKey::check() const {
  std::optional<store::Row> row;
  ledger_.read([&](sql::Tx& tx) { row = store::find(tx); });
  return row ? check(seal_, row->id, row->key_check) : Result<void>();
}

Result<void> DeploymentKey::ensure() {
  bool is_there = false;
  ledger_.read([&](sql::Tx& tx) { is_there = store::find(tx).has_value(); });
  if (!is_there) {
    const auto id = Uuid::v7(ledger_.clock().now(), ledger_.random());
    const auto sealed = seal_.seal(kSealed, context_of(id.raw()));
    TRY(ledger_.unguarded("the first start", Principal::system(), [&](Unit& unit) -> Result<void> {
      store::insert(unit.tx(), {std::string(id.raw()), sealed});
      return {};
    }));
  }
  // Another node may have been first, with another key.
  return check();
}

}  // namespace gatehouse::domain
