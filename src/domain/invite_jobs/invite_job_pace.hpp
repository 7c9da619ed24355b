// How many rows a unit of work has, and how long to rest after it: as many as this store does in some milliseconds, so that
// whoever waits for the write lane behind one waits no longer, be the store quick or slow. Knows no store and no clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "domain/invite_jobs/invite_jobs.hpp"

namespace gatehouse::domain {

class InviteJobPace {
 public:
  using Duration = std::chrono::nanoseconds;
  // On PostgreSQL, with a network between, some rows: writes of others beside a job then take a third of what they took beside
  // units of fifteen, and the job is no slower.
  static constexpr Duration kUnit = std::chrono::milliseconds(5);
  static constexpr Duration kLongestRest = std::chrono::milliseconds(50);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  // What the last unit was. Down at once, up by steps: one unit that found everything at hand says little of the next.
  void did(std::int64_t rows, Duration took) {
    if (rows <= 0) return;
    const auto fits = std::max<std::int64_t>(1, rows * kUnit / std::max(took, Duration(1)));
    rows_ = std::min({fits, rows_ + kMaxRowsOfUnit / 5, kMaxRowsOfUnit});
  }
  // As long as the unit took, with all its waiting: half of the time is for others.
  [[nodiscard]] static Duration rest(Duration took) { return std::min(took, kLongestRest); }

 private:
  std::int64_t rows_ = kMaxRowsOfUnit;
};

}  // namespace gatehouse::domain
