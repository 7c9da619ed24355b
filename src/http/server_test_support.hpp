// What the server's tests share: a small handler with answers inline and from another thread, and a raw client.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "http/server.hpp"

namespace gatehouse::http::testing {

// Paths: /later is answered by another thread, /hold when release() is called, /pieces in a hundred pieces; others say
// what was asked.
class TestHandler final : public Handler {
 public:
  static constexpr std::size_t kPieces = 100;
  static constexpr std::size_t kPieceBytes = 40'000;  // more than a TLS record

  TestHandler() : worker_([this] { work(); }) {}
  ~TestHandler() override {
    release();
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

  void handle(Exchange& exchange) override {
    const std::string_view path = exchange.request.path;
    if (path == "/throw") throw std::runtime_error("asked for");
    if (path == "/later" || path == "/hold") {
      const std::lock_guard lock(mutex_);
      (path == "/later" ? queue_ : held_).push_back(&exchange);
      changed_.notify_all();
      return;
    }
    answer(exchange);
    exchange.finish();
  }

  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_.empty(); });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.end(), held_.begin(), held_.end());
    held_.clear();
    changed_.notify_all();
  }

 private:
  class Pieces final : public Rest {
   public:
    explicit Pieces(Exchange& exchange) : exchange_(exchange) {}
    void go_on() override {
      exchange_.response.body.assign(kPieceBytes, 'z');
      if (++made_ == kPieces) state = State::kComplete;
      exchange_.finish();
    }

   private:
    Exchange& exchange_;
    std::size_t made_ = 1;
  };

  static void answer(Exchange& exchange) {
    const Request& request = exchange.request;
    Response& response = exchange.response;
    if (request.path == "/empty") {
      response.status = 204;
    } else if (request.path == "/split") {
      response.headers.emplace_back("Location", "/x\r\nSet-Cookie: stolen=1");
    } else if (request.path == "/close") {
      response.close = true;
    } else if (request.path == "/pieces") {
      response.content_type = "text/plain";
      response.streamed = true;
      response.body.assign(kPieceBytes, 'z');
      response.rest = std::make_unique<Pieces>(exchange);
    } else if (request.path == "/big") {
      response.content_type = "text/plain";
      response.body.assign(4 * 1024 * 1024, 'b');
    } else {
      response.content_type = "text/plain";
      response.headers.emplace_back("X-Peer", request.remote_address);
      response.body.append(name(request.method)).append(" ").append(request.path);
      response.body.append("?").append(request.query).append("|").append(request.body);
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Exchange* exchange = queue_.front();
      queue_.pop_front();
      lock.unlock();
      answer(*exchange);
      exchange->finish();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Exchange*> queue_;
  std::deque<Exchange*> held_;
  bool ended_ = false;
  std::thread worker_;
};

struct Answer {
  int status = 0;  // 0: the connection was closed before an answer was complete
  std::string head;
  std::string body;

  // Of a header, empty when absent.
  [[nodiscard]] std::string field(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
      const std::size_t end = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, end - at - 2);
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos && text::equal_ignoring_ascii_case(line.substr(0, colon), name)) {
        return line.substr(colon + 2);
      }
      at = end;
    }
    return {};
  }
};

// Blocking, with a limit that only a hanging test reaches.
class RawClient {
 public:
  // With a small receive buffer what is not read stays with the server.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the peer has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_output() const { ::shutdown(fd_, SHUT_WR); }

  // Without the body.
  Answer read_head() {
    Answer answer;
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    return answer;
  }
  // The next chunk of a body; empty when it was the last, nothing when the connection was closed before its end.
  std::optional<std::string> read_chunk() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    const std::size_t size = std::stoul(received_.substr(0, end), nullptr, 16);
    while (received_.size() < end + 2 + size + 2) {
      if (!receive()) return std::nullopt;
    }
    std::string chunk = received_.substr(end + 2, size);
    received_.erase(0, end + 2 + size + 2);
    return chunk;
  }
  Answer read(bool has_body = true) {
    Answer answer = read_head();
    if (has_body && answer.field("Transfer-Encoding") == "chunked") {
      for (;;) {
        const auto chunk = read_chunk();
        if (!chunk) return {};
        if (chunk->empty()) return answer;
        answer.body += *chunk;
      }
    }
    const std::string length = answer.field("Content-Length");
    if (has_body && !length.empty()) {
      const std::size_t size = std::stoul(length);
      while (received_.size() < size) {
        if (!receive()) return {};
      }
      answer.body = received_.substr(0, size);
      received_.erase(0, size);
    }
    return answer;
  }
  Answer ask(std::string_view bytes, bool has_body = true) {
    send(bytes);
    return read(has_body);
  }
  // True when the peer closes without another byte; false when it sends or does nothing for long.
  bool is_closed() {
    if (!received_.empty()) return false;
    char byte = 0;
    const ssize_t count = ::recv(fd_, &byte, 1, 0);
    return count == 0 || (count < 0 && errno == ECONNRESET);
  }
  // Everything until the peer closes; false when it does not.
  bool read_to_end(std::string& all) {
    while (receive()) {}
    all = std::exchange(received_, {});
    return ended_;
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  bool receive() {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    ended_ = count == 0 || (count < 0 && errno == ECONNRESET);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int fd_;
  std::string received_;
  bool ended_ = false;
};

struct RunningServer {
  TestHandler handler;
  std::unique_ptr<Server> server;
  explicit RunningServer(ServerOptions options = {}) {
    if (options.threads == 0) options.threads = 2;
    auto made = Server::listen(options, handler);
    if (!made) throw std::runtime_error(made.error().detail);
    server = std::move(made).value();
    server->start();
  }
  ~RunningServer() { handler.release(); }
  [[nodiscard]] RawClient client() const { return RawClient(server->port()); }
};

inline std::string get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body, std::string_view fields = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace gatehouse::http::testing
