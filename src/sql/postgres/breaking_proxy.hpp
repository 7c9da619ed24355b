// For tests: stands between a client and a PostgreSQL server, as a Unix socket of its own, and breaks off at a COMMIT: before
// the server gets it, or after the server has done it and before the client hears of it.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse::sql {

class BreakingProxy {
 public:
  enum class Break : int { kNever, kBeforeCommit, kAfterCommit };

  // `folder`: for its socket; `server`: the path of the server's.
  BreakingProxy(const std::string& folder, std::string server)
      : path_(folder + "/.s.PGSQL.5432"), server_(std::move(server)), listener_(listen()) {
    acceptor_ = std::thread([this] { accept(); });
  }
  ~BreakingProxy() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : pumps_) thread.join();
    ::close(listener_);
  }
  BreakingProxy(const BreakingProxy&) = delete;
  BreakingProxy& operator=(const BreakingProxy&) = delete;

  // At the next COMMIT that passes, once.
  void break_at_commit(Break how) { how_ = how; }
  [[nodiscard]] int broken() const { return broken_; }
  // While it refuses, every new connection is closed at once.
  void refuse(bool refuse) { refuses_ = refuse; }

 private:
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  [[nodiscard]] int listen() const {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(path_);
    if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(made, 16) != 0)
      throw std::runtime_error("no socket for the proxy");
    return made;
  }
  void accept() {
    while (!stopping_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) continue;
      if (refuses_) {
        ::close(client);
        continue;
      }
      pumps_.emplace_back([this, client] { pump(client); });
    }
  }
  void pump(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(server_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) forward(client, server);
    ::close(server);
    ::close(client);
  }
  void forward(int client, int server) {
    std::array<char, 65536> buffer{};
    bool mute = false;  // the server's answers go nowhere
    while (!stopping_) {
      std::array<pollfd, 2> ready{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
      ::poll(ready.data(), 2, 50);
      for (const int side : {0, 1}) {
        if (ready.at(static_cast<std::size_t>(side)).revents == 0) continue;
        const ssize_t got = ::recv(side == 0 ? client : server, buffer.data(), buffer.size(), 0);
        if (got <= 0) return;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        if (side == 0 && bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos) {
          const Break how = how_.exchange(Break::kNever);
          if (how != Break::kNever) ++broken_;
          if (how == Break::kBeforeCommit) return;
          mute = mute || how == Break::kAfterCommit;
        }
        if (side == 1 && mute) {
          // "CommandComplete COMMIT": it is done there.
          if (bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos) return;
          continue;
        }
        ::send(side == 0 ? server : client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      }
    }
  }

  const std::string path_;
  const std::string server_;
  const int listener_;
  std::atomic<Break> how_{Break::kNever};
  std::atomic<int> broken_{0};
  std::atomic<bool> refuses_{false};
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
  std::vector<std::thread> pumps_;  // of the acceptor's thread
};

}  // namespace gatehouse::sql
