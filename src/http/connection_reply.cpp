// The connection's answers: of the handler, at once or in pieces, and the server's own refusals.
#include <spdlog/spdlog.h>

#include <exception>

#include "http/connection.hpp"
#include "http/connection_answer.hpp"
#include "http/server_loop.hpp"

namespace gatehouse::http {

Connection::Need Connection::handle_request() {
  answer_.store(Answer::kPending, std::memory_order_relaxed);
  deadline_ = request_deadline_ = 0;
  response.clear();
  request.remote_address = remote_;
  try {
    loop_->state().handler.handle(*this);
    return answer_.load(std::memory_order_acquire) == Answer::kFinished ? append_response() : Need::kAnswer;
  } catch (const std::exception& error) { return give_up(error.what()); } catch (...) {
    return give_up("unknown exception");
  }
}

Connection::Need Connection::give_up(std::string_view why) {
  spdlog::error("the handler failed: {}", why);
  closing_ = refused_ = true;
  append_problem(out_, 500, {loop_->date_line(), request.method == Method::kHead, true, false});
  return Need::kClose;
}

Connection::Need Connection::append_response() {
  AnswerFrame frame;
  frame.date_line = loop_->date_line();
  frame.head = request.method == Method::kHead;
  frame.http10 = parser_.http10();
  frame.close = response.close || !parser_.keep_alive() || loop_->state().draining.load(std::memory_order_relaxed);
  if (frame.head || response.status == 204 || response.status == 304) response.rest.reset();
  response.streamed = response.rest != nullptr || (response.streamed && frame.head);
  if (response.rest != nullptr && frame.http10) frame.close = true;  // that is how its end is told
  if (!append_answer(out_, response, frame)) {
    spdlog::error("a response with status {} cannot be sent", response.status);
    response.rest.reset();
  }
  closing_ = frame.close;
  streaming_ = response.rest != nullptr;
  return streaming_ ? Need::kPiece : end_response();
}

void Connection::ask_for_piece() {
  answer_.store(Answer::kPending, std::memory_order_relaxed);
  response.body.clear();
  response.rest->go_on();
}

void Connection::append_piece() {
  const Rest::State state = response.rest->state;
  broken_ = state == Rest::State::kBroken;
  if (broken_) {
    // Without chunks the end of the connection would pass for the end of the body.
    if (parser_.http10()) transport_.reset();
    return;
  }
  append_body_piece(out_, response.body, state == Rest::State::kComplete, parser_.http10());
  if (state == Rest::State::kMore) return;
  streaming_ = false;
  response.rest.reset();
  end_response();
}

Connection::Need Connection::end_response() {
  in_.consume(parser_.consumed());
  parser_.reset();
  drop_spool();
  // The server may have begun to stop while the answer went out.
  closing_ = closing_ || loop_->state().draining.load(std::memory_order_relaxed);
  return closing_ ? Need::kClose : Need::kInput;
}

void Connection::refuse(int status) {
  ServerState& state = loop_->state();
  auto& counter = status == 408 ? state.timed_out : status >= 500 ? state.bodies_refused : state.malformed;
  counter.fetch_add(1, std::memory_order_relaxed);
  closing_ = refused_ = true;
  taking_ = Taking::kNothing;
  drop_spool();
  AnswerFrame frame{loop_->date_line(), false, true, false};
  if (!render_refusal(status)) return append_problem(out_, status, frame);
  frame.head = request.method == Method::kHead;
  append_answer(out_, response, frame);
}

// In the words of whoever would have been asked; false when that cannot be known, or fails.
bool Connection::render_refusal(int status) {
  if (!parser_.recover(in_.begin(), request)) return false;
  request.remote_address = remote_;
  response.clear();
  try {
    return loop_->state().handler.render_refusal(request, status, response);
  } catch (const std::exception& error) { spdlog::error("the handler failed: {}", error.what()); } catch (...) {
    spdlog::error("the handler failed: unknown exception");
  }
  return false;
}

}  // namespace gatehouse::http
