// Load over keep-alive connections from one thread, without pipelining; every answer is looked at.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::bench {

struct Exchange {
  std::string request;   // whole, with headers
  std::string expected;  // what the answer's body must hold; empty: anything
  int status = 200;
};

struct LoadPlan {
  std::uint16_t port = 0;
  int connections = 32;
  double seconds = 1;
  double warm_up_s = 0.2;
  double rate = 0;       // requests a second, evenly; 0: each connection as fast as it is answered
  std::size_t most = 0;  // send so many, each exchange once, without warm-up; 0: by time
  pid_t server = 0;      // whose CPU time counts
  bool spin = false;     // on a core of its own: never asleep, so that the server is not charged for waking it
};

struct LoadResult {
  std::uint64_t requests = 0;
  std::uint64_t wrong = 0;
  double seconds = 0;
  double cpu_us = 0;  // of the server, for each request
  double p50_us = 0;
  double p99_us = 0;
  std::string last_wrong{};  // an answer that was not as expected
  [[nodiscard]] double rate() const { return static_cast<double>(requests) / seconds; }
};

LoadResult load(const LoadPlan& plan, const std::vector<Exchange>& exchanges);
// One connection, on which one asks after the other.
class Conversation {
 public:
  explicit Conversation(std::uint16_t port);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  std::string ask(const std::string& request);  // the whole answer

 private:
  int peer_;
};
// One request on a connection of its own; the whole answer.
std::string ask(std::uint16_t port, const std::string& request);
std::string body_of(std::string_view answer);

std::string get(std::string_view path, std::string_view token);
std::string post(std::string_view path, std::string_view token, std::string_view body,
                 std::string_view media_type = "application/json");

}  // namespace gatehouse::bench
