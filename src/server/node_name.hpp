// What this node is called among the others of its deployment: the same after a restart, so that what it had in hand when it
// was killed is its own again at once, and nobody has to wait until its claims are void. Kept in the data directory.
//
// Refuses to give two processes one name: the second one in a directory gets a name of its own, for as long as it lives, and
// so does one whose directory was copied from another machine.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "domain/nodes/node.hpp"

namespace gatehouse::server {

class NodeName {
 public:
  // Of a process that has no name to keep: a command, or where no file can be made.
  NodeName(Timestamp now, Random& random) : id_(domain::NodeId::make(now, random)) {}
  NodeName(const std::string& directory, Timestamp now, Random& random);
  ~NodeName();
  NodeName(const NodeName&) = delete;
  NodeName& operator=(const NodeName&) = delete;

  [[nodiscard]] const domain::NodeId& id() const { return id_; }

 private:
  domain::NodeId id_;
  int file_ = -1;  // locked while the name is used
};

}  // namespace gatehouse::server
