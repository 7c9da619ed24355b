// Bodies that may be longer than memory: who may send one is asked when there is only its head, so that nobody else fills a
// disk, and once more when all of it is there, by the ordinary way of a request.
#include <algorithm>
#include <exception>

#include "base/text.hpp"
#include "http/router_job.hpp"

namespace gatehouse::http {

// Cheap, because it is asked of every request with a body: most can be told from these by the beginning of the path.
bool Router::may_be_spooled(Method method, std::string_view path) const {
  return std::any_of(spooled_.begin(), spooled_.end(), [&](const SpooledFront& known) {
    const std::string_view front = path.substr(0, known.path.size());
    return method == known.method &&
           (known.ignore_case ? text::equal_ignoring_ascii_case(front, known.path) : front == known.path);
  });
}

Intake Router::admit_body(Exchange& exchange) {
  std::string place;
  const Request& request = exchange.request;
  if (spooled_.empty() || !may_be_spooled(request.method, path_served(request.path, place))) return {};
  Job job(exchange, clock_.now());
  job.of_head = true;
  identify(job);
  Revision awaited = 0;
  try {
    // What is wrong with the address is said when the body is there.
    if (!route(job) || !job.route->spooled_input) return {};
    if (const auto revision = revision_to_await(job); !revision) {
      refuse(job, revision.error());
    } else {
      awaited = *revision;
    }
  } catch (const std::exception& broken) { give_up(job, broken); }
  if (job.refused) {
    finish(job);
  } else if (awaited != 0) {
    await_revision(std::move(job), awaited);
  } else {
    begin(job);
  }
  return {Intake::Way::kLater, 0};
}

void Router::answer_head(Job& job) {
  Exchange& exchange = job.exchange;
  if (job.refused) {
    exchange.intake = {Intake::Way::kRefused, 0};
    complete(job.call);
    tell(job);
  } else {
    exchange.intake = {Intake::Way::kSpooled, job.route->endpoint.max_body};
  }
  exchange.finish();
}

}  // namespace gatehouse::http
