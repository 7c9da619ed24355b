#include "support/load.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <stdexcept>

#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

int connect_to(std::uint16_t port) {
  const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    throw std::runtime_error("nobody listens");
  const int on = 1;
  setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return peer;
}

void send_all(int peer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the server hung up");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// The size of a whole answer at the beginning of `bytes`, 0 when it is not whole yet.
std::size_t whole_answer(std::string_view bytes) {
  const auto head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  if (bytes.substr(0, head).find("\r\nTransfer-Encoding: chunked") != std::string_view::npos) {
    // Nothing is pipelined, so that the last chunk is the end of what has come.
    return bytes.ends_with("\r\n0\r\n\r\n") ? bytes.size() : 0;
  }
  static constexpr std::string_view kLength = "\r\nContent-Length: ";
  std::size_t length = 0;
  if (const auto at = bytes.substr(0, head).find(kLength); at != std::string_view::npos) {
    std::from_chars(bytes.data() + at + kLength.size(), bytes.data() + head, length);
  }
  return bytes.size() >= head + 4 + length ? head + 4 + length : 0;
}

int status_of(std::string_view answer) {
  int status = 0;
  if (answer.size() > 12) std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

struct Connection {
  int peer = -1;
  std::string in;
  std::size_t next = 0;  // exchange
  const Exchange* asked = nullptr;
  std::int64_t due = 0;
};

class Load {
 public:
  Load(const LoadPlan& plan, const std::vector<Exchange>& exchanges)
      : plan_(plan),
        exchanges_(exchanges),
        poll_(epoll_create1(EPOLL_CLOEXEC)),
        connections_(static_cast<std::size_t>(plan.connections)) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      auto& connection = connections_[i];
      connection.peer = connect_to(plan.port);
      connection.next = i * exchanges.size() / connections_.size();
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(poll_, EPOLL_CTL_ADD, connection.peer, &event);
      idle_.push_back(i);
    }
  }
  ~Load() {
    for (const auto& connection : connections_) close(connection.peer);
    close(poll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult run() {
    began_ = wall_ns();
    next_due_ = began_;
    if (plan_.most == 0 && plan_.warm_up_s > 0) until(began_ + static_cast<std::int64_t>(plan_.warm_up_s * 1e9));
    latencies_.clear();
    result_ = {};
    const auto cpu = process_cpu_ns(plan_.server);
    const auto from = wall_ns();
    until(plan_.most > 0 ? INT64_MAX : from + static_cast<std::int64_t>(plan_.seconds * 1e9));
    result_.seconds = static_cast<double>(wall_ns() - from) / 1e9;
    result_.requests = latencies_.size();
    result_.cpu_us = static_cast<double>(process_cpu_ns(plan_.server) - cpu) / 1e3 /
                     static_cast<double>(std::max<std::uint64_t>(1, result_.requests));
    result_.p50_us = quantile(latencies_, 0.5) / 1e3;
    result_.p99_us = quantile(latencies_, 0.99) / 1e3;
    return result_;
  }

 private:
  void until(std::int64_t end) {
    epoll_event events[64];
    for (;;) {
      const auto now = wall_ns();
      if (now >= end || (plan_.most > 0 && latencies_.size() >= plan_.most)) return;
      start_due(now);
      const auto pause = plan_.spin                         ? 0
                         : plan_.rate > 0 && !idle_.empty() ? std::max<std::int64_t>(0, next_due_ - wall_ns())
                                                            : 100'000'000;
      const timespec timeout{pause / 1'000'000'000, pause % 1'000'000'000};
      const int ready = epoll_pwait2(poll_, events, 64, &timeout, nullptr);
      for (int i = 0; i < ready; ++i) receive(events[i].data.u64);
    }
  }

  void start_due(std::int64_t now) {
    while (!idle_.empty() && (plan_.rate == 0 || next_due_ <= now)) {
      if (plan_.most > 0 && asked_ >= plan_.most) return;
      const auto index = idle_.front();
      idle_.pop_front();
      // From when it should have been sent: waiting for a free connection counts.
      ask(connections_[index], plan_.rate > 0 ? next_due_ : now);
      if (plan_.rate > 0) next_due_ += static_cast<std::int64_t>(1e9 / plan_.rate);
    }
  }

  void ask(Connection& connection, std::int64_t due) {
    // A counted load sends each exchange once; else each connection goes round from a place of its own.
    auto& next = plan_.most > 0 ? next_ : connection.next;
    connection.asked = &exchanges_[next];
    next = (next + 1) % exchanges_.size();
    connection.due = due;
    ++asked_;
    send_all(connection.peer, connection.asked->request);
  }

  void receive(std::size_t index) {
    auto& connection = connections_[index];
    char buffer[65536];
    const auto got = recv(connection.peer, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got == 0) throw std::runtime_error("the server hung up");
    if (got < 0) return;
    connection.in.append(buffer, static_cast<std::size_t>(got));
    const auto size = whole_answer(connection.in);
    if (size == 0) return;
    const auto now = wall_ns();
    latencies_.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(now - connection.due, UINT32_MAX)));
    const auto& asked = *connection.asked;
    const auto answer = std::string_view(connection.in).substr(0, size);
    if (status_of(answer) != asked.status ||
        (!asked.expected.empty() && answer.find(asked.expected) == std::string_view::npos)) {
      ++result_.wrong;
      result_.last_wrong = answer;
    }
    connection.in.erase(0, size);
    if (plan_.rate > 0 || plan_.most > 0) {
      idle_.push_back(index);
    } else {
      ask(connection, now);
    }
  }

  const LoadPlan& plan_;
  const std::vector<Exchange>& exchanges_;
  int poll_;
  std::vector<Connection> connections_;
  std::deque<std::size_t> idle_;
  std::vector<std::uint32_t> latencies_;
  LoadResult result_;
  std::int64_t began_ = 0;
  std::int64_t next_due_ = 0;
  std::size_t asked_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

LoadResult load(const LoadPlan& plan, const std::vector<Exchange>& exchanges) { return Load(plan, exchanges).run(); }

Conversation::Conversation(std::uint16_t port) : peer_(connect_to(port)) {}
Conversation::~Conversation() { close(peer_); }

std::string Conversation::ask(const std::string& request) {
  send_all(peer_, request);
  std::string answer;
  char buffer[65536];
  while (whole_answer(answer) == 0) {
    const auto got = recv(peer_, buffer, sizeof(buffer), 0);
    if (got <= 0) break;
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  return answer;
}

std::string ask(std::uint16_t port, const std::string& request) { return Conversation(port).ask(request); }

std::string body_of(std::string_view answer) {
  const auto head = answer.find("\r\n\r\n");
  return head == std::string_view::npos ? std::string() : std::string(answer.substr(head + 4));
}

std::string get(std::string_view path, std::string_view token) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", path, token);
}

std::string post(std::string_view path, std::string_view token, std::string_view body, std::string_view media_type) {
  const std::string authorization = token.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", token);
  return fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}", path,
                     authorization, media_type, body.size(), body);
}

}  // namespace gatehouse::bench
