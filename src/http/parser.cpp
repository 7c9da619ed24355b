#include "http/parser.hpp"

#include <algorithm>
#include <cstring>

namespace gatehouse::http {
namespace {

// Method, blanks and version around the target.
constexpr std::size_t kMaxRequestLineBytes = kMaxTargetBytes + 64;

}  // namespace

void RequestParser::reset() {
  parsed_at_ = nullptr;
  begin_ = line_end_ = line_ = searched_ = head_end_ = consumed_ = 0;
  status_ = 0;
  body_begun_ = continued_ = false;
  body_ = Body::kUndecided;
}

Progress RequestParser::refuse(int status) {
  status_ = status;
  return Progress::kRefused;
}

bool RequestParser::take_continue() {
  if (parsed_at_ == nullptr || !framing_.expects_continue || continued_ || body_begun_) return false;
  continued_ = true;
  return true;
}

Progress RequestParser::advance(char* data, std::size_t& size, Request& request) {
  if (parsed_at_ == nullptr) {
    if (const Progress progress = find_head_end(data, size); progress != Progress::kComplete) return progress;
    if (const Progress progress = read_head(data, request); progress != Progress::kComplete) return progress;
  }
  if (body_ == Body::kUndecided) {
    if (asks_ && (framing_.chunked || framing_.content_length > 0)) return Progress::kBody;
    take_whole();
  }
  if (framing_.content_length > max_body_bytes_) return refuse(413);
  body_begun_ = size > head_end_;
  if (framing_.chunked) {
    const Progress progress = chunks_.advance(data, size);
    if (progress == Progress::kRefused) return refuse(chunks_.status());
    if (progress == Progress::kNeedMore) return progress;
    consumed_ = chunks_.end();
    return complete(data, chunks_.payload_end(), request);
  }
  if (size - head_end_ < framing_.content_length) return Progress::kNeedMore;
  consumed_ = head_end_ + static_cast<std::size_t>(framing_.content_length);
  return complete(data, consumed_, request);
}

// Beast accepts folded lines, and would wait for more after a bare LF: every line end is looked at here first.
Progress RequestParser::find_head_end(const char* data, std::size_t size) {
  // RFC 9112 2.2: one empty line before the request line is ignored.
  if (begin_ == 0 && size > 0 && data[0] == '\r') {
    if (size < 2) return Progress::kNeedMore;
    if (data[1] != '\n') return refuse(400);
    begin_ = line_ = searched_ = 2;
  }
  while (searched_ < size) {
    const void* found = std::memchr(data + searched_, '\n', size - searched_);
    if (found == nullptr) break;
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - data);
    if (const Progress progress = check_line(data, line_, end); progress != Progress::kNeedMore) return progress;
    line_ = searched_ = end + 1;
    if (end + 1 - begin_ > max_header_bytes_) return refuse(431);
  }
  searched_ = size;
  if (line_ == begin_ && size - begin_ > kMaxRequestLineBytes) return refuse_long_line();
  if (size - begin_ >= max_header_bytes_) return refuse(431);
  return Progress::kNeedMore;
}

// A line of the head, `end` at its LF. kComplete for the empty line after the last field.
Progress RequestParser::check_line(const char* data, std::size_t begin, std::size_t end) {
  if (end == begin || data[end - 1] != '\r') return refuse(400);  // bare LF
  const std::string_view line(data + begin, end - 1 - begin);
  if (begin == begin_) {
    // Told at once, so that HTTP/0.9 and HTTP/2 prefaces need not wait for a time-out.
    if (line.size() > kMaxRequestLineBytes) return refuse_long_line();
    if (line.size() < 9 || line.substr(line.size() - 9, 8) != " HTTP/1.") return refuse(400);
    line_end_ = end - 1;
    return Progress::kNeedMore;
  }
  if (line.empty()) {
    head_end_ = end + 1;
    return head_end_ - begin_ > max_header_bytes_ ? refuse(431) : Progress::kComplete;
  }
  if (line.front() == ' ' || line.front() == '\t') return refuse(400);  // RFC 9112 5.2: obs-fold
  return Progress::kNeedMore;
}

// Its beginning still tells whose words the refusal is in.
Progress RequestParser::refuse_long_line() {
  line_end_ = begin_ + kMaxRequestLineBytes;
  return refuse(414);
}

Progress RequestParser::read_head(const char* data, Request& request) {
  const int status = parse_head({data + begin_, head_end_ - begin_}, request, framing_);
  if (status != 0) return refuse(status);
  parsed_at_ = data;
  return Progress::kComplete;
}

Progress RequestParser::complete(const char* data, std::size_t body_end, Request& request) {
  // The buffer has moved while the body came in: the same head again gives the same views, in the right place.
  if (parsed_at_ != data) {
    if (const Progress progress = read_head(data, request); progress != Progress::kComplete) return progress;
  }
  request.body = {data + head_end_, body_end - head_end_};
  return Progress::kComplete;
}

void RequestParser::take_whole() {
  body_ = Body::kWhole;
  if (framing_.chunked) chunks_.start(head_end_, max_body_bytes_, max_header_bytes_);
}

bool RequestParser::take_in_pieces(std::uint64_t max_bytes) {
  body_ = Body::kInPieces;
  left_ = framing_.content_length;
  piece_ = 0;
  if (framing_.chunked) chunks_.start(head_end_, static_cast<std::size_t>(max_bytes), max_header_bytes_);
  return left_ <= max_bytes;
}

Progress RequestParser::advance_piece(char* data, std::size_t& size, Request& request, std::string_view& piece) {
  if (parsed_at_ != data) {
    if (const Progress progress = read_head(data, request); progress != Progress::kComplete) return progress;
  }
  body_begun_ = body_begun_ || size > head_end_;
  Progress progress = Progress::kNeedMore;
  if (framing_.chunked) {
    progress = chunks_.advance(data, size);
    if (progress == Progress::kRefused) return refuse(chunks_.status());
    piece_ = chunks_.payload_end() - head_end_;
    consumed_ = chunks_.end();
  } else {
    piece_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - head_end_));
    consumed_ = head_end_ + piece_;
    if (piece_ == left_) progress = Progress::kComplete;
  }
  piece = {data + head_end_, piece_};
  return progress;
}

void RequestParser::drop_piece(char* data, std::size_t& size) {
  if (framing_.chunked) return chunks_.drop_payload(head_end_, data, size);
  std::memmove(data + head_end_, data + head_end_ + piece_, size - head_end_ - piece_);
  size -= piece_;
  left_ -= piece_;
}

bool RequestParser::recover(const char* data, Request& request) {
  request.body = {};
  if (line_end_ == 0) return false;
  const std::string_view head(data + begin_, head_end_ > begin_ ? head_end_ - begin_ : 0);
  if (!head.empty() && parse_head(head, request, framing_) == 0) return true;
  return parse_request_line({data + begin_, line_end_ - begin_}, request);
}

}  // namespace gatehouse::http
