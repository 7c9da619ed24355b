#include "http/parser_chunks.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace gatehouse::http {
namespace {

constexpr std::size_t kMaxLineBytes = 4 * 1024;

bool is_token(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
}

std::size_t token_length(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_token) - text.begin());
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }

// The length of a quoted-string at the front (RFC 9110 5.6.4), 0 when there is none.
std::size_t quoted_length(std::string_view text) {
  if (text.empty() || text.front() != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
    if (i < text.size() && !is_text(text[i])) return 0;
  }
  return 0;
}

// chunk-ext = *( ";" name [ "=" ( token / quoted-string ) ] ); the optional blanks of RFC 9112 7.1.1 are refused.
bool is_extension(std::string_view text) {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    const std::size_t name = token_length(text);
    if (name == 0) return false;
    text.remove_prefix(name);
    if (text.empty() || text.front() != '=') continue;
    text.remove_prefix(1);
    const std::size_t value = std::max(token_length(text), quoted_length(text));
    if (value == 0) return false;
    text.remove_prefix(value);
  }
  return true;
}

bool is_field(std::string_view line) {
  const std::size_t name = token_length(line);
  if (name == 0 || name == line.size() || line[name] != ':') return false;
  return std::all_of(line.begin() + static_cast<std::ptrdiff_t>(name) + 1, line.end(), is_text);
}

}  // namespace

void ChunkDecoder::start(std::size_t from, std::size_t max_payload_bytes, std::size_t max_extra_bytes) {
  *this = ChunkDecoder();
  at_ = from;
  payload_end_ = from;
  payload_left_ = max_payload_bytes;
  extra_left_ = max_extra_bytes;
}

Progress ChunkDecoder::advance(char* data, std::size_t& size) {
  const Progress progress = decode(data, size);
  if (progress == Progress::kNeedMore && at_ != payload_end_) {
    std::memmove(data + payload_end_, data + at_, size - at_);
    size -= at_ - payload_end_;
    at_ = payload_end_;
  }
  return progress;
}

void ChunkDecoder::drop_payload(std::size_t from, char* data, std::size_t& size) {
  std::memmove(data + from, data + at_, size - at_);
  size -= at_ - from;
  at_ = payload_end_ = from;
}

Progress ChunkDecoder::decode(char* data, std::size_t size) {
  for (;;) {
    if (state_ == State::kData) {
      const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, size - at_));
      if (at_ != payload_end_) std::memmove(data + payload_end_, data + at_, count);
      payload_end_ += count;
      at_ += count;
      remaining_ -= count;
      if (remaining_ > 0) return Progress::kNeedMore;
      state_ = State::kDataEnd;
    }
    if (state_ == State::kDataEnd) {
      if (const Progress progress = data_end(data, size); progress != Progress::kComplete) return progress;
      state_ = State::kSize;
    }
    const std::optional<std::string_view> text = line(data, size);
    if (!text) return status_ != 0 ? Progress::kRefused : Progress::kNeedMore;
    if (state_ == State::kSize) {
      if (!read_size(*text)) return Progress::kRefused;
    } else if (text->empty()) {
      return Progress::kComplete;
    } else if (!is_field(*text)) {
      status_ = 400;
      return Progress::kRefused;
    }
  }
}

Progress ChunkDecoder::data_end(const char* data, std::size_t size) {
  const std::string_view rest(data + at_, std::min<std::size_t>(size - at_, 2));
  if (rest != std::string_view("\r\n").substr(0, rest.size())) {
    status_ = 400;
    return Progress::kRefused;
  }
  if (rest.size() < 2) return Progress::kNeedMore;
  at_ += 2;
  return Progress::kComplete;
}

std::optional<std::string_view> ChunkDecoder::line(const char* data, std::size_t size) {
  const char* from = data + at_;
  const std::size_t available = size - at_;
  const void* found = available == searched_ ? nullptr : std::memchr(from + searched_, '\n', available - searched_);
  if (found == nullptr) {
    searched_ = available;
    if (available > kMaxLineBytes) status_ = state_ == State::kSize ? 400 : 431;
    return std::nullopt;
  }
  const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - from);
  searched_ = 0;
  if (length == 0 || from[length - 1] != '\r') {
    status_ = 400;
    return std::nullopt;
  }
  at_ += length + 1;
  const std::string_view text(from, length - 1);
  if (state_ == State::kTrailer) {
    if (text.size() > extra_left_) {
      status_ = 431;
      return std::nullopt;
    }
    extra_left_ -= text.size();
  }
  return text;
}

bool ChunkDecoder::read_size(std::string_view text) {
  status_ = 400;
  std::uint64_t size = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), size, 16);
  if (ec != std::errc()) return false;
  const std::string_view extension = text.substr(static_cast<std::size_t>(end - text.data()));
  // All extensions together are bounded: a body of one-byte chunks with long extensions is an attack.
  if (extension.size() > extra_left_ || !is_extension(extension)) return false;
  extra_left_ -= extension.size();
  if (size > payload_left_) {
    status_ = 413;
    return false;
  }
  status_ = 0;
  payload_left_ -= static_cast<std::size_t>(size);
  remaining_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return true;
}

}  // namespace gatehouse::http
