// Invite jobs at which the work failed: each rests for a while, so that others go on, and what fails again and again for
// itself is given up, first the row, then the job. Remembered by one thread of one node: another begins to count anew, which
// costs some tries and nothing else. Knows no store.
#pragma once

#include <cstdint>
#include <map>

#include "base/clock.hpp"
#include "base/uuid.hpp"

namespace gatehouse::domain {

using InviteJobId = Id<struct InviteJobNoun>;

class InviteJobSetbacks {
 public:
  static constexpr std::int64_t kRest_s = 5;
  static constexpr int kTries = 3;

  [[nodiscard]] bool rests(const InviteJobId& job, Timestamp now) const;
  // Where it failed last: to be tried alone, and what stands before it first. 0: nowhere in particular.
  [[nodiscard]] std::int64_t line(const InviteJobId& job) const;
  [[nodiscard]] bool is_row_hopeless(const InviteJobId& job) const;
  [[nodiscard]] bool is_job_hopeless(const InviteJobId& job) const;

  // `own`: by its own fault. What is the store's passes, and never counts.
  void failed(const InviteJobId& job, std::int64_t line, bool own, Timestamp now);
  // As far as that line, without failing: what failed behind it is still to be tried.
  void went_on(const InviteJobId& job, std::int64_t line);

 private:
  struct Setback {
    std::int64_t line = 0;
    int tries = 0;  // at that line
    Timestamp until;
  };
  std::map<InviteJobId, Setback> setbacks_;
};

}  // namespace gatehouse::domain
