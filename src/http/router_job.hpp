// One request on its way through the router: on the stack of the I/O thread while it is there, moved to the heap for a
// pool, for as long as it waits for a newer picture, or for as long as its answer is streamed.
#pragma once

#include <chrono>
#include <string>
#include <utility>

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
  Revision seen = 0;            // of the picture that it is judged by, where there are other nodes
  ErrorKind refused_as{};       // when refused
  bool of_head = false;         // whether its body may come: asked when there is only the head
  bool judged = false;          // by its credential, so that a refusal is only as good as the picture
  bool handled = false;         // refused, if so, by the handler
  bool confirmed = false;       // its refusal, by a newer picture
  bool key_given_back = false;  // an Idempotency-Key that the refusal was not kept under
  bool refused = false;
  bool in_doubt = false;  // whether what it asked for has happened
  Ticks::time_point started;

  // As it was when its route had been found.
  void start_over() {
    call.response.clear();
    call.rest.reset();
    call.principal = {};
    failure.clear();
    judged = handled = refused = in_doubt = false;
  }
};

}  // namespace gatehouse::http
