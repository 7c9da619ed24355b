// Child processes: the real service, the bare responder, a script. Each dies with this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::bench {

class Process {
 public:
  // `core` < 0: any. Its stdout is read; stderr is shown only when `loud`.
  Process(const std::vector<std::string>& command, const std::vector<std::string>& environment, int core,
          bool loud = true);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of stdout that begins so; throws when the process ends before.
  std::string line(const std::string& beginning);
  // All that is left of stdout, and the exit status.
  int wait(std::string& output);
  void stop();  // SIGTERM, and waits
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string read_;
};

// `gatehouse serve` on a data directory, listening at `port`.
struct ServerStart {
  std::string data;
  std::uint16_t port = 0;
  int core = -1;                         // with one I/O thread when given
  std::vector<std::string> environment;  // NAME=value
};
class Gatehouse {
 public:
  explicit Gatehouse(const ServerStart& start);  // returns when it serves
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] double ready_ms() const { return ready_ms_; }
  [[nodiscard]] double ready_cpu_ms() const { return ready_cpu_ms_; }
  void stop() { process_.stop(); }

 private:
  std::int64_t began_;
  Process process_;
  double ready_ms_ = 0;
  double ready_cpu_ms_ = 0;
};

std::uint16_t free_port();
std::string issuer_of(std::uint16_t port);

}  // namespace gatehouse::bench
