#include "domain/signing_keys/signing_keys.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "crypto/seal.hpp"
#include "domain/signing_keys/signing_key_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = signing_key_store;

std::string context(std::string_view kid) { return "signing_key:" + std::string(kid); }

std::string key_json(std::string_view kid, Timestamp active_at) {
  std::string out;
  JsonWriter(out).begin_object().member("kid", kid).member("activeAt", active_at.to_string()).end_object();
  return out;
}

}  // namespace

std::string_view algorithm_name(crypto::Algorithm algorithm) {
  switch (algorithm) {
    case crypto::Algorithm::kEs256: return "es256";
    case crypto::Algorithm::kEdDsa: return "eddsa";
    case crypto::Algorithm::kRs256: return "rs256";
  }
  return "es256";
}

std::optional<crypto::Algorithm> parse_algorithm(std::string_view name) {
  for (const auto algorithm : {crypto::Algorithm::kEs256, crypto::Algorithm::kEdDsa, crypto::Algorithm::kRs256}) {
    if (algorithm_name(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

SigningKeys::SigningKeys(Ledger& ledger, const crypto::Seal& seal, const SigningKeyRules& rules)
    : ledger_(ledger), seal_(seal), rules_(rules), keys_(std::make_shared<std::vector<KeyPtr>>()) {}

// A key before it is a row. Made outside of a unit, because a unit that runs again must not make another.
struct SigningKeys::Fresh {
  std::string kid;
  std::string sealed;
};

SigningKeys::Fresh SigningKeys::make() const {
  const auto key = crypto::SigningKey::generate(rules_.algorithm);
  return {key.kid(), seal_.seal(key.to_pkcs8(), context(key.kid()))};
}

void SigningKeys::add(Unit& unit, const Fresh& fresh, Timestamp active_at) const {
  store::retire_all(unit.tx(), active_at);
  store::insert(unit.tx(),
                {fresh.kid, std::string(algorithm_name(rules_.algorithm)), fresh.sealed, unit.now(), active_at, {}});
  unit.record({"signing_key.created", {}, "signing_key", {}, {}, key_json(fresh.kid, active_at), {}});
}

Result<void> SigningKeys::ensure() {
  const Timestamp now = ledger_.clock().now();
  TRY(reload());
  if (all()->empty()) {
    TRY(add_first());
  } else if (is_other(algorithm_name(all()->back()->key.algorithm()))) {
    // At start only: nodes of two minds would take turns for ever.
    TRY(add_next(now, true));
  }
  TRY(reload());
  maintain(now);
  return {};
}

// Nobody can hold an older set of keys yet, so it signs at once.
Result<void> SigningKeys::add_first() {
  const auto fresh = make();
  return ledger_.unguarded("the first signing key", Principal::system(), [&](Unit& unit) -> Result<void> {
    if (!store::newest(unit.tx())) add(unit, fresh, unit.now());
    return {};
  });
}

// Unless another node has made it meanwhile.
Result<void> SigningKeys::add_next(Timestamp now, bool when_other) {
  const auto fresh = make();
  return ledger_.unguarded("key rotation", Principal::system(), [&](Unit& unit) -> Result<void> {
    const auto newest = store::newest(unit.tx());
    const bool wanted = !newest || is_due(newest->active_at, now) || (when_other && is_other(newest->algorithm));
    if (wanted) add(unit, fresh, now.plus_s(rules_.publish_ahead_s));
    return {};
  });
}

Result<void> SigningKeys::reload() const {
  std::vector<store::Row> rows;
  ledger_.read([&](sql::Tx& tx) { rows = store::all(tx); });
  auto keys = std::make_shared<std::vector<KeyPtr>>();
  for (const auto& row : rows) {
    const auto known = find(row.kid);
    if (known != nullptr && known->retired_at == row.retired_at) {
      keys->push_back(known);
      continue;
    }
    const auto pkcs8 = seal_.open(row.sealed, context(row.kid));
    auto key = pkcs8 ? crypto::SigningKey::from_pkcs8(*pkcs8) : Result<crypto::SigningKey>(pkcs8.error());
    if (!key || key->kid() != row.kid) {
      return Error{ErrorKind::kInternal, "signing_key.unsealable",
                   "A signing key does not open: the master key is not the one this store was made with."};
    }
    keys->push_back(std::make_shared<const Key>(Key{std::move(*key), row.created_at, row.active_at, row.retired_at}));
  }
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  return {};
}

SigningKeys::KeyPtr SigningKeys::current() const {
  const auto keys = all();
  const auto now = ledger_.clock().now();
  KeyPtr current;
  for (const auto& key : *keys) {
    if (key->active_at <= now || current == nullptr) current = key;
  }
  return current;
}

SigningKeys::Snapshot SigningKeys::all() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

SigningKeys::KeyPtr SigningKeys::find(std::string_view kid) const {
  const auto keys = all();
  for (const auto& key : *keys) {
    if (key->kid() == kid) return key;
  }
  return nullptr;
}

Result<void> SigningKeys::rotate(const access::Permit<access::Action::kStoreAdminister>& permit) {
  const auto fresh = make();
  TRY(ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    add(unit, fresh, unit.now().plus_s(rules_.publish_ahead_s));
    return {};
  }));
  return reload();
}

bool SigningKeys::is_due(Timestamp newest_active_at, Timestamp now) const {
  return newest_active_at.plus_s(rules_.rotation_s - rules_.publish_ahead_s) <= now;
}

bool SigningKeys::is_other(std::string_view algorithm) const { return algorithm != algorithm_name(rules_.algorithm); }

void SigningKeys::maintain(Timestamp now) {
  if (!reload()) return;
  const auto keys = all();
  if (!keys->empty() && is_due(keys->back()->active_at, now)) (void)add_next(now, false);
  drop_over(now);
  (void)reload();
}

void SigningKeys::drop_over(Timestamp now) {
  const auto before = now.plus_s(-rules_.token_s);
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = !store::retired_before(tx, before).empty(); });
  if (!any) return;
  (void)ledger_.unguarded("keys whose tokens have expired", Principal::system(), [&](Unit& unit) -> Result<void> {
    for (const auto& kid : store::retired_before(unit.tx(), before)) {
      store::remove(unit.tx(), kid);
      unit.record({"signing_key.removed", {}, "signing_key", {}, key_json(kid, {}), {}, {}});
    }
    return {};
  });
}

}  // namespace gatehouse::domain
