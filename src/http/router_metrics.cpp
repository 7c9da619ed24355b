// What the router counts, in the text of Prometheus.
#include "http/router.hpp"

namespace gatehouse::http {

void Router::append_metrics(std::string& out) const {
  out +=
      "# HELP gatehouse_http_requests_total Requests by operation and status class.\n# TYPE "
      "gatehouse_http_requests_total counter\n";
  for (std::size_t i = 0; i < routes().size(); ++i) {
    table_.metrics()[i]->append_counts(routes()[i]->endpoint.id, out);
  }
  unmatched_.append_counts("none", out);
  out +=
      "# HELP gatehouse_http_request_duration_seconds Time from the parsed request to its answer.\n"
      "# TYPE gatehouse_http_request_duration_seconds histogram\n";
  for (std::size_t i = 0; i < routes().size(); ++i) {
    const auto& metrics = *table_.metrics()[i];
    if (metrics.total() > 0) metrics.append_durations(routes()[i]->endpoint.id, out);
  }
  append_metric(out, "gatehouse_pool_waiting_read", "gauge", "Requests waiting for a reading thread.",
                static_cast<double>(read_pool_.waiting()));
  append_metric(out, "gatehouse_pool_waiting_write", "gauge", "Requests waiting for a writing thread.",
                static_cast<double>(write_pool_.waiting()));
  append_metric(out, "gatehouse_pool_waiting_hash", "gauge", "Requests waiting for a hashing thread.",
                static_cast<double>(hash_pool_.waiting()));
}

}  // namespace gatehouse::http
