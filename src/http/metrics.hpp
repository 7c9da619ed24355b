// Counters of the requests, in the Prometheus text format (exposition format 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::http {

// One endpoint's. Written from any thread, read at any time; the parts may be a moment apart.
class RequestMetrics {
 public:
  void record(int status, std::uint64_t micros);
  // Appends the samples with the label operation="…".
  void append_counts(std::string_view operation, std::string& out) const;
  void append_durations(std::string_view operation, std::string& out) const;
  [[nodiscard]] std::uint64_t total() const;

 private:
  static constexpr std::array<std::uint64_t, 11> kBounds_us{50,     100,     250,     500,       1'000,     5'000,
                                                            25'000, 100'000, 500'000, 2'500'000, 10'000'000};
  std::array<std::atomic<std::uint64_t>, 6> by_class_{};  // 1xx … 5xx, index 0 unused
  std::array<std::atomic<std::uint64_t>, kBounds_us.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

// Appends `# HELP`, `# TYPE` and one sample.
void append_metric(std::string& out, std::string_view name, std::string_view type, std::string_view help, double value);

}  // namespace gatehouse::http
