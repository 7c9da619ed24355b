#include "http/transport.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gatehouse::http {

Transport::Transport(Socket socket, SslPointer ssl) : socket_(std::move(socket)), ssl_(std::move(ssl)) {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  if (ssl_) {
    socket_.native_non_blocking(true, ignored);
    SSL_set_fd(ssl_.get(), socket_.native_handle());
    SSL_set_accept_state(ssl_.get());
  }
}

Io Transport::outcome(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return Io::kDone;
    case SSL_ERROR_WANT_READ: return Io::kWantRead;
    case SSL_ERROR_WANT_WRITE: return Io::kWantWrite;
    case SSL_ERROR_ZERO_RETURN: return Io::kEnd;
    default: broken_ = true; return Io::kEnd;
  }
}

Io Transport::handshake() {
  if (!ssl_) return Io::kDone;
  ERR_clear_error();
  return outcome(SSL_do_handshake(ssl_.get()));
}

Io Transport::read(char* into, std::size_t room, std::size_t& count) {
  if (ssl_) {
    ERR_clear_error();
    return outcome(SSL_read_ex(ssl_.get(), into, room, &count));
  }
  for (;;) {
    const ssize_t received = ::recv(socket_.native_handle(), into, room, MSG_DONTWAIT);
    if (received > 0) {
      count = static_cast<std::size_t>(received);
      return Io::kDone;
    }
    if (received < 0 && errno == EINTR) continue;
    return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? Io::kWantRead : Io::kEnd;
  }
}

Io Transport::write(const char* from, std::size_t size, std::size_t& count) {
  if (ssl_) {
    ERR_clear_error();
    return outcome(SSL_write_ex(ssl_.get(), from, size, &count));
  }
  for (;;) {
    const ssize_t sent = ::send(socket_.native_handle(), from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      count = static_cast<std::size_t>(sent);
      return Io::kDone;
    }
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Io::kWantWrite : Io::kEnd;
  }
}

void Transport::end_output() {
  if (ssl_ && !broken_ && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::reset() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
}

Io Transport::discard() {
  std::array<char, 16 * 1024> waste;
  for (int turn = 0; turn < 16; ++turn) {  // then it is the others' turn
    const ssize_t received = ::recv(socket_.native_handle(), waste.data(), waste.size(), MSG_DONTWAIT);
    if (received > 0 || (received < 0 && errno == EINTR)) continue;
    return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? Io::kWantRead : Io::kEnd;
  }
  return Io::kWantRead;
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace gatehouse::http
