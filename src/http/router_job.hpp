// One request on its way through the router: on the stack of the I/O thread while it is there, moved to the heap for a
// pool, or for as long as its answer is streamed.
#pragma once

#include <chrono>
#include <string>

#include "http/router.hpp"

namespace gatehouse::http {

struct Router::Job {
  using Ticks = std::chrono::steady_clock;
  Job(Exchange& of, Timestamp now)
      : exchange(of), call{of.request, of.response, now, {}, {}, {}, {}}, started(Ticks::now()) {}
  Exchange& exchange;
  Call call;
  const Route* route = nullptr;
  RequestMetrics* metrics = nullptr;
  PermitPlace permit;
  std::string request_id;
  std::string failure;
  bool refused = false;
  bool refused_for_now = false;
  Ticks::time_point started;
};

}  // namespace gatehouse::http
