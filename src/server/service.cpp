#include "server/service.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <chrono>

#include "server/log.hpp"

namespace gatehouse::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Result<Address> parse_address(const std::string& text, std::string_view key) {
  const std::size_t colon = text.rfind(':');
  Address address;
  if (colon != std::string::npos) {
    address.host = text.substr(0, colon);
    if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
      address.host = address.host.substr(1, address.host.size() - 2);
    }
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (error == std::errc() && at == end && !address.host.empty()) return address;
  }
  return invalid("config.invalid", fmt::format("{} must be HOST:PORT, not \"{}\"", key, text));
}

std::string url_of(std::string_view scheme, const Address& address, std::uint16_t port) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", scheme, is_v6 ? "[" : "", address.host, is_v6 ? "]" : "", port);
}

bool is_logged(const std::string& which, const http::Finished& done) {
  if (done.status >= 500 || !done.failure.empty()) return true;
  if (which == "all") return true;
  return which == "changes" && done.method != "GET" && done.method != "HEAD" &&
         (done.route == nullptr || done.route->endpoint.work != http::Work::kMemory);
}

std::string_view principal_kind(const Principal& who) {
  switch (who.kind) {
    case Principal::Kind::kUser: return "user";
    case Principal::Kind::kClient: return "client";
    case Principal::Kind::kApiToken: return "api_token";
    case Principal::Kind::kSystem: return "system";
    case Principal::Kind::kNobody: break;
  }
  return "nobody";
}

void log_request(const Core& core, const http::Finished& done) {
  if (core.config.log_requests == "none" || !is_logged(core.config.log_requests, done)) return;
  const std::string who = done.principal->id.is_nil() ? std::string() : done.principal->id.to_string();
  // The path without its query: a query may hold what does not belong here.
  const bool failed = done.status >= 500 || !done.failure.empty();
  log_event(core.clock, failed ? LogLevel::kError : LogLevel::kInfo, "request",
            {{"request_id", done.request_id},
             {"method", done.method},
             {"path", done.path},
             {"operation", done.route != nullptr ? done.route->endpoint.id : std::string_view("none")},
             {"status", std::int64_t{done.status}},
             {"micros", static_cast<std::int64_t>(done.micros)},
             {"principal_kind", principal_kind(*done.principal)},
             {"principal", std::string_view(who)},
             {"failure", done.failure}});
}

}  // namespace

// Stands at the socket from the moment it is bound, and hands requests on to the surfaces, which come later.
class Service::Entrance final : public http::Handler {
 public:
  void open(http::Handler& router) { router_ = &router; }  // before the server starts
  void handle(http::Exchange& exchange) override { router_->handle(exchange); }
  http::Intake admit_body(http::Exchange& exchange) override { return router_->admit_body(exchange); }
  bool render_refusal(const http::Request& request, int status, http::Response& response) override {
    return router_->render_refusal(request, status, response);
  }

 private:
  http::Handler* router_ = nullptr;
};

class Service::Management final : public http::Handler {
 public:
  explicit Management(Service& service) : service_(service) {}

  void handle(http::Exchange& exchange) override {
    const std::string_view path = exchange.request.path;
    http::Response& response = exchange.response;
    response.content_type = "text/plain; charset=utf-8";
    if (path == "/livez") {
      const bool lost = service_.follower_ != nullptr && service_.follower_->has_diverged();
      response.status = lost ? 503 : 200;
      response.body = lost ? "the store was set back to an earlier time: start this node again\n" : "ok\n";
    } else if (path == "/readyz") {
      ready(response);
    } else if (path == "/metrics") {
      metrics(response.body);
      response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    } else {
      response.status = 404;
      response.body = "there are /livez, /readyz and /metrics\n";
    }
    exchange.finish();
  }
  void stop() { stopping_.store(true); }

 private:
  void ready(http::Response& response) const {
    // A node that follows others has just heard of the store, or is not fresh; asking again would wait for one that is silent.
    bool stored = service_.follower_ != nullptr;
    try {
      if (!stored) service_.core_->ledger->read([&](sql::Tx& tx) { stored = tx.integer("SELECT 1") == 1; });
    } catch (const sql::EngineError&) { stored = false; }
    const bool is_ready = stored && service_.freshness_->is_fresh() && !stopping_.load();
    response.status = is_ready ? 200 : 503;
    response.body = is_ready ? "ready\n" : "not ready\n";
    // Whoever only asks is served, so it stays in use.
    if (is_ready && service_.core_->database->lane().failing()) {
      response.body = "ready, but the store fails: changes are refused\n";
    }
  }

  void metrics(std::string& out) const {
    service_.surfaces_->router().append_metrics(out);
    const auto counters = service_.server_->counters();
    const auto& graph = *service_.core_->graph;
    std::int64_t users = 0;
    std::int64_t organizations = 0;
    graph.read([&](const access::View& view) {
      users = view.user_count();
      organizations = view.organization_count();
    });
    http::append_metric(out, "gatehouse_connections_open", "gauge", "Open connections.",
                        static_cast<double>(counters.connections_open));
    http::append_metric(out, "gatehouse_connections_accepted_total", "counter", "Connections accepted.",
                        static_cast<double>(counters.connections_accepted));
    http::append_metric(out, "gatehouse_connections_refused_total", "counter", "Connections over the limit.",
                        static_cast<double>(counters.connections_refused));
    http::append_metric(out, "gatehouse_requests_malformed_total", "counter", "Requests that were no HTTP.",
                        static_cast<double>(counters.requests_malformed));
    http::append_metric(out, "gatehouse_requests_timed_out_total", "counter", "Requests that came too slowly.",
                        static_cast<double>(counters.requests_timed_out));
    http::append_metric(out, "gatehouse_bodies_spooled_total", "counter",
                        "Long request bodies taken in by way of a file.", static_cast<double>(counters.bodies_spooled));
    http::append_metric(out, "gatehouse_bodies_refused_total", "counter", "Long request bodies that were refused.",
                        static_cast<double>(counters.bodies_refused));
    http::append_metric(out, "gatehouse_revision", "gauge", "Revision of the graph.",
                        static_cast<double>(graph.revision()));
    http::append_metric(out, "gatehouse_store_failing", "gauge", "1 when the last changes could not be stored.",
                        service_.core_->database->lane().failing() ? 1 : 0);
    http::append_metric(out, "gatehouse_users", "gauge", "Accounts.", static_cast<double>(users));
    http::append_metric(out, "gatehouse_organizations", "gauge", "Organizations, without the platform.",
                        static_cast<double>(organizations));
    if (service_.follower_ != nullptr) service_.follower_->append_metrics(out);
    // What has to be counted in the store is left out while that is not to be reached; the rest matters most then.
    if (!service_.freshness_->is_fresh()) return;
    const auto known = out.size();
    try {
      service_.post_office_->append_metrics(out);
      service_.invite_clerk_->append_metrics(out);
    } catch (const sql::EngineError&) { out.resize(known); }
  }

  Service& service_;
  std::atomic<bool> stopping_{false};
};

Service::Service() : entrance_(std::make_unique<Entrance>()), management_(std::make_unique<Management>(*this)) {}

Result<std::unique_ptr<Service>> Service::bind(const Config& config) {
  auto service = std::unique_ptr<Service>(new Service);
  const Address address = TRY(parse_address(config.listen, "listen"));
  const Address management = TRY(parse_address(config.management_listen, "management_listen"));

  http::ServerOptions options;
  options.host = address.host;
  options.port = address.port;
  options.threads = static_cast<int>(config.io_threads);
  options.tls_certificate_file = config.tls_cert;
  options.tls_key_file = config.tls_key;
  options.spool_directory = config.data;
  service->server_ = TRY(http::Server::listen(options, *service->entrance_));

  http::ServerOptions management_options;
  management_options.host = management.host;
  management_options.port = management.port;
  management_options.threads = 2;  // one may wait for a store that has just fallen silent
  management_options.max_connections = 100;
  service->management_server_ = TRY(http::Server::listen(management_options, *service->management_));

  const std::string_view scheme = config.tls_cert.empty() ? "http" : "https";
  service->url_ = config.public_url.empty() ? url_of(scheme, address, service->server_->port()) : config.public_url;
  service->management_url_ = url_of("http", management, service->management_server_->port());
  return service;
}

void Service::start(Core& core) {
  core_ = &core;
  if (auto watch = core.database->watch()) {
    const auto bound = std::chrono::milliseconds(core.config.staleness_bound_ms);
    auto follower = std::make_unique<Follower>(*core.ledger, std::move(watch), bound);
    follower_ = follower.get();
    freshness_ = std::move(follower);
    follower_->start();
  } else {
    freshness_ = std::make_unique<http::SingleNode>([&graph = *core.graph] { return graph.revision(); });
  }
  surfaces_ = std::make_unique<Surfaces>(core, *freshness_, url_,
                                         [&core](const http::Finished& done) { log_request(core, done); });
  post_office_ = std::make_unique<PostOffice>(core, url_);
  invite_clerk_ = std::make_unique<InviteClerk>(core);
  entrance_->open(surfaces_->router());
  server_->start();
  management_server_->start();
  post_office_->start();
  invite_clerk_->start();
  housekeeper_ = std::thread([this] { keep_house(); });
}

void Service::keep_house() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, seconds(30), [this] { return stopping_; })) {
    lock.unlock();
    try {
      core_->maintain();
    } catch (const std::exception& failure) {
      log_event(core_->clock, LogLevel::kError, "maintenance_failed", {{"failure", std::string_view(failure.what())}});
    }
    lock.lock();
  }
}

void Service::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  management_->stop();
  if (housekeeper_.joinable()) housekeeper_.join();
  if (invite_clerk_) invite_clerk_->stop();
  if (server_) server_->stop(milliseconds(10'000));
  if (follower_ != nullptr) follower_->stop();
  if (post_office_) post_office_->stop();
  if (management_server_) management_server_->stop(milliseconds(1'000));
}

Service::~Service() {
  stop();
  // The pools end first: a request that outlived its grace still answers into its connection.
  surfaces_.reset();
  follower_ = nullptr;
  freshness_.reset();
}

}  // namespace gatehouse::server
