#include "support/measure.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

namespace gatehouse::bench {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec at{};
  clock_gettime(clock, &at);
  return at.tv_sec * 1'000'000'000LL + at.tv_nsec;
}

}  // namespace

std::int64_t wall_ns() { return read_clock(CLOCK_MONOTONIC); }
std::int64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::int64_t process_cpu_ns(pid_t pid) {
  std::int64_t total = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::int64_t spent = 0;
    if (std::ifstream(task.path() / "schedstat") >> spent) total += spent;
  }
  return total;
}

std::int64_t resident_bytes(pid_t pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double quantile(std::vector<std::uint32_t>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

int cores() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

OnCore::OnCore(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core % cores(), &set);
  sched_setaffinity(0, sizeof(set), &set);
}

OnCore::~OnCore() {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < cores(); ++i) CPU_SET(i, &set);
  sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace gatehouse::bench
