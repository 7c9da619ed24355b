// Nodes on one PostgreSQL database, each a process of its own, or two in this one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/follower.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/postgres.hpp"

namespace gatehouse::bench {

// A database, and the data directory that it was copied from: its nodes need that one's master key. They all go by the same
// name, so that the tokens of one are good at the others, and at the SQLite store's own service at context.port.
struct Deployment {
  std::string url;
  std::string origin;
};

// A process that serves it; as Context::serve.
std::unique_ptr<Gatehouse> serve_node(const Context& context, const Deployment& deployment, std::uint16_t port,
                                      int core);

// A node in this process, with all that keeps its picture level with the others'.
class Node {
 public:
  Node(Context& context, const Deployment& deployment);
  [[nodiscard]] server::Core& core() const { return *core_; }

 private:
  std::unique_ptr<server::Core> core_;
  std::unique_ptr<server::Follower> follower_;
};

// POST /api/v1/orgs, each with another name that begins so.
std::vector<Exchange> organizations_to_make(const std::vector<std::string>& tokens, std::string_view name,
                                            std::size_t count);

// Makes organizations at one port with eight connections, until it ends.
class Writing {
 public:
  Writing(std::uint16_t port, std::string token, std::string name);
  ~Writing();
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  double stop();  // how many a second there were; throws when one was refused

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace gatehouse::bench
