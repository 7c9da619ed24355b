// The chunked coding (RFC 9112 7.1), decoded in place: the payload of all chunks comes to lie together. Beast's
// decoder is not used because it asserts on a last chunk that arrives byte by byte and waits for more after a bare
// LF. Refuses every deviation from the grammar; extensions and trailers are checked, bounded and thrown away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::http {

enum class Progress : std::uint8_t {
  kNeedMore,
  kComplete,
  kRefused,
  kBody,  // the head is complete, and it must be said how its body is to be taken
};

class ChunkDecoder {
 public:
  // Offsets are from the `data` of advance(); the coding begins at `from`, and so will the payload.
  void start(std::size_t from, std::size_t max_payload_bytes, std::size_t max_extra_bytes);
  // With kNeedMore, what is not yet decoded is moved to the end of the payload and `size` made smaller accordingly.
  Progress advance(char* data, std::size_t& size);

  // After kNeedMore: the payload so far, from `from` on, has gone elsewhere, and what follows it moves up.
  void drop_payload(std::size_t from, char* data, std::size_t& size);

  [[nodiscard]] std::size_t payload_end() const { return payload_end_; }
  [[nodiscard]] std::size_t end() const { return at_; }  // of the coding, when complete
  [[nodiscard]] int status() const { return status_; }   // when refused

 private:
  enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailer };
  Progress decode(char* data, std::size_t size);
  // The next line without its CRLF; nothing when it is not complete or `status_` has been set.
  std::optional<std::string_view> line(const char* data, std::size_t size);
  bool read_size(std::string_view line);
  Progress data_end(const char* data, std::size_t size);

  State state_ = State::kSize;
  int status_ = 0;
  std::size_t at_ = 0;  // first byte not decoded
  std::size_t payload_end_ = 0;
  std::size_t searched_ = 0;     // bytes after at_ known to hold no LF
  std::uint64_t remaining_ = 0;  // of the chunk
  std::size_t payload_left_ = 0;
  std::size_t extra_left_ = 0;
};

}  // namespace gatehouse::http
