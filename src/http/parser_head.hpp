// The head of a request: Beast's parser for the syntax, and on top of it what Beast lets through. Refuses whatever two
// recipients could read differently: that is what request smuggling lives on (RFC 9112 11.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/message.hpp"

namespace gatehouse::http {

inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;
inline constexpr std::size_t kMaxFields = 128;

struct Framing {
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool expects_continue = false;
  bool keep_alive = false;
  bool http10 = false;
};

// `bytes` is one head, from the request line to the empty line; line ends have been checked. Fills `request` with views
// into it (all but the body and the remote address). 0, or the status to refuse with.
int parse_head(std::string_view bytes, Request& request, Framing& framing);
// The request line alone, without its end, of a head that is refused: false when it makes no sense either.
bool parse_request_line(std::string_view line, Request& request);

}  // namespace gatehouse::http
