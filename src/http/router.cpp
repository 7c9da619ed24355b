#include "http/router.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "base/text.hpp"
#include "http/kept_answer.hpp"
#include "http/problem.hpp"
#include "http/uri.hpp"

namespace gatehouse::http {
namespace {

using Ticks = std::chrono::steady_clock;

// A peer's request id is taken when it can stand in a header and a log line as it is.
bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127 && c != '"' && c != '\\'; });
}

// Request ids tell requests apart and protect nothing: their randomness is drawn in pieces, because a system call for
// each would cost as much as a decision does.
class DrawnRandom final : public Random {
 public:
  explicit DrawnRandom(Random& source) : source_(source) {}
  void fill(void* out, std::size_t size) override {
    static thread_local std::array<unsigned char, 1024> drawn;
    static thread_local std::size_t next = drawn.size();
    if (size > drawn.size()) return source_.fill(out, size);
    if (drawn.size() - next < size) {
      source_.fill(drawn.data(), drawn.size());
      next = 0;
    }
    std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(next), size, static_cast<unsigned char*>(out));
    next += size;
  }

 private:
  Random& source_;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// IPv4 or IPv6, without a port.
bool is_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  in6_addr place{};
  return inet_pton(AF_INET, copy.data(), &place) == 1 || inet_pton(AF_INET6, copy.data(), &place) == 1;
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

// On the stack of the I/O thread while it is there; moved to the heap for a pool.
struct Router::Job {
  Job(Exchange& of, Timestamp now)
      : exchange(of), call{of.request, of.response, now, {}, {}, {}, {}}, started(Ticks::now()) {}
  Exchange& exchange;
  Call call;
  const Route* route = nullptr;
  RequestMetrics* metrics = nullptr;
  PermitPlace permit;
  std::string request_id;
  std::string failure;
  Ticks::time_point started;
};

Router::Router(const RouterOptions& options, const access::Policy& policy, Authenticator& authenticator,
               Idempotency& idempotency, const Clock& clock, Random& random, Log log)
    : options_(options),
      policy_(policy),
      authenticator_(authenticator),
      idempotency_(idempotency),
      clock_(clock),
      random_(random),
      log_(std::move(log)),
      read_pool_({options.read_threads, options.queue, false}),
      write_pool_({options.write_threads, options.queue, false}),
      hash_pool_({options.hash_threads, options.queue, true}) {}

Router::~Router() = default;

void Router::mount(Surface& surface) {
  for (auto& declared : surface.routes()) table_.add(std::make_unique<Route>(std::move(declared)));
}

void Router::speak(std::string_view prefix, const Dialect& dialect) { dialects_.emplace_back(prefix, &dialect); }

const Dialect& Router::dialect_of(std::string_view path) const {
  const Dialect* found = &plain_dialect();
  std::size_t longest = 0;
  for (const auto& [prefix, dialect] : dialects_) {
    const bool below = path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
    if (below && prefix.size() >= longest) {
      longest = prefix.size();
      found = dialect;
    }
  }
  return *found;
}

// The nearest address that is no proxy of ours: what stands further left, the client may have written itself. Proxies may
// add a line of their own instead of a comma, so all lines count, the last one first.
std::string_view Router::source_address(const Request& request) const {
  const auto& trusted = options_.trusted_proxies;
  std::string_view source = request.remote_address;
  const auto is_trusted = [&] { return std::find(trusted.begin(), trusted.end(), source) != trusted.end(); };
  for (auto line = request.headers.rbegin(); line != request.headers.rend() && is_trusted(); ++line) {
    if (!text::equal_ignoring_ascii_case(line->name, "X-Forwarded-For")) continue;
    for (std::string_view chain = line->value; !chain.empty() && is_trusted();) {
      const std::size_t comma = chain.rfind(',');
      const std::string_view hop = trimmed(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
      chain = comma == std::string_view::npos ? std::string_view() : chain.substr(0, comma);
      if (!is_address(hop)) return source;
      source = hop;
    }
  }
  return source;
}

const Route* Router::route(Job& job) {
  const Request& request = job.call.request;
  const auto match = table_.find(request.path);
  if (match.leaves == nullptr) {
    fail(job, not_found("request.unknown_route", "There is nothing at this address."));
    return nullptr;
  }
  const auto* leaf = match.find(request.method == Method::kHead ? Method::kGet : request.method);
  if (leaf == nullptr) {
    job.call.set_header("Allow", match.allowed());
    job.call.response.status = 405;
    fail(job, invalid("request.method_not_allowed", "This address does not know that method."));
    return nullptr;
  }
  for (std::size_t i = 0; i < leaf->names.size(); ++i) {
    job.call.path_parameters.emplace_back(leaf->names[i],
                                          percent_decode(match.values[i], false).value_or(std::string()));
  }
  job.route = leaf->route;
  job.metrics = leaf->metrics;
  return leaf->route;
}

Work Router::work_of(const Job& job) {
  const Endpoint& endpoint = job.route->endpoint;
  return endpoint.work_of_call != nullptr ? endpoint.work_of_call(job.call) : endpoint.work;
}

void Router::handle(Exchange& exchange) {
  Job job(exchange, clock_.now());
  Call& call = job.call;
  const auto given_id = call.request.header("X-Request-ID");
  DrawnRandom random(random_);
  job.request_id =
      given_id && is_request_id(*given_id) ? std::string(*given_id) : Uuid::v7(call.now, random).to_string();
  call.request_id = job.request_id;
  call.source_address = source_address(call.request);
  if (route(job) == nullptr) return;

  if (job.route->action) {
    const auto token = bearer(call.request);
    if (!token) return fail(job, {ErrorKind::kUnauthenticated, "auth.required", "This endpoint needs a bearer token."});
    auto principal = authenticator_.authenticate(*token, call.now);
    if (!principal) return fail(job, principal.error());
    call.principal = *principal;
    if (auto permitted = job.route->authorize(policy_, call, job.permit); !permitted)
      return fail(job, permitted.error());
  }
  if (work_of(job) == Work::kMemory) return run(job);
  dispatch(std::move(job));
}

void Router::dispatch(Job&& job) {
  const Work work = work_of(job);
  WorkerPool* pool = &read_pool_;
  if (work == Work::kWrite) pool = &write_pool_;
  if (work == Work::kHash) pool = &hash_pool_;
  // std::function must be copyable; the pool runs each job exactly once.
  const auto shared = std::make_shared<Job>(std::move(job));
  shared->call.request_id = shared->request_id;
  if (!pool->submit([this, shared] { run(*shared); })) {
    fail(*shared,
         {ErrorKind::kUnavailable, "request.overloaded", "The service is busy; try again in a moment.", {}, 1});
  }
}

void Router::run(Job& job) {
  try {
    const auto key = job.call.request.header("Idempotency-Key");
    if (key && job.call.request.method == Method::kPost && job.route->action &&
        job.route->endpoint.work != Work::kMemory) {
      run_idempotent(job, *key);
    } else {
      run_once(job);
    }
  } catch (const std::exception& broken) {
    // A broken invariant or a failing engine: the caller learns that nothing was acknowledged, the operator learns why.
    job.failure = broken.what();
    job.call.response.clear();
    refuse(job, {ErrorKind::kInternal, "internal", "Something went wrong here; nothing was acknowledged."});
  }
  finish(job);
}

void Router::run_once(Job& job) {
  if (auto outcome = job.route->run(job.call, job.permit); !outcome) refuse(job, outcome.error());
}

// The first answer to an Idempotency-Key is kept and sent again (draft-ietf-httpapi-idempotency-key-header).
void Router::run_idempotent(Job& job, std::string_view key) {
  Call& call = job.call;
  if (key.empty() || key.size() > 255 ||
      !std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; })) {
    return refuse(job, invalid("idempotency.key_invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters."));
  }
  std::string fingerprint(name(call.request.method));
  fingerprint.append(" ").append(call.request.target).append("\n").append(call.request.body);
  auto claim = idempotency_.claim(call.principal, key, fingerprint);
  if (!claim) { return refuse(job, claim.error()); }
  if (claim->replay) {
    restore_answer(claim->answer, call.response);
    call.set_header("Idempotency-Replayed", "true");
    return;
  }
  // When this throws, nobody knows whether there was an effect: the key stays taken until it expires.
  run_once(job);
  // A refusal for the moment is no answer to keep.
  if (call.response.status >= 500 || call.response.status == 429) {
    idempotency_.abandon(call.principal, key);
  } else {
    idempotency_.complete(call.principal, key, keep_answer(call.response));
  }
}

void Router::refuse(Job& job, const Error& error) {
  Response& response = job.call.response;
  const Dialect& dialect = job.route != nullptr ? *job.route->dialect : dialect_of(job.call.request.path);
  response.body.clear();
  dialect.render(error, job.call, response);
  if (error.retry_after_s > 0) job.call.set_header("Retry-After", std::to_string(error.retry_after_s));
  // A 401 always says how to do better (RFC 9110 15.5.2, RFC 6750 3).
  const auto challenges = [](const auto& header) { return header.first == "WWW-Authenticate"; };
  if (response.status == 401 && std::none_of(response.headers.begin(), response.headers.end(), challenges)) {
    job.call.set_header("WWW-Authenticate",
                        error.code == "auth.token_invalid" ? "Bearer error=\"invalid_token\"" : "Bearer");
  }
}

void Router::fail(Job& job, const Error& error) {
  refuse(job, error);
  finish(job);
}

void Router::finish(Job& job) {
  Response& response = job.call.response;
  job.call.set_header("X-Request-ID", job.request_id);
  // Answers about access belong to one caller at one moment (RFC 9111 5.2.2.5).
  const bool has_cache_rule = std::any_of(response.headers.begin(), response.headers.end(),
                                          [](const auto& h) { return h.first == "Cache-Control"; });
  if (!has_cache_rule) job.call.set_header("Cache-Control", "no-store");
  const auto micros = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Ticks::now() - job.started).count());
  (job.metrics != nullptr ? *job.metrics : unmatched_).record(response.status, micros);
  log_({job.route, name(job.call.request.method), job.call.request.path, response.status, micros, job.request_id,
        &job.call.principal, job.failure});
  job.exchange.finish();
}

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
