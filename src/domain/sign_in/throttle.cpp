#include "domain/sign_in/throttle.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "domain/sign_in/attempt_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = attempt_store;

constexpr std::string_view kEverywhere;  // the source of the account-wide count
constexpr std::int64_t kBatch = 1000;

struct Limit {
  std::int64_t failures;
  std::int64_t block_s;
  std::int64_t block_max_s;
};

// first_s, doubled with every failure over the limit, at most max_s.
std::int64_t block_s(const Limit& limit, std::int64_t failures) {
  std::int64_t seconds = limit.block_s;
  for (auto i = limit.failures; i < failures && seconds < limit.block_max_s; ++i) seconds *= 2;
  return std::min(seconds, limit.block_max_s);
}

store::Row next(const std::optional<store::Row>& known, const Limit& limit, std::int64_t forget_s, Timestamp now) {
  const bool remembered = known && known->last_failure_at.plus_s(forget_s) > now;
  store::Row row{remembered ? known->failures + 1 : 1, now, {}};
  if (row.failures >= limit.failures) row.blocked_until = now.plus_s(block_s(limit, row.failures));
  return row;
}

Error throttled(Timestamp until, Timestamp now) {
  const auto wait = (until.micros - now.micros + 999'999) / 1'000'000;
  return {ErrorKind::kThrottled,
          "auth.throttled",
          "Too many failed sign-ins. Try again later.",
          {},
          static_cast<std::uint32_t>(std::max<std::int64_t>(wait, 1))};
}

}  // namespace

Throttle::Throttle(Ledger& ledger, const Key& key, const ThrottleRules& rules)
    : ledger_(ledger), key_(key), rules_(rules) {}

std::array<std::uint8_t, 32> Throttle::digest(std::string_view account) const {
  const std::string_view key(reinterpret_cast<const char*>(key_.data()), key_.size());
  return crypto::hmac_sha256(key, text::name_key(account));
}

Result<void> Throttle::begin(std::string_view account, std::string_view source) {
  const auto hashed = digest(account);
  const auto who = crypto::view(hashed);
  const Limit from_source{rules_.source_failures, rules_.source_block_s, rules_.source_block_max_s};
  const Limit from_everywhere{rules_.account_failures, rules_.account_block_s, rules_.account_block_max_s};
  return ledger_.unguarded(
      "attempts are counted before anybody is known", Principal{}, [&](Unit& unit) -> Result<void> {
        const Timestamp now = unit.now();
        const auto here = store::find(unit.tx(), who, source);
        const auto everywhere = store::find(unit.tx(), who, kEverywhere);
        const auto until =
            std::max(here ? here->blocked_until : Timestamp{}, everywhere ? everywhere->blocked_until : Timestamp{});
        if (until > now) return throttled(until, now);
        store::put(unit.tx(), who, source, next(here, from_source, rules_.forget_s, now));
        if (source != kEverywhere)
          store::put(unit.tx(), who, kEverywhere, next(everywhere, from_everywhere, rules_.forget_s, now));
        return {};
      });
}

void Throttle::succeeded(Unit& unit, std::string_view account, std::string_view source) const {
  const auto hashed = digest(account);
  store::remove(unit.tx(), crypto::view(hashed), source);
  store::remove(unit.tx(), crypto::view(hashed), kEverywhere);
}

std::int64_t Throttle::maintain(Timestamp now) {
  const auto over = now.plus_s(-rules_.forget_s);
  std::int64_t removed = 0;
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = store::any_before(tx, over); });
  while (any) {
    auto batch = ledger_.unguarded("forgotten attempts", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
      return store::remove_before(unit.tx(), over, kBatch);
    });
    if (!batch) break;
    removed += *batch;
    any = *batch == kBatch;
  }
  return removed;
}

}  // namespace gatehouse::domain
