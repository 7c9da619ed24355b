// Counts failed sign-ins per account name and source address, and per account name over all sources, and blocks for growing times.
//
// An attempt counts as failed before the password is looked at, so that attempts at the same moment cannot slip by; success takes
// it back. Works the same for names that belong to nobody, survives restarts, and keeps no name: only a keyed digest.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

struct ThrottleRules {
  std::int64_t source_failures = 10;  // in a row, of one account from one source
  std::int64_t source_block_s = 30;   // then doubling with each further failure
  std::int64_t source_block_max_s = 3600;
  std::int64_t account_failures = 100;  // of one account from everywhere
  std::int64_t account_block_s = 30;
  std::int64_t account_block_max_s = 15 * 60;
  std::int64_t forget_s = 86'400;
};

class Throttle {
 public:
  using Key = std::array<std::uint8_t, 32>;
  // `key`: secret, the same after a restart.
  Throttle(Ledger& ledger, const Key& key, const ThrottleRules& rules);

  // Durable when it returns. Errors: auth.throttled (kThrottled) with the seconds to wait; such an attempt is not counted.
  Result<void> begin(std::string_view account, std::string_view source);
  // In the unit of the success.
  void succeeded(Unit& unit, std::string_view account, std::string_view source) const;
  // Forgets what is a day old, in small batches; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  [[nodiscard]] std::array<std::uint8_t, 32> digest(std::string_view account) const;
  Ledger& ledger_;
  Key key_;
  ThrottleRules rules_;
};

}  // namespace gatehouse::domain
