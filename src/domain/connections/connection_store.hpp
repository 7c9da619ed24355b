// The SQL of connections and of the agencies' client records.
#pragma once

#include "base/function_ref.hpp"
#include "domain/connections/connections.hpp"

namespace gatehouse::domain::connection_store {

struct Row {
  ConnectionId id;
  OrganizationNo customer;
  OrganizationNo agency;
  std::optional<InvitationId> invitation;
};

void insert(sql::Tx& tx, const Row& row, Timestamp now);
std::optional<Row> find(sql::Tx& tx, const ConnectionId& id);
std::vector<Row> of_organization(sql::Tx& tx, OrganizationNo organization);  // either side
std::vector<RoleNo> roles(sql::Tx& tx, const ConnectionId& id);
void add_role(sql::Tx& tx, const ConnectionId& id, RoleNo role);
void remove_role(sql::Tx& tx, const ConnectionId& id, RoleNo role);
void erase(sql::Tx& tx, const ConnectionId& id);
// `roles` is left to the caller. Newest first.
std::vector<Connection> list(sql::Tx& tx, OrganizationNo organization);

// Made, or the one there is taken up again.
void put_client_record(sql::Tx& tx, const Uuid& id, const Row& row, std::string_view name, Timestamp now);
void end_client_record(sql::Tx& tx, const ConnectionId& connection);
void erase_client_records(sql::Tx& tx, OrganizationNo organization);  // of either side
std::vector<ClientRecord> client_records(sql::Tx& tx, OrganizationNo agency);

void each(sql::Tx& tx, FunctionRef<void(const access::ConnectionFact&)> use);

}  // namespace gatehouse::domain::connection_store
