#include "support/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "support/measure.hpp"

extern char** environ;

namespace gatehouse::bench {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> clean_environment(const std::vector<std::string>& extra) {
  std::vector<std::string> kept;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string entry = *at;
    if (!entry.starts_with("GATEHOUSE_")) kept.push_back(entry);
  }
  kept.insert(kept.end(), extra.begin(), extra.end());
  return kept;
}

std::vector<std::string> serve_command(const ServerStart& start) {
  std::vector<std::string> command{
      GATEHOUSE_BINARY,      "serve",      "--data", start.data, "--listen", "127.0.0.1:" + std::to_string(start.port),
      "--management-listen", "127.0.0.1:0"};
  if (start.core >= 0) command.insert(command.end(), {"--io-threads", "1"});
  return command;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& environment, int core,
                 bool loud) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const auto arguments = pointers(command);
  const auto variables = clean_environment(environment);
  const auto variable_pointers = pointers(variables);
  pid_ = vfork();
  if (pid_ == 0) {
    dup2(ends[1], 1);
    if (!loud) dup2(open("/dev/null", O_WRONLY), 2);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < cores(); ++i) {
      if (core < 0 || core % cores() == i) CPU_SET(i, &set);
    }
    sched_setaffinity(0, sizeof(set), &set);
    execvpe(arguments[0], arguments.data(), variable_pointers.data());
    _exit(127);
  }
  close(ends[1]);
  out_ = ends[0];
  if (pid_ < 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  stop();
  close(out_);
}

std::string Process::line(const std::string& beginning) {
  for (;;) {
    for (auto end = read_.find('\n'); end != std::string::npos; end = read_.find('\n')) {
      std::string found = read_.substr(0, end);
      read_.erase(0, end + 1);
      if (found.starts_with(beginning)) return found;
    }
    char buffer[4096];
    const auto got = read(out_, buffer, sizeof(buffer));
    if (got <= 0) throw std::runtime_error("the process ended before it wrote \"" + beginning + "\"");
    read_.append(buffer, static_cast<std::size_t>(got));
  }
}

int Process::wait(std::string& output) {
  char buffer[65536];
  for (ssize_t got = 0; (got = read(out_, buffer, sizeof(buffer))) > 0;)
    read_.append(buffer, static_cast<std::size_t>(got));
  output = std::move(read_);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Process::stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Gatehouse::Gatehouse(const ServerStart& start)
    : began_(wall_ns()), process_(serve_command(start), start.environment, start.core, false) {
  process_.line("Gatehouse serves");
  ready_ms_ = static_cast<double>(wall_ns() - began_) / 1e6;
  ready_cpu_ms_ = static_cast<double>(process_cpu_ns(process_.pid())) / 1e6;
}

std::uint16_t free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  close(listener);
  return ntohs(address.sin_port);
}

std::string issuer_of(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace gatehouse::bench
