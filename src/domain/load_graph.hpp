// Builds the graph from the store: one snapshot, one pass over every table the graph is made of.
#pragma once

#include "access/graph.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain {

// Loads everything and publishes; the revision of the snapshot. Before the first read of the graph.
Revision load_graph(sql::Database& database, access::Graph& graph);

}  // namespace gatehouse::domain
