// Bodies that go to disk while they come. The head stays where it is, at the front of the buffer; behind it the body is
// gathered until the buffer is full, written by another thread, and dropped.
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "http/connection.hpp"
#include "http/connection_answer.hpp"
#include "http/server_loop.hpp"
#include "http/spool.hpp"

namespace gatehouse::http {
namespace {

constexpr std::size_t kPieceBytes = 128 * 1024;  // gathered before they are written
// The deadline of a slow sender moves with so many more: who sends a byte now and then makes none.
constexpr std::size_t kProgressBytes = 16 * 1024;

void raise_to(std::atomic<std::size_t>& most, std::size_t value) {
  std::size_t before = most.load(std::memory_order_relaxed);
  while (before < value && !most.compare_exchange_weak(before, value, std::memory_order_relaxed)) {}
}

}  // namespace

// One piece on its way to the disk. The pool drops what it has not begun when it goes; the exchange goes on even so.
class Connection::Store {
 public:
  explicit Store(Connection& of) : of_(&of) {}
  ~Store() {
    if (of_ != nullptr) end(false);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  void run() {
    bool stored = false;
    try {
      stored = of_->spooled->append(of_->piece_);
    } catch (const std::exception& error) { spdlog::error("a body cannot be kept: {}", error.what()); }
    end(stored);
  }

 private:
  void end(bool stored) {
    Connection& connection = *std::exchange(of_, nullptr);
    connection.stored_ = stored;
    connection.finish();  // maybe the end of it
  }

  Connection* of_;
};

// The head of a request with a body has come.
Connection::Need Connection::begin_body() {
  response.clear();
  request.remote_address = remote_;
  request.body = {};
  answer_.store(Answer::kPending, std::memory_order_relaxed);
  Intake how;
  try {
    how = loop_->state().handler.admit_body(*this);
  } catch (const std::exception& error) { return give_up(error.what()); } catch (...) {
    return give_up("unknown exception");
  }
  if (how.way != Intake::Way::kLater) return take_in(how);
  taking_ = Taking::kIntake;
  deadline_ = request_deadline_ = 0;
  return Need::kIntake;
}

Connection::Need Connection::take_in(const Intake& how) {
  if (how.way == Intake::Way::kSpooled) return begin_spool(how.max_bytes);
  if (how.way == Intake::Way::kWhole) {
    parser_.take_whole();
    return Need::kInput;
  }
  closing_ = refused_ = true;
  if (!append_answer(out_, response, {loop_->date_line(), false, true, false})) {
    spdlog::error("a response with status {} cannot be sent", response.status);
  }
  return Need::kClose;
}

Connection::Need Connection::begin_spool(std::uint64_t max_bytes) {
  ServerState& state = loop_->state();
  int status = 0;
  if (!parser_.take_in_pieces(max_bytes)) {
    status = 413;
  } else if (spooled = state.spools.open(); !spooled) {
    status = 503;
  }
  if (status != 0) {
    refuse(status);
    return Need::kClose;
  }
  in_.make_room_for(kPieceBytes);
  raise_to(state.spool_buffer_bytes, in_.capacity());
  taking_ = Taking::kPieces;
  told_ = 0;
  request_deadline_ = 0;
  return Need::kInput;
}

Connection::Need Connection::take_body() {
  if (taking_ == Taking::kAll) {
    taking_ = Taking::kNothing;
    return handle_request();
  }
  std::size_t size = in_.size();
  const Progress progress = parser_.advance_piece(in_.begin(), size, request, piece_);
  in_.truncate(size);
  if (progress == Progress::kRefused) {
    refuse(parser_.status());
    return Need::kClose;
  }
  if (progress == Progress::kComplete) {
    taking_ = Taking::kLastPiece;
    return Need::kStore;
  }
  if (parser_.take_continue()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  if (piece_.size() >= told_ + kProgressBytes) {
    told_ = piece_.size();
    request_deadline_ = 0;
  }
  return in_.free_size() > 0 ? Need::kInput : Need::kStore;
}

void Connection::store_piece() {
  answer_.store(Answer::kPending, std::memory_order_relaxed);
  const auto store = std::make_shared<Store>(*this);
  static_cast<void>(loop_->state().spools.writers().submit([store] { store->run(); }));
}

void Connection::piece_stored() {
  if (!stored_) return refuse(507);
  if (taking_ == Taking::kLastPiece) {
    taking_ = Taking::kAll;
    return;
  }
  std::size_t size = in_.size();
  parser_.drop_piece(in_.begin(), size);
  in_.truncate(size);
  told_ = 0;
  request_deadline_ = 0;
}

void Connection::drop_spool() {
  if (spooled) loop_->state().spools.discard(std::move(spooled));
}

}  // namespace gatehouse::http
