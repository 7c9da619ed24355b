#include "domain/idempotency/idempotency.hpp"

#include <utility>

#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "domain/idempotency/idempotency_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = idempotency_store;

constexpr std::size_t kMaxKey = 255;
constexpr std::int64_t kBatch = 500;

// The answer opens only for the principal and the key it was kept for.
std::string context(const Principal& who, std::string_view key) {
  std::string out("idempotency:");
  out += who.id.raw();
  out += key;
  return out;
}

Error reused() {
  return {ErrorKind::kUnprocessable, "idempotency.key_reused", "The idempotency key was used with another request."};
}

}  // namespace

Result<Idempotency::Claim> Idempotency::claim(const Principal& who, std::string_view key,
                                              std::string_view fingerprint) {
  if (key.empty() || key.size() > kMaxKey || !text::is_utf8(key)) {
    return invalid("idempotency.key_invalid", "The idempotency key must be 1 to 255 bytes of UTF-8.");
  }
  const auto digest = crypto::hmac_sha256({reinterpret_cast<const char*>(key_.data()), key_.size()}, fingerprint);
  std::optional<std::string> sealed;
  TRY(ledger_.unguarded("a key is the caller's own", who, [&](Unit& unit) -> Result<void> {
    sealed.reset();
    if (store::insert(unit.tx(), who.id, key, crypto::view(digest), unit.now())) return {};
    auto known = store::find(unit.tx(), who.id, key);
    if (!known || known->created_at.plus_s(kKept_s) <= unit.now()) {
      store::remove(unit.tx(), who.id, key);
      store::insert(unit.tx(), who.id, key, crypto::view(digest), unit.now());
      return {};
    }
    if (known->fingerprint != crypto::view(digest)) return reused();
    if (!known->answer) {
      return conflict("idempotency.in_progress", "The first request with this idempotency key has not been answered.");
    }
    sealed = std::move(known->answer);
    return {};
  }));
  if (!sealed) return Claim{};
  return Claim{true, TRY(seal_.open(*sealed, context(who, key)))};
}

void Idempotency::complete(const Principal& who, std::string_view key, std::string_view answer) {
  const auto sealed = seal_.seal(answer, context(who, key));
  // When this cannot be kept, the key answers "in progress" until it expires: the effect never happens twice.
  (void)ledger_.unguarded("a key is the caller's own", who, [&](Unit& unit) -> Result<void> {
    store::complete(unit.tx(), who.id, key, sealed);
    return {};
  });
}

void Idempotency::abandon(const Principal& who, std::string_view key) {
  (void)ledger_.unguarded("a key is the caller's own", who, [&](Unit& unit) -> Result<void> {
    store::remove_unanswered(unit.tx(), who.id, key);
    return {};
  });
}

std::int64_t Idempotency::maintain(Timestamp now) {
  const auto over = now.plus_s(-kKept_s);
  std::int64_t removed = 0;
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = store::any_before(tx, over); });
  while (any) {
    auto batch = ledger_.unguarded("forgotten keys", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
      return store::remove_before(unit.tx(), over, kBatch);
    });
    if (!batch) break;
    removed += *batch;
    any = *batch == kBatch;
  }
  return removed;
}

}  // namespace gatehouse::domain
