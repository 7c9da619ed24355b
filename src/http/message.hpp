// Request and response as the server and the router share them. A request is views into the connection's buffer: they
// live until the exchange is finished; what must outlive it is copied.
#pragma once

#include <cstdint>
#include <memory>
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

// What is still to come of a body that is made while it is sent, so that an answer may be larger than memory. Owned by
// the response; goes with the last piece, or with the connection.
class Rest {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kBroken };
  virtual ~Rest() = default;
  // Puts the next piece, which may be empty, into response.body, says in `state` what follows it, and calls
  // Exchange::finish, from whatever thread. Must not block. Asked for when the piece before has left, and not earlier.
  // A broken rest ends the connection so that no client takes what it has for the whole.
  virtual void go_on() = 0;
  State state = State::kMore;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // a literal; empty with an empty body
  std::vector<std::pair<std::string_view, std::string>>
      headers;  // names are literals; values must be free of CR and LF
  std::string body;
  bool close = false;          // close the connection after this answer
  bool streamed = false;       // the body's length is not known when it begins
  std::unique_ptr<Rest> rest;  // none: `body` is all of it

  void clear() {
    status = 200;
    content_type = "application/json";
    headers.clear();
    body.clear();
    close = streamed = false;
    rest.reset();
  }
};

// How a body is to be taken, said when there is only the head.
struct Intake {
  enum class Way : std::uint8_t {
    kWhole,    // into memory, within the server's limit
    kSpooled,  // to disk while it comes
    kRefused,  // not at all: the response is the answer, and the connection is closed after it
    kLater,    // said in Exchange::intake when `finish` is called
  };
  Way way = Way::kWhole;
  std::uint64_t max_bytes = 0;  // of a spooled one
};

class Spool;

// One request and its answer. `finish` may be called from any thread, exactly once, inside or after Handler::handle, once
// for each Rest::go_on, and once for an Intake of kLater; request and response stay valid until then, and while there is a
// rest.
class Exchange {
 public:
  virtual ~Exchange() = default;
  Request request;
  Response response;
  std::shared_ptr<Spool> spooled;  // the body, when it was spooled; request.body is empty then
  Intake intake;                   // of the body, when it was not said at once; not kLater
  virtual void finish() = 0;
};

// What the server calls on an I/O thread for every well-formed request. Must not block. When it throws, the server
// answers 500 and closes: finish must not be called afterwards.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(Exchange& exchange) = 0;
  // What is to become of the body, asked before any of it is taken, on the same thread; of the request there is the head.
  // `finish` is called for kLater only. Must not block.
  virtual Intake admit_body(Exchange& exchange) {
    (void)exchange;
    return {};
  }
  // The server refuses a request itself, with `status`: it is malformed, too large or too late. Of it there are the
  // request line and, when they were readable, the headers. Renders the answer, whose status may be another one; false:
  // the server answers in its own words. The connection is closed after it.
  virtual bool render_refusal(const Request& request, int status, Response& response) {
    (void)request;
    (void)status;
    (void)response;
    return false;
  }
};

}  // namespace gatehouse::http
