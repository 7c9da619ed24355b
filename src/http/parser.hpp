// One request out of a byte buffer that fills piece by piece. Copies nothing: the request is views into the buffer.
// Refuses ambiguous framing and everything over the limits, with the status to answer; after a refusal the bytes that
// follow have no meaning and the connection must be closed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/message.hpp"
#include "http/parser_chunks.hpp"
#include "http/parser_head.hpp"

namespace gatehouse::http {

class RequestParser {
 public:
  // One that asks stops before every body, with kBody, until it is told how to take it.
  RequestParser(std::size_t max_header_bytes, std::size_t max_body_bytes, bool asks = false)
      : max_header_bytes_(max_header_bytes), max_body_bytes_(max_body_bytes), asks_(asks) {}

  // `data` is where the request begins, `size` all that has been received from there on, which may reach into the
  // next request. The buffer may have moved since the last call. A chunked body is joined in place, which can make
  // `size` smaller.
  Progress advance(char* data, std::size_t& size, Request& request);
  // After kBody. The one goes on with advance, the other with advance_piece.
  void take_whole();
  [[nodiscard]] bool take_in_pieces(std::uint64_t max_bytes);  // false: it says itself that it is longer
  // `piece`: what has come of the body, up to its end with kComplete, where it lies behind the head. After kNeedMore it may
  // grow with the next call, or be dropped, which makes `size` smaller. `data` and `size` as for advance.
  Progress advance_piece(char* data, std::size_t& size, Request& request, std::string_view& piece);
  void drop_piece(char* data, std::size_t& size);
  void reset();  // for the next request

  [[nodiscard]] int status() const { return status_; }              // of the refusal
  [[nodiscard]] std::size_t consumed() const { return consumed_; }  // bytes of the complete request
  [[nodiscard]] bool keep_alive() const { return framing_.keep_alive; }
  [[nodiscard]] bool http10() const { return framing_.http10; }
  // True once, when the peer waits for 100 before it sends a body that is acceptable (RFC 9110 10.1.1).
  bool take_continue();
  // What can be told of a request that is refused, or given up: its request line and, when they are complete and in
  // order, its headers. `data` as for advance. False when there is no request line that makes sense.
  bool recover(const char* data, Request& request);

 private:
  Progress refuse(int status);
  Progress find_head_end(const char* data, std::size_t size);
  Progress check_line(const char* data, std::size_t begin, std::size_t end);
  Progress refuse_long_line();
  Progress read_head(const char* data, Request& request);
  Progress complete(const char* data, std::size_t body_end, Request& request);

  enum class Body : std::uint8_t { kUndecided, kWhole, kInPieces };

  std::size_t max_header_bytes_;
  std::size_t max_body_bytes_;
  bool asks_;
  Body body_ = Body::kUndecided;
  std::uint64_t left_ = 0;           // of a body with a length that is taken in pieces
  std::size_t piece_ = 0;            // bytes of it behind the head
  const char* parsed_at_ = nullptr;  // where the buffer was when the views were made; nullptr: head not complete
  std::size_t begin_ = 0;            // of the request line, after an empty line
  std::size_t line_end_ = 0;         // of the request line; 0: not complete
  std::size_t line_ = 0;             // begin of the current line
  std::size_t searched_ = 0;
  std::size_t head_end_ = 0;
  std::size_t consumed_ = 0;
  int status_ = 0;
  bool body_begun_ = false;
  bool continued_ = false;
  Framing framing_;
  ChunkDecoder chunks_;
};

}  // namespace gatehouse::http
