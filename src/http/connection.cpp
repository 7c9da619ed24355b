#include "http/connection.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "http/server_loop.hpp"

namespace gatehouse::http {
namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;       // gathered answers go out when they are this much
constexpr std::chrono::milliseconds kLinger{2'000};  // for the peer to read a refusal before the reset

std::string textual(const Socket& socket) {
  boost::system::error_code ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec) return {};
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

// Waiting for the socket. Wakes with `expired_` set when the deadline has passed.
class Connection::Readiness {
 public:
  Readiness(Connection& connection, Io what) : connection_(connection), what_(what) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) {
    connection_.transport_.socket().async_wait(what_ == Io::kWantWrite ? Socket::wait_write : Socket::wait_read,
                                               [c = &connection_](const boost::system::error_code&) { c->resume(); });
  }
  void await_resume() const noexcept {}

 private:
  Connection& connection_;
  Io what_;
};

// Waiting for Exchange::finish.
class Connection::Answered {
 public:
  explicit Answered(Connection& connection) : connection_(connection) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) {
    connection_.keep_ = connection_.shared_from_this();
    Answer expected = Answer::kPending;
    if (connection_.answer_.compare_exchange_strong(expected, Answer::kWaitedFor, std::memory_order_acq_rel))
      return true;
    connection_.keep_.reset();
    return false;
  }
  void await_resume() const noexcept {}

 private:
  Connection& connection_;
};

void Connection::Task::promise_type::unhandled_exception() noexcept {
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::exception& error) { spdlog::error("a connection was given up: {}", error.what()); } catch (...) {
    spdlog::error("a connection was given up: unknown exception");
  }
}

Connection::Connection(std::shared_ptr<Loop> loop, Socket socket, SslPointer ssl)
    : loop_(std::move(loop)),
      transport_(std::move(socket), std::move(ssl)),
      remote_(textual(transport_.socket())),
      parser_(loop_->state().options.max_header_bytes, loop_->state().options.max_body_bytes, true) {}

Connection::~Connection() {
  if (frame_) frame_.destroy();
  response.rest.reset();  // while there is a request to tell of
}

void Connection::start() {
  frame_ = run().handle;
  resume();
}

void Connection::resume() {
  frame_.resume();
  if (!frame_.done()) return;
  transport_.close();
  drop_spool();
  loop_->remove(*this);  // *this may be gone now
}

void Connection::finish() {
  const Answer before = answer_.exchange(Answer::kFinished, std::memory_order_acq_rel);
  if (before == Answer::kPending) return;  // the coroutine has not looked yet and will not wait
  const std::shared_ptr<Connection> keep = std::move(keep_);
  if (before == Answer::kWaitedFor) boost::asio::post(loop_->io(), [c = this] { c->resume(); });
}

Connection::Task Connection::run() {
  const ServerOptions& options = loop_->state().options;
  set_deadline(Loop::ticks(options.request_timeout));
  for (Io io = transport_.handshake(); io != Io::kDone; io = transport_.handshake()) {
    if (io == Io::kEnd) co_return;
    Readiness ready(*this, io);
    co_await ready;
    if (expired_) co_return;
  }
  for (;;) {
    const Need need = serve();
    for (Io io = send_some(); io != Io::kDone; io = send_some()) {
      if (io == Io::kEnd) co_return;
      Readiness ready(*this, io);
      co_await ready;
      if (expired_) co_return;
    }
    if (need == Need::kClose) break;
    if (need == Need::kFlush) continue;
    if (need == Need::kAnswer) {
      Answered answered(*this);
      co_await answered;
      append_response();
      continue;
    }
    if (need == Need::kIntake) {
      Answered said(*this);
      co_await said;
      continue;
    }
    if (need == Need::kStore) {
      store_piece();
      Answered stored(*this);
      co_await stored;
      piece_stored();
      continue;
    }
    if (need == Need::kPiece) {
      ask_for_piece();
      Answered answered(*this);
      co_await answered;
      append_piece();
      if (broken_) co_return;
      continue;
    }
    await_request();
    if (want_ != Io::kDone) {
      Readiness ready(*this, want_);
      co_await ready;
    }
    if (expired_ && !idle_) {
      expired_ = false;
      refuse(408);
      continue;
    }
    if (expired_ || receive() == Need::kClose) break;
  }
  transport_.end_output();
  if (!refused_ && in_.size() == 0) co_return;
  // RFC 9112 9.6: closing with unread bytes would reset the connection and may destroy the answer on its way.
  set_deadline(Loop::ticks(kLinger));
  while (!expired_ && transport_.discard() != Io::kEnd) {
    Readiness ready(*this, Io::kWantRead);
    co_await ready;
  }
}

// Answers every complete request that has been received, as far as the handler finishes inline.
Connection::Need Connection::serve() {
  for (;;) {
    if (streaming_) return Need::kPiece;
    if (closing_) return Need::kClose;
    if (out_.size() >= kFlushBytes) return Need::kFlush;
    if (in_.size() == 0) return Need::kInput;
    if (taking_ == Taking::kIntake) {
      taking_ = Taking::kNothing;
      if (const Need need = take_in(intake); need != Need::kInput) return need;
      continue;
    }
    if (taking_ != Taking::kNothing) {
      if (const Need need = take_body(); need != Need::kInput || taking_ != Taking::kNothing) return need;
      continue;
    }
    std::size_t size = in_.size();
    const Progress progress = parser_.advance(in_.begin(), size, request);
    in_.truncate(size);
    if (progress == Progress::kRefused) {
      refuse(parser_.status());
    } else if (progress == Progress::kNeedMore) {
      if (parser_.take_continue()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      return Need::kInput;
    } else if (progress == Progress::kBody) {
      if (const Need need = begin_body(); need != Need::kInput) return need;
    } else if (const Need need = handle_request(); need != Need::kInput) {
      return need;
    }
  }
}

void Connection::abandon() {
  transport_.close();
  Answer expected = Answer::kWaitedFor;
  answer_.compare_exchange_strong(expected, Answer::kAbandoned, std::memory_order_acq_rel);
}

}  // namespace gatehouse::http
