// An SMTP server of a few lines on a free port of this machine, for tests: it says what its script says, and keeps what it
// heard. One connection at a time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "mail/smtp_transport.hpp"

namespace gatehouse::mail::testing {

// What the server says instead of a reply: nothing more at all, or the end of the connection.
constexpr std::string_view kStalls = "(stalls)";
constexpr std::string_view kCloses = "(closes)";

struct SmtpScript {
  std::string greeting = "220 test ESMTP";
  std::vector<std::string> features{"SIZE 1000000", "SMTPUTF8"};
  // By verb, or "body" and "end" for the first line of a body and for its end: another answer than yes.
  std::map<std::string, std::string, std::less<>> answers{};
  bool leaves_after_mail = false;
};

class SmtpTestServer {
 public:
  explicit SmtpTestServer(SmtpScript script = {}) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 16);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~SmtpTestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
      ended_ = true;
    }
    thread_.join();
    ::close(listener_);
  }
  SmtpTestServer(const SmtpTestServer&) = delete;
  SmtpTestServer& operator=(const SmtpTestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void follow(SmtpScript script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }

  // The commands, bodies without their end and with their stuffing undone, and how many connections there were.
  std::vector<std::string> commands() { return copy(commands_); }
  std::vector<std::string> bodies() { return copy(bodies_); }
  std::size_t connections() {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  bool heard(std::string_view begin) {
    const auto all = commands();
    return std::any_of(all.begin(), all.end(), [&](const std::string& line) { return line.starts_with(begin); });
  }
  void wait_until_heard(std::string_view begin) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return std::any_of(commands_.begin(), commands_.end(), [&](const auto& line) { return line.starts_with(begin); });
    });
  }
  void wait_until_left() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return connections_ > 0 && connection_ < 0; });
  }

 private:
  std::vector<std::string> copy(const std::vector<std::string>& of) {
    const std::lock_guard lock(mutex_);
    return of;
  }
  std::string answer_to(std::string_view what, std::string_view otherwise) {
    const auto answers = script().answers;
    const auto found = answers.find(what);
    return found == answers.end() ? std::string(otherwise) : found->second;
  }

  SmtpScript script() {
    const std::lock_guard lock(mutex_);
    return script_;
  }
  std::string feature_lines() {
    const auto features = script().features;
    std::string lines;
    for (const auto& feature : features) lines += "250-" + feature + "\r\n";
    return lines;
  }

  void run() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      {
        const std::lock_guard lock(mutex_);
        connection_ = connection;
        ++connections_;
        if (ended_) ::shutdown(connection, SHUT_RDWR);
      }
      buffer_.clear();
      converse();
      const std::lock_guard lock(mutex_);
      ::close(connection);
      connection_ = -1;
      changed_.notify_all();
    }
  }

  // False: the conversation is over.
  bool say(std::string_view reply) {
    if (reply == kCloses) return false;
    if (reply == kStalls) {
      std::string line;
      while (hear(line)) continue;
      return false;
    }
    const std::string bytes = std::string(reply) + "\r\n";
    return ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  bool hear(std::string& line) {
    for (;;) {
      if (const std::size_t end = buffer_.find("\r\n"); end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return true;
      }
      char bytes[4096];
      const ssize_t size = ::recv(connection_, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      buffer_.append(bytes, static_cast<std::size_t>(size));
    }
  }

  void converse() {
    std::string line;
    if (!say(script().greeting)) return;
    while (hear(line)) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(line);
        changed_.notify_all();
      }
      const std::string verb = line.substr(0, line.find(' '));
      if (verb == "EHLO") {
        if (!say(answer_to(verb, feature_lines() + "250 OK"))) return;
      } else if (verb == "AUTH") {
        if (!authenticate()) return;
      } else if (verb == "STARTTLS") {
        say("220 go on");
        return;  // it has no TLS to go on with
      } else if (verb == "DATA") {
        const auto answer = answer_to(verb, "354 go on");
        if (!say(answer) || (answer.starts_with("354") && !body())) return;
      } else if (verb == "QUIT") {
        say(answer_to(verb, "221 bye"));
        return;
      } else if (!say(answer_to(verb, "250 OK"))) {
        return;
      }
    }
  }

  bool authenticate() {
    std::string line;
    if (!say("334 ") || !hear(line)) return false;
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(line);
    }
    return say(answer_to("AUTH", "235 welcome"));
  }

  bool body() {
    std::string line;
    std::string bytes;
    const auto first = answer_to("body", "");
    while (hear(line) && line != ".") {
      if (!first.empty()) return say(first);
      bytes += line.substr(line.starts_with('.') ? 1 : 0) + "\r\n";
    }
    const auto answer = answer_to("end", "250 kept");
    if (answer.starts_with('2') || answer == kCloses) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(std::move(bytes));
    }
    return say(answer) && !script().leaves_after_mail;
  }

  std::mutex mutex_;  // guards what tests read while the server speaks
  std::condition_variable changed_;
  SmtpScript script_;
  std::vector<std::string> commands_;
  std::vector<std::string> bodies_;
  std::size_t connections_ = 0;
  int connection_ = -1;
  bool ended_ = false;

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::string buffer_;  // of the server's thread
  std::thread thread_;
};

inline Message smtp_message(std::string to = "ana@example.test") {
  return {.id = *Uuid::parse("0190d2a0-0000-7000-8000-0000000000aa"),
          .host = "id.example.test",
          .created_at = *Timestamp::parse("2026-11-22T00:34:48Z"),
          .from = {"gatehouse@example.test", "Gatehouse"},
          .to = {std::move(to), "Ana"},
          .subject = "Hello",
          .text = "Señora:\n\n.\n..\nhttps://id.example.test/accept#token=abc\n",
          .html = "<p>Hello</p>\n"};
}

inline SmtpOptions options_for(const SmtpTestServer& server) {
  SmtpOptions options;
  options.server.host = "127.0.0.1";
  options.server.port = server.port();
  options.client_name = "id.example.test";
  // Long enough that no test can pass by them.
  options.connect_timeout = options.stall_timeout = options.total_timeout = std::chrono::minutes(10);
  return options;
}

inline SmtpScript answering(const std::string& to, std::string_view reply) {
  SmtpScript script;
  script.answers[to] = reply;
  return script;
}

}  // namespace gatehouse::mail::testing
