#include "http/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "base/text.hpp"
#include "base/unavailable.hpp"
#include "http/problem.hpp"
#include "http/request_id.hpp"
#include "http/revision_headers.hpp"
#include "http/router_waiting.hpp"
#include "http/uri.hpp"

namespace gatehouse::http {
namespace {

// Whole segments: "/a" is above "/a" and "/a/b", not above "/ab".
bool is_below(std::string_view path, std::string_view prefix, bool ignore_case = false) {
  const std::string_view front = path.substr(0, prefix.size());
  if (ignore_case ? !text::equal_ignoring_ascii_case(front, prefix) : front != prefix) return false;
  return path.size() == prefix.size() || path[prefix.size()] == '/';
}

std::optional<std::string_view> bearer(const Request& request) {
  const auto header = request.header("Authorization");
  if (!header || header->size() < 7 || !text::equal_ignoring_ascii_case(header->substr(0, 7), "Bearer "))
    return std::nullopt;
  std::string_view token = header->substr(7);
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  return token;
}

}  // namespace

Router::Router(const RouterOptions& options, const access::Policy& policy, Authenticator& authenticator,
               Idempotency& idempotency, Freshness& freshness, const Clock& clock, Random& random, Log log)
    : options_(options),
      policy_(policy),
      authenticator_(authenticator),
      idempotency_(idempotency),
      freshness_(freshness),
      clock_(clock),
      random_(random),
      log_(std::move(log)),
      waiting_(std::make_shared<Waiting>(*this)),
      doubted_(std::make_shared<Waiting>(*this)),
      read_pool_({options.read_threads, options.queue, false}),
      write_pool_({options.write_threads, options.queue, false}),
      hash_pool_({options.hash_threads, options.queue, true}) {}

Router::~Router() {
  waiting_->close();
  doubted_->close();
}

void Router::mount(Surface& surface) {
  for (auto& declared : surface.routes()) {
    const Endpoint& endpoint = declared.endpoint;
    if (declared.spooled_input) {
      const std::string_view front = endpoint.path.substr(0, endpoint.path.find('{'));
      spooled_.push_back({endpoint.method, std::string(front), declared.ignore_case});
    }
    table_.add(std::make_unique<Route>(std::move(declared)));
  }
  check_names();
}

void Router::speak(std::string_view prefix, const Dialect& dialect, bool ignore_case) {
  dialects_.push_back({std::string(prefix), &dialect, ignore_case});
}

void Router::also_at(std::string_view prefix, std::string_view at) {
  const auto is_prefix = [](std::string_view text) { return text.starts_with('/') && !text.ends_with('/'); };
  if (!is_prefix(prefix) || !is_prefix(at)) throw std::logic_error("router: a prefix begins with / and ends without");
  other_names_.emplace_back(prefix, at);
  check_names();
}

// What is declared below another name would never be served.
void Router::check_names() const {
  for (const auto& [prefix, at] : other_names_) {
    for (const auto& route : routes()) {
      if (is_below(route->endpoint.path, prefix)) {
        throw std::logic_error(fmt::format("endpoint {}: {} is another name of {}", route->endpoint.id, prefix, at));
      }
    }
  }
}

std::string_view Router::path_served(std::string_view path, std::string& place) const {
  const std::pair<std::string, std::string>* found = nullptr;
  for (const auto& name : other_names_) {
    if (is_below(path, name.first) && (found == nullptr || name.first.size() > found->first.size())) found = &name;
  }
  if (found == nullptr) return path;
  place.assign(found->second).append(path.substr(found->first.size()));
  return place;
}

const Dialect& Router::dialect_of(std::string_view path) const {
  const Dialect* found = &plain_dialect();
  std::size_t longest = 0;
  for (const auto& [prefix, dialect, ignore_case] : dialects_) {
    if (is_below(path, prefix, ignore_case) && prefix.size() >= longest) {
      longest = prefix.size();
      found = dialect;
    }
  }
  return *found;
}

Result<void> Router::route(Job& job) {
  const Request& request = job.call.request;
  std::string place;
  const auto match = table_.find(path_served(request.path, place));
  if (match.leaves == nullptr) return not_found("request.unknown_route", "There is nothing at this address.");
  const auto* leaf = match.find(request.method == Method::kHead ? Method::kGet : request.method);
  if (leaf == nullptr) {
    job.call.set_header("Allow", match.allowed());
    job.call.response.status = 405;
    return invalid("request.method_not_allowed", "This address does not know that method.");
  }
  for (std::size_t i = 0; i < leaf->names.size(); ++i) {
    job.call.path_parameters.emplace_back(leaf->names[i],
                                          percent_decode(match.values[i], false).value_or(std::string()));
  }
  job.route = leaf->route;
  job.metrics = leaf->metrics;
  job.call.ignore_case = leaf->route->ignore_case;
  return {};
}

Result<void> Router::admit(Job& job) {
  if (job.route->gate) TRY(job.route->gate(job.call));
  Call& call = job.call;
  if (job.route->action) {
    const auto token = bearer(call.request);
    if (!token) return Error{ErrorKind::kUnauthenticated, "auth.required", "This endpoint needs a bearer token."};
    job.judged = true;
    call.principal = TRY(authenticator_.authenticate(*token, call.now));
    TRY(job.route->authorize(policy_, call, job.permit));
  }
  if (job.of_head) TRY(accepted_media_type(call, job.route->media_types));
  return {};
}

Work Router::work_of(const Job& job) {
  const Endpoint& endpoint = job.route->endpoint;
  return endpoint.work_of_call != nullptr ? endpoint.work_of_call(job.call) : endpoint.work;
}

void Router::identify(Job& job) {
  job.request_id = request_id(job.call.request, job.call.now, random_);
  job.call.request_id = job.request_id;
  job.call.source_address = source_address(job.call.request);
}

void Router::handle(Exchange& exchange) {
  Job job(exchange, clock_.now());
  job.call.spool = std::move(exchange.spooled);
  identify(job);
  Revision awaited = 0;
  try {
    if (const auto known = route(job); !known) {
      refuse(job, known.error());
    } else if (const auto revision = revision_to_await(job); !revision) {
      refuse(job, revision.error());
    } else {
      awaited = *revision;
    }
  } catch (const std::exception& broken) { give_up(job, broken); }
  if (job.refused) return finish(job);
  if (awaited != 0) return await_revision(std::move(job), awaited);
  begin(job);
}

void Router::begin(Job& job) {
  if (freshness_.has_others()) job.seen = freshness_.revision();
  try {
    if (const auto admitted = admit(job); !admitted) refuse(job, admitted.error());
  } catch (const std::exception& broken) { give_up(job, broken); }
  if (job.refused || job.of_head) return finish(job);
  if (work_of(job) == Work::kMemory) return run(job);
  dispatch(std::move(job));
}

void Router::run(Job& job) {
  try {
    const auto key = job.call.request.header("Idempotency-Key");
    if (key && job.call.request.method == Method::kPost && job.route->action &&
        job.route->endpoint.work != Work::kMemory && !job.route->endpoint.repeatable) {
      run_idempotent(job, *key);
    } else {
      run_once(job);
    }
  } catch (const std::exception& broken) { give_up(job, broken); }
  // The process may have stood still while it decided.
  if (work_of(job) == Work::kMemory && !still_fresh(job)) return;
  finish(job);
}

void Router::run_once(Job& job) {
  job.handled = true;
  if (auto outcome = job.route->run(job.call, job.permit); !outcome) refuse(job, outcome.error());
}

// A broken invariant or a failing engine: the caller learns that nothing was acknowledged, the operator learns why.
void Router::give_up(Job& job, const std::exception& failure) {
  job.failure = failure.what();
  job.call.response.clear();
  job.call.rest.reset();
  if (dynamic_cast<const Unavailable*>(&failure) != nullptr) {
    return refuse(job, {ErrorKind::kUnavailable, "store.unavailable", "The store cannot be reached now.", {}, 1});
  }
  refuse(job, {ErrorKind::kInternal, "internal", "Something went wrong here; nothing was acknowledged."});
}

void Router::refuse(Job& job, const Error& error) {
  job.refused = true;
  job.refused_as = error.kind;
  job.in_doubt = error.code == "store.outcome_unknown";
  std::string place;
  render(error, job.route != nullptr ? *job.route->dialect : dialect_of(path_served(job.call.request.path, place)),
         job.call);
}

void Router::finish(Job& job) {
  if (may_be_behind(job)) return confirm(std::move(job));
  if (job.of_head) return answer_head(job);
  Exchange& exchange = job.exchange;
  job.call.spool.reset();
  // In the string itself: no decision allocates for it.
  if (tells_revision(job)) job.call.set_header(kRevisionHeader, std::to_string(freshness_.revision()));
  complete(job.call);
  if (job.call.rest != nullptr) {
    exchange.response.rest = go_on_with(std::move(job));
  } else {
    tell(job);
  }
  exchange.finish();
}

void Router::tell(const Job& job) {
  const int status = job.call.response.status;
  const auto micros = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Job::Ticks::now() - job.started).count());
  (job.metrics != nullptr ? *job.metrics : unmatched_).record(status, micros);
  log_({job.route, name(job.call.request.method), job.call.request.path, status, micros, job.request_id,
        &job.call.principal, job.failure});
}

}  // namespace gatehouse::http
