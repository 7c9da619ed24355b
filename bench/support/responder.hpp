// The bare loopback HTTP responder: epoll, one thread, finds the end of a request and sends fixed bytes. Nothing that
// serves HTTP can cost less; every answer over HTTP is held against it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/load.hpp"
#include "support/process.hpp"

namespace gatehouse::bench {

// The child's side: `gatehouse_bench --bare-responder FILE`.
int serve_bare(const std::string& file);

class BareResponder {
 public:
  // Sends these answers in turn. `directory` takes the file that hands them over.
  BareResponder(const std::string& directory, const std::vector<std::string>& answers, int core);
  [[nodiscard]] LoadResult load(LoadPlan plan, std::vector<Exchange> exchanges) const;

 private:
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

}  // namespace gatehouse::bench
