// Turns: work that the nodes of a deployment would only hinder each other at, so one of them does it at a time. A turn is
// taken within the unit of the work itself and lasts for seconds; while the work goes on it is prolonged, and when its node
// is gone another takes it. Not a lock: nothing may depend on it for being right, only for being quick and considerate.
#pragma once

#include <string_view>

#include "domain/changes/ledger.hpp"
#include "domain/nodes/node.hpp"

namespace gatehouse::domain {

class Turns {
 public:
  static constexpr std::int64_t kLength_s = 10;  // others wait kClockTolerance_s more

  // Whether another node has the turn: then there is no use in trying.
  static bool is_elsewhere(sql::Tx& tx, std::string_view work, const NodeId& node, Timestamp now);
  static bool is_held_by(sql::Tx& tx, std::string_view work, const NodeId& node);
  // Takes or prolongs it; false: another node has it.
  static bool take(Unit& unit, std::string_view work, const NodeId& node);
  // Anybody's at once, when it is the node's.
  static void give_back(Unit& unit, std::string_view work, const NodeId& node);
};

}  // namespace gatehouse::domain
