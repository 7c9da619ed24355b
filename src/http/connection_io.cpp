// The connection's bytes in and out, how long it waits for them, and how much memory it keeps meanwhile.
#include "http/connection.hpp"
#include "http/server_loop.hpp"

namespace gatehouse::http {
namespace {

constexpr std::size_t kKeptBytes = 64 * 1024;  // what a buffer may keep between requests
constexpr std::uint32_t kTrimTicks = 4;        // an idle connection keeps buffers for a second

}  // namespace

Io Connection::send_some() {
  while (sent_ < out_.size()) {
    std::size_t count = 0;
    const Io io = transport_.write(out_.data() + sent_, out_.size() - sent_, count);
    if (io != Io::kDone) {
      set_deadline(Loop::ticks(loop_->state().options.write_timeout));
      return io;
    }
    sent_ += count;
  }
  out_.clear();
  sent_ = 0;
  deadline_ = 0;  // a handler may take longer than a peer
  return Io::kDone;
}

void Connection::await_request() {
  const ServerOptions& options = loop_->state().options;
  idle_ = in_.size() == 0;
  if (idle_) {
    idle_since_ = loop_->tick();
    set_deadline(Loop::ticks(options.idle_timeout));
    trim(kKeptBytes);
    return;
  }
  if (request_deadline_ == 0) request_deadline_ = loop_->tick() + Loop::ticks(options.request_timeout);
  deadline_ = request_deadline_;
}

Connection::Need Connection::receive() {
  in_.make_room();
  const std::size_t room = in_.free_size();
  std::size_t count = 0;
  const Io io = transport_.read(in_.free_begin(), room, count);
  if (io == Io::kEnd) return Need::kClose;
  if (io != Io::kDone) {
    want_ = io;
    return idle_ && loop_->state().draining.load(std::memory_order_relaxed) ? Need::kClose : Need::kInput;
  }
  in_.received(count);
  idle_ = false;
  want_ = count == room || transport_.pending() ? Io::kDone : Io::kWantRead;
  return Need::kInput;
}

void Connection::set_deadline(std::uint32_t after_ticks) { deadline_ = loop_->tick() + after_ticks; }

void Connection::trim(std::size_t limit) {
  if (in_.capacity() > limit) in_.release();
  if (out_.capacity() > limit) std::string().swap(out_);
  if (response.body.capacity() > limit) std::string().swap(response.body);
  if (request.headers.capacity() * sizeof(Header) > limit) std::vector<Header>().swap(request.headers);
}

void Connection::sweep() {
  const std::uint32_t now = loop_->tick();
  if (deadline_ != 0 && now >= deadline_) {
    deadline_ = 0;
    expired_ = true;
    boost::system::error_code ignored;
    transport_.socket().cancel(ignored);
  } else if (idle_ && now - idle_since_ == kTrimTicks) {
    trim(0);
  }
}

void Connection::drain() {
  boost::system::error_code ignored;
  if (idle_) transport_.socket().cancel(ignored);  // it looks once more for a request, and closes
}

}  // namespace gatehouse::http
