#include "base/uptime.hpp"

#include <time.h>  // NOLINT(modernize-deprecated-headers): POSIX's, not C's

namespace gatehouse {

std::chrono::nanoseconds uptime() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace gatehouse
