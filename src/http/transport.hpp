// The bytes of one connection, with or without TLS, never blocking. OpenSSL works on the socket itself: asio's
// ssl::stream would keep 70 KiB of buffers for every idle connection.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace gatehouse::http {

// With the concrete executor: the type-erased one costs a microsecond a request.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPointer = std::unique_ptr<SSL, SslDeleter>;

enum class Io : std::uint8_t {
  kDone,
  kWantRead,   // call again when the socket is readable
  kWantWrite,  // call again when it is writable
  kEnd,        // closed by the peer, or broken
};

class Transport {
 public:
  // `ssl` is empty for plain text.
  Transport(Socket socket, SslPointer ssl);

  Io handshake();
  // kDone with count > 0. Precondition: room > 0.
  Io read(char* into, std::size_t room, std::size_t& count);
  Io write(const char* from, std::size_t size, std::size_t& count);
  // Bytes that have left the socket but were not read yet: the socket will not become readable for them.
  [[nodiscard]] bool pending() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }
  // Says that nothing more will be sent (close_notify, FIN); without waiting.
  void end_output();
  // From now on closing tells the peer that something was cut off (RST), not that it was the end.
  void reset();
  // Reads what the peer still sends and throws it away.
  Io discard();
  void close();
  Socket& socket() { return socket_; }

 private:
  Io outcome(int result);

  Socket socket_;
  SslPointer ssl_;
  bool broken_ = false;  // OpenSSL forbids further calls after a fatal error
};

}  // namespace gatehouse::http
