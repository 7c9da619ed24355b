// From an AuthZEN evaluation to the graph and back.
#pragma once

#include <variant>

#include "access/graph.hpp"
#include "protocol/authzen/evaluation.hpp"

namespace gatehouse::api::authzen {

// Views into the graph's view: render it before the view is left.
using Outcome = std::variant<gatehouse::authzen::Decision, gatehouse::authzen::ItemError>;

Outcome decide(const access::View& view, const access::Permissions& permissions, const Principal& caller,
               const gatehouse::authzen::Evaluation& in, Timestamp now);

}  // namespace gatehouse::api::authzen
