// One connection: its bytes, its one exchange, used again for each request, and the coroutine that goes from one to
// the next. Everything but finish() happens on the thread of its loop.
//
// The coroutine type is our own and not asio::awaitable: it needs neither a frame nor a handler per operation, waits
// for Exchange::finish like for a socket, and its frame is owned by the connection and can be dropped wherever it
// waits.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/connection_buffer.hpp"
#include "http/message.hpp"
#include "http/parser.hpp"
#include "http/transport.hpp"

namespace gatehouse::http {

class Loop;

class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, Socket socket, SslPointer ssl);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  void finish() override;
  // By the loop on every tick: enforces the deadline, gives back the memory of an idle connection.
  void sweep();
  // Closes it when nothing is being asked or answered.
  void drain();
  // After the loop's thread has ended: what a handler has not finished lives on until it does, without a socket.
  void abandon();

  std::size_t slot = 0;  // where the loop keeps it

 private:
  struct Task {
    struct promise_type {  // NOLINT(readability-identifier-naming): the language asks for this name
      Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() noexcept {}
      void unhandled_exception() noexcept;
    };
    std::coroutine_handle<promise_type> handle;
  };
  class Readiness;
  class Answered;
  class Store;
  enum class Need : std::uint8_t { kInput, kAnswer, kIntake, kPiece, kStore, kFlush, kClose };
  enum class Answer : std::uint8_t { kPending, kWaitedFor, kFinished, kAbandoned };
  // What is being taken of a body; kIntake: it is being said how. Of a spooled one kAll: it is on disk, and its request is
  // to be handled.
  enum class Taking : std::uint8_t { kNothing, kIntake, kPieces, kLastPiece, kAll };

  Task run();
  void resume();
  Need serve();
  Need handle_request();
  Need begin_body();
  Need take_in(const Intake& how);
  Need begin_spool(std::uint64_t max_bytes);
  Need take_body();
  void store_piece();
  void piece_stored();
  void drop_spool();
  Need give_up(std::string_view why);
  Need append_response();
  void ask_for_piece();
  void append_piece();
  Need end_response();
  void refuse(int status);
  bool render_refusal(int status);
  Need receive();  // reads once; kInput, or kClose when nothing more is to be had
  void await_request();
  Io send_some();
  void trim(std::size_t limit);
  void set_deadline(std::uint32_t after_ticks);

  std::shared_ptr<Loop> loop_;  // first: goes last
  Transport transport_;
  std::string remote_;
  std::coroutine_handle<> frame_;
  InputBuffer in_;
  std::string out_;
  std::size_t sent_ = 0;
  RequestParser parser_;
  std::atomic<Answer> answer_{Answer::kPending};
  std::shared_ptr<Connection> keep_;  // while a handler that has not finished may outlive the server
  std::string_view piece_;            // of a spooled body, to be stored
  std::size_t told_ = 0;              // bytes of it that have moved the deadline
  Taking taking_ = Taking::kNothing;
  bool stored_ = false;
  Io want_ = Io::kWantRead;     // what the next read has to wait for; kDone: nothing
  std::uint32_t deadline_ = 0;  // tick; 0: none
  std::uint32_t request_deadline_ = 0;
  std::uint32_t idle_since_ = 0;  // tick
  bool idle_ = false;             // waits for the first byte of a request
  bool expired_ = false;
  bool closing_ = false;  // the last answer has been written to out_
  bool refused_ = false;
  bool streaming_ = false;  // the head of an answer has been written, and there is more of its body
  bool broken_ = false;     // there was more, but it cannot be had
};

}  // namespace gatehouse::http
