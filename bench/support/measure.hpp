// Clocks and small statistics. CPU time is preferred everywhere: other work on the machine disturbs it least.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::bench {

std::int64_t wall_ns();
std::int64_t thread_cpu_ns();
// All threads of a process that live now, from the scheduler's own account. 0 when there is no such process.
std::int64_t process_cpu_ns(pid_t pid);
std::int64_t resident_bytes(pid_t pid);

// CPU nanoseconds of this thread for each of `times` calls.
template <class F>
double cpu_ns_each(std::int64_t times, F&& work) {
  const auto began = thread_cpu_ns();
  for (std::int64_t i = 0; i < times; ++i) work();
  return static_cast<double>(thread_cpu_ns() - began) / static_cast<double>(times);
}

double median(std::vector<double> values);
// The value below which `share` (0 to 1) of the values lie; reorders them.
double quantile(std::vector<std::uint32_t>& values, double share);

// Runs this process, and what it starts, on one core; on all cores again when it ends.
class OnCore {
 public:
  explicit OnCore(int core);
  ~OnCore();
  OnCore(const OnCore&) = delete;
  OnCore& operator=(const OnCore&) = delete;
};
int cores();

// Keeps a result alive that nothing else reads.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace gatehouse::bench
