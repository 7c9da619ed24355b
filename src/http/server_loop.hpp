// One thread's share of the server: its io_context, its connections, its tick. Nothing here is shared with other
// threads but the counters and the draining flag.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/connection.hpp"
#include "http/server.hpp"
#include "http/server_tls.hpp"
#include "http/spool.hpp"

namespace gatehouse::http {

// What all loops of a server share.
struct ServerState {
  ServerState(const ServerOptions& server_options, Handler& request_handler)
      : options(server_options),
        handler(request_handler),
        spools(server_options.spool_directory, server_options.max_spooled_bodies) {}

  const ServerOptions options;
  Handler& handler;
  std::unique_ptr<Tls> tls;  // none: plain text
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> malformed{0};
  std::atomic<std::uint64_t> timed_out{0};
  std::atomic<std::uint64_t> bodies_refused{0};
  std::atomic<std::size_t> spool_buffer_bytes{0};
  std::atomic<bool> draining{false};
  std::mutex mutex;
  std::condition_variable closed;  // notified when the last connection of a draining server has gone
  SpoolRoom spools;
};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  // All deadlines are counted in ticks: no clock is read and no timer set for a request.
  static constexpr std::chrono::milliseconds kTick{250};

  explicit Loop(ServerState& state);

  void run();  // until stop(); the body of the thread
  void stop() { io_.stop(); }
  boost::asio::io_context& io() { return io_; }
  ServerState& state() { return state_; }

  // On the loop's thread:
  void adopt(Socket socket);
  void remove(Connection& connection);
  void drain();
  [[nodiscard]] std::uint32_t tick() const { return tick_; }
  [[nodiscard]] std::string_view date_line() const { return {date_line_.data(), date_line_.size()}; }
  static std::uint32_t ticks(std::chrono::milliseconds duration);

  // After the thread has ended.
  void abandon();

 private:
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                        boost::asio::io_context::executor_type>;
  void schedule();
  void on_tick();
  void write_date();

  ServerState& state_;
  boost::asio::io_context io_{1};
  Timer timer_{io_};
  SystemClock clock_;
  std::int64_t date_s_ = -1;
  std::array<char, 37> date_line_{};
  std::uint32_t tick_ = 1;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace gatehouse::http
