// Request and response as the server and the router share them. A request is views into the connection's buffer: they
// live until the exchange is finished; what must outlive it is copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view name(Method method);

struct Header {
  std::string_view name;
  std::string_view value;
};

struct Request {
  Method method = Method::kOther;
  std::string_view target;  // as received
  std::string_view path;    // before '?', still percent-encoded
  std::string_view query;   // after '?', without it
  std::vector<Header> headers;
  std::string_view body;
  std::string_view remote_address;  // of the peer, textual, without port

  // The first header of that name (case-insensitive), or nothing.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // a literal; empty with an empty body
  std::vector<std::pair<std::string_view, std::string>>
      headers;  // names are literals; values must be free of CR and LF
  std::string body;
  bool close = false;  // close the connection after this answer

  void clear() {
    status = 200;
    content_type = "application/json";
    headers.clear();
    body.clear();
    close = false;
  }
};

// One request and its answer. `finish` may be called from any thread, exactly once, inside or after Handler::handle;
// request and response stay valid until then.
class Exchange {
 public:
  virtual ~Exchange() = default;
  Request request;
  Response response;
  virtual void finish() = 0;
};

// What the server calls on an I/O thread for every well-formed request. Must not block. When it throws, the server
// answers 500 and closes: finish must not be called afterwards.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(Exchange& exchange) = 0;
};

}  // namespace gatehouse::http
