#include "http/server_loop.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <ctime>
#include <exception>
#include <utility>

namespace gatehouse::http {

Loop::Loop(ServerState& state) : state_(state) { write_date(); }

std::uint32_t Loop::ticks(std::chrono::milliseconds duration) {
  return static_cast<std::uint32_t>(duration / kTick) + 1;
}

void Loop::run() {
  // OpenSSL writes without MSG_NOSIGNAL; a peer that has gone must not end the process.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  schedule();
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception& error) { spdlog::error("an I/O thread goes on after: {}", error.what()); }
  }
}

void Loop::schedule() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) on_tick();
  });
}

void Loop::on_tick() {
  ++tick_;
  write_date();
  for (const std::shared_ptr<Connection>& connection : connections_) connection->sweep();
  schedule();
}

// RFC 9110 5.6.7, IMF-fixdate.
void Loop::write_date() {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t now_s = clock_.now().seconds();
  if (now_s == date_s_) return;
  date_s_ = now_s;
  const auto time = static_cast<std::time_t>(now_s);
  std::tm utc{};
  gmtime_r(&time, &utc);
  fmt::format_to_n(date_line_.data(), date_line_.size(), "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
                   kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                   kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                   utc.tm_sec);
}

void Loop::adopt(Socket socket) {
  std::shared_ptr<Connection> connection;
  try {
    SslPointer ssl = state_.tls ? state_.tls->session() : SslPointer();
    connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), std::move(ssl));
    connection->slot = connections_.size();
    connections_.push_back(connection);
  } catch (...) {
    state_.open.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
  connection->start();
  if (state_.draining.load(std::memory_order_relaxed)) connection->drain();
}

void Loop::remove(Connection& connection) {
  const std::size_t slot = connection.slot;
  const std::shared_ptr<Connection> gone = std::move(connections_[slot]);
  if (slot + 1 != connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
  // Sequentially consistent, against Server::stop, which sets the one and then reads the other.
  if (state_.open.fetch_sub(1) == 1 && state_.draining.load()) {
    const std::lock_guard lock(state_.mutex);
    state_.closed.notify_all();
  }
}

void Loop::drain() {
  for (const std::shared_ptr<Connection>& connection : connections_) connection->drain();
}

void Loop::abandon() {
  for (const std::shared_ptr<Connection>& connection : connections_) connection->abandon();
  state_.open.fetch_sub(connections_.size(), std::memory_order_relaxed);
  connections_.clear();
}

}  // namespace gatehouse::http
