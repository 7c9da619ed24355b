// Idempotency keys: the answer of a request is kept for a day, sealed, and sent again when the request comes again.
//
// A key that comes back with another body is refused; so is one whose first request still runs. When the process dies in the middle, nobody
// knows whether the request had its effect, so its key answers "in progress" until it expires: never twice. It is so on every node: a key
// is claimed in the store before its request is worked off.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "access/types.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::crypto {
class Seal;
}

namespace gatehouse::domain {

class Idempotency {
 public:
  static constexpr std::int64_t kKept_s = 86'400;

  // Seal must outlive it.
  // `key`: secret, the same after a restart. A body may hold a password, so that a plain hash of it would invite guessing.
  using Key = std::array<std::uint8_t, 32>;
  Idempotency(Ledger& ledger, const crypto::Seal& seal, const Key& key) : ledger_(ledger), seal_(seal), key_(key) {}

  struct Claim {
    bool replay = false;  // `answer` is to be sent again; else the caller goes on, and completes or abandons
    std::string answer;
  };
  // `fingerprint`: bytes that identify the request. Errors: idempotency.in_progress (kConflict), idempotency.key_reused
  // (kUnprocessable), idempotency.key_invalid (empty, or longer than 255 bytes).
  Result<Claim> claim(const Principal& who, std::string_view key, std::string_view fingerprint);
  void complete(const Principal& who, std::string_view key, std::string_view answer);
  // The request had no effect: the key is free again.
  void abandon(const Principal& who, std::string_view key);

  std::int64_t maintain(Timestamp now);

 private:
  Ledger& ledger_;
  const crypto::Seal& seal_;
  const Key key_;
};

}  // namespace gatehouse::domain
