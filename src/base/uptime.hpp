// A clock for "how long ago", which nobody sets and which goes on while the machine sleeps.
#pragma once

#include <chrono>

namespace gatehouse {

// Since the machine started.
std::chrono::nanoseconds uptime();

}  // namespace gatehouse
