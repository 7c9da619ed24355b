// A node: one process that serves a deployment, from its start to its end. Several may serve one store at a time.
#pragma once

#include "access/types.hpp"

namespace gatehouse::domain {

// Made at start. Nil for the one process there can be, where the store lets in only one: what the process before it had is
// then its own.
using NodeId = Id<struct NodeNoun>;

}  // namespace gatehouse::domain
