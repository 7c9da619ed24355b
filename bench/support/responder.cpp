#include "support/responder.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <unordered_map>

namespace gatehouse::bench {
namespace {

std::vector<std::string> read_answers(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> answers;
  for (std::size_t size = 0; in >> size;) {
    in.get();
    answers.emplace_back(size, '\0');
    in.read(answers.back().data(), static_cast<std::streamsize>(size));
  }
  return answers;
}

// Takes whole requests off the beginning; how many.
int take_requests(std::string_view& in) {
  int taken = 0;
  for (;;) {
    const auto head = in.find("\r\n\r\n");
    if (head == std::string_view::npos) return taken;
    std::size_t length = 0;
    if (in[0] == 'P') {
      static constexpr std::string_view kLength = "\r\nContent-Length: ";
      if (const auto at = in.substr(0, head).find(kLength); at != std::string_view::npos) {
        std::from_chars(in.data() + at + kLength.size(), in.data() + head, length);
      }
    }
    if (in.size() < head + 4 + length) return taken;
    in.remove_prefix(head + 4 + length);
    ++taken;
  }
}

}  // namespace

int serve_bare(const std::string& file) {
  const auto answers = read_answers(file);
  if (answers.empty()) return 2;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 256) != 0) return 2;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("port %u\n", ntohs(address.sin_port));
  std::fflush(stdout);

  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::unordered_map<int, std::string> partial;
  std::size_t turn = 0;
  std::string out;
  static char buffer[65536];
  epoll_event events[64];
  for (;;) {
    const int ready = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      const int peer = events[i].data.fd;
      if (peer == listener) {
        event.data.fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        const int on = 1;
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      const auto got = recv(peer, buffer, sizeof(buffer), 0);
      if (got <= 0) {
        close(peer);
        partial.erase(peer);
        continue;
      }
      std::string_view in(buffer, static_cast<std::size_t>(got));
      auto& rest = partial[peer];
      if (!rest.empty()) in = rest.append(in);
      out.clear();
      for (int taken = take_requests(in); taken > 0; --taken) out += answers[turn++ % answers.size()];
      if (!out.empty() && send(peer, out.data(), out.size(), MSG_NOSIGNAL) < 0) continue;
      rest = std::string(in);
    }
  }
}

BareResponder::BareResponder(const std::string& directory, const std::vector<std::string>& answers, int core) {
  const std::string file = directory + "/answers";
  std::ofstream out(file, std::ios::binary);
  for (const auto& answer : answers) out << answer.size() << '\n' << answer;
  out.close();
  process_ = std::make_unique<Process>(std::vector<std::string>{"/proc/self/exe", "--bare-responder", file},
                                       std::vector<std::string>{}, core);
  const auto line = process_->line("port ");
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(5)));
}

LoadResult BareResponder::load(LoadPlan plan, std::vector<Exchange> exchanges) const {
  for (auto& exchange : exchanges) exchange.expected.clear();
  plan.port = port_;
  plan.server = process_->pid();
  return bench::load(plan, exchanges);
}

}  // namespace gatehouse::bench
