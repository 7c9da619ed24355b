// The HTTP/1.1 server: Boost.Asio and Beast's parser, one io_context per core, TLS 1.2 and 1.3.
//
// Refuses what is ambiguous (Content-Length together with Transfer-Encoding, a bad chunk, a bare LF, two Host or
// differing Content-Length headers: 400 and close, RFC 9112 6.3, 11.2) and what is too much (431, 413, 408). Nothing
// a peer sends makes it grow without bound.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace gatehouse::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;            // 0: a free one, see Server::port
  int threads = 0;                   // 0: one per core
  std::string tls_certificate_file;  // PEM chain; empty: no TLS
  std::string tls_key_file;
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 1024 * 1024;
  std::string spool_directory = "/tmp";  // of bodies that go to disk while they come
  std::size_t max_spooled_bodies = 16;   // at a time; each may be as large as its endpoint lets it
  std::size_t max_connections = 20'000;
  std::chrono::seconds idle_timeout{75};  // between requests
  // From a request's first byte to its last (slow senders); of a spooled body from each 16 KiB to the next.
  std::chrono::seconds request_timeout{20};
  std::chrono::seconds write_timeout{30};  // without progress of the peer
};

struct ServerCounters {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  // over max_connections
  std::uint64_t requests_malformed = 0;
  std::uint64_t requests_timed_out = 0;
  std::uint64_t bodies_spooled = 0;      // now
  std::uint64_t bodies_refused = 0;      // for want of a place or of room on the disk
  std::uint64_t spool_buffer_bytes = 0;  // of memory, the most that one of them has taken
};

class Server {
 public:
  // Binds and listens. Errors, one sentence that says what to do: address taken, address not to be had, certificate
  // or key unreadable.
  static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, Handler& handler);
  ~Server();  // stops at once

  [[nodiscard]] std::uint16_t port() const;
  void start();  // starts the I/O threads and returns
  // Stops accepting, closes idle connections, lets requests in flight finish for at most `grace`, then stops the
  // threads.
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] ServerCounters counters() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatehouse::http
