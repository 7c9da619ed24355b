#include "domain/load_graph.hpp"

#include "domain/api_tokens/api_tokens.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/clients/clients.hpp"
#include "domain/connections/connections.hpp"
#include "domain/memberships/membership_store.hpp"
#include "domain/organizations/organization_store.hpp"
#include "domain/roles/role_store.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/users/user_store.hpp"

namespace gatehouse::domain {

Revision load_graph(sql::Database& database, access::Graph& graph) {
  Revision revision = 0;
  database.read_at_length([&](sql::Tx& tx) {
    revision = Ledger::head(tx);
    // In the order of the Fact variant, which the graph counts on.
    organization_store::load(tx, graph);
    user_store::load(tx, graph);
    role_store::load(tx, graph);
    membership_store::load(tx, graph);
    Connections::load(tx, graph);
    Clients::load(tx, graph);
    ApiTokens::load(tx, graph);
    Sessions::load(tx, graph);
    graph.finish_load(revision);
  });
  return revision;
}

}  // namespace gatehouse::domain
