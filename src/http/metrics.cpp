#include "http/metrics.hpp"

#include <fmt/format.h>

#include <iterator>

namespace gatehouse::http {

void RequestMetrics::record(int status, std::uint64_t micros) {
  const auto status_class = static_cast<std::size_t>(status / 100);
  by_class_[status_class < by_class_.size() ? status_class : 5].fetch_add(1, std::memory_order_relaxed);
  std::size_t bucket = 0;
  while (bucket < kBounds_us.size() && micros > kBounds_us[bucket]) ++bucket;
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(micros, std::memory_order_relaxed);
}

std::uint64_t RequestMetrics::total() const {
  std::uint64_t sum = 0;
  for (const auto& count : buckets_) sum += count.load(std::memory_order_relaxed);
  return sum;
}

void RequestMetrics::append_counts(std::string_view operation, std::string& out) const {
  for (std::size_t i = 1; i < by_class_.size(); ++i) {
    const auto count = by_class_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(out), "gatehouse_http_requests_total{{operation=\"{}\",status=\"{}xx\"}} {}\n",
                   operation, i, count);
  }
}

void RequestMetrics::append_durations(std::string_view operation, std::string& out) const {
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    cumulative += buckets_[i].load(std::memory_order_relaxed);
    const std::string bound =
        i < kBounds_us.size() ? fmt::format("{}", static_cast<double>(kBounds_us[i]) / 1e6) : "+Inf";
    fmt::format_to(std::back_inserter(out),
                   "gatehouse_http_request_duration_seconds_bucket{{operation=\"{}\",le=\"{}\"}} {}\n", operation,
                   bound, cumulative);
  }
  fmt::format_to(std::back_inserter(out), "gatehouse_http_request_duration_seconds_sum{{operation=\"{}\"}} {}\n",
                 operation, static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6);
  fmt::format_to(std::back_inserter(out), "gatehouse_http_request_duration_seconds_count{{operation=\"{}\"}} {}\n",
                 operation, cumulative);
}

void append_metric(std::string& out, std::string_view name, std::string_view type, std::string_view help,
                   double value) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

}  // namespace gatehouse::http
