#include "http/server.hpp"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "http/server_loop.hpp"

namespace gatehouse::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using PauseTimer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                              asio::io_context::executor_type>;

constexpr std::chrono::milliseconds kAcceptPause{100};

Result<tcp::endpoint> resolve(asio::io_context& io, const ServerOptions& options) {
  error_code ec;
  if (options.host.empty()) return tcp::endpoint(tcp::v4(), options.port);
  const auto address = asio::ip::make_address(options.host, ec);
  if (!ec) return tcp::endpoint(address, options.port);
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(options.host, "", tcp::resolver::passive, ec);
  if (ec || found.empty()) {
    return invalid("server.address_unknown",
                   "The address " + options.host + " to listen on is unknown: give an IP address of this machine.");
  }
  return tcp::endpoint(found.begin()->endpoint().address(), options.port);
}

Error cannot_listen(const ServerOptions& options, const error_code& ec) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  if (ec == asio::error::address_in_use) {
    return conflict("server.address_taken",
                    "The address " + where + " is taken: stop what listens there or choose another port.");
  }
  if (ec == asio::error::access_denied) {
    return forbidden(
        "server.address_forbidden",
        "Listening on " + where + " is not permitted: choose a port from 1024 on or grant the right to bind.");
  }
  return invalid("server.address_unavailable",
                 "Listening on " + where + " failed (" + ec.message() + "): give an address of this machine.");
}

bool is_exhaustion(const error_code& ec) {
  return ec == boost::system::errc::too_many_files_open || ec == boost::system::errc::too_many_files_open_in_system ||
         ec == boost::system::errc::no_buffer_space || ec == boost::system::errc::not_enough_memory;
}

}  // namespace

// One acceptor, on the first loop, that hands the connections out in turn: with SO_REUSEPORT the kernel's hash loads
// the loops unevenly.
struct Server::Impl {
  Impl(const ServerOptions& options, Handler& handler) : state(options, handler) {
    std::size_t count =
        options.threads > 0 ? static_cast<std::size_t>(options.threads) : std::thread::hardware_concurrency();
    for (count = std::max<std::size_t>(count, 1); count > 0; --count) loops.push_back(std::make_shared<Loop>(state));
    acceptor.emplace(loops.front()->io());
    pause.emplace(loops.front()->io());
  }

  Result<void> bind();
  void accept_next();
  void accepted(const error_code& ec, Socket socket, Loop& loop);
  void stop(std::chrono::milliseconds grace);

  ServerState state;
  std::vector<std::shared_ptr<Loop>> loops;
  std::optional<Acceptor> acceptor;  // on the first loop's thread once started
  std::optional<PauseTimer> pause;
  std::uint16_t port = 0;
  std::size_t next = 0;
  std::vector<std::thread> threads;
  bool stopped = false;
};

Result<void> Server::Impl::bind() {
  const tcp::endpoint endpoint = TRY(resolve(loops.front()->io(), state.options));
  error_code ec;
  acceptor->open(endpoint.protocol(), ec);
  if (!ec) acceptor->set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor->bind(endpoint, ec);
  if (!ec) acceptor->listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) port = acceptor->local_endpoint(ec).port();
  if (ec) return cannot_listen(state.options, ec);
  return {};
}

void Server::Impl::accept_next() {
  if (!acceptor->is_open()) return;
  Loop& loop = *loops[next];
  acceptor->async_accept(loop.io(),
                         [this, &loop](const error_code& ec, Socket socket) { accepted(ec, std::move(socket), loop); });
}

void Server::Impl::accepted(const error_code& ec, Socket socket, Loop& loop) {
  if (ec == asio::error::operation_aborted) return;
  if (ec && is_exhaustion(ec)) {
    // The connection stays in the backlog, so accepting again at once would spin.
    pause->expires_after(kAcceptPause);
    pause->async_wait([this](const error_code&) { accept_next(); });
    return;
  }
  if (!ec) {
    if (state.open.load(std::memory_order_relaxed) >= state.options.max_connections) {
      state.refused.fetch_add(1, std::memory_order_relaxed);
    } else {
      state.open.fetch_add(1, std::memory_order_relaxed);
      state.accepted.fetch_add(1, std::memory_order_relaxed);
      next = (next + 1) % loops.size();
      asio::post(loop.io(), [&loop, s = std::move(socket)]() mutable { loop.adopt(std::move(s)); });
    }
  }
  accept_next();
}

void Server::Impl::stop(std::chrono::milliseconds grace) {
  if (std::exchange(stopped, true)) return;
  state.draining.store(true);
  if (!threads.empty()) {
    asio::post(loops.front()->io(), [this] {
      error_code ignored;
      acceptor->close(ignored);
      pause->cancel();
    });
    for (const std::shared_ptr<Loop>& loop : loops) asio::post(loop->io(), [raw = loop.get()] { raw->drain(); });
    std::unique_lock lock(state.mutex);
    state.closed.wait_for(lock, grace, [this] { return state.open.load() == 0; });
  }
  for (const std::shared_ptr<Loop>& loop : loops) loop->stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  for (const std::shared_ptr<Loop>& loop : loops) loop->abandon();
  pause.reset();
  acceptor.reset();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, Handler& handler) {
  auto impl = std::make_unique<Impl>(options, handler);
  if (!options.tls_certificate_file.empty()) {
    impl->state.tls = TRY(Tls::load(options.tls_certificate_file, options.tls_key_file));
  }
  TRY(impl->bind());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::start() {
  asio::post(impl_->loops.front()->io(), [impl = impl_.get()] { impl->accept_next(); });
  for (const std::shared_ptr<Loop>& loop : impl_->loops)
    impl_->threads.emplace_back([raw = loop.get()] { raw->run(); });
}

void Server::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

ServerCounters Server::counters() const {
  const ServerState& state = impl_->state;
  ServerCounters counters;
  counters.connections_open = state.open.load(std::memory_order_relaxed);
  counters.connections_accepted = state.accepted.load(std::memory_order_relaxed);
  counters.connections_refused = state.refused.load(std::memory_order_relaxed);
  counters.requests_malformed = state.malformed.load(std::memory_order_relaxed);
  counters.requests_timed_out = state.timed_out.load(std::memory_order_relaxed);
  counters.bodies_spooled = state.spools.taken();
  counters.bodies_refused = state.bodies_refused.load(std::memory_order_relaxed);
  counters.spool_buffer_bytes = state.spool_buffer_bytes.load(std::memory_order_relaxed);
  return counters;
}

}  // namespace gatehouse::http
