#include "domain/connections/connection_store.hpp"

namespace gatehouse::domain::connection_store {
namespace {

std::uint32_t number(const sql::Row& row, int column) { return static_cast<std::uint32_t>(row.integer(column)); }

std::optional<InvitationId> maybe_invitation(const sql::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.id<InvitationId>(column));
}

Row read(const sql::Row& row) {
  return {row.id<ConnectionId>(0), {number(row, 1)}, {number(row, 2)}, maybe_invitation(row, 3)};
}

}  // namespace

void insert(sql::Tx& tx, const Row& row, Timestamp now) {
  tx.execute(
      "INSERT INTO connections (id, customer_no, agency_no, invitation_id, created_at) VALUES ($1, $2, $3, $4, $5)",
      {row.id, row.customer.value, row.agency.value, row.invitation, now});
}

std::optional<Row> find(sql::Tx& tx, const ConnectionId& id) {
  return tx.first("SELECT id, customer_no, agency_no, invitation_id FROM connections WHERE id = $1", {sql::Value(id)},
                  read);
}

std::vector<Row> of_organization(sql::Tx& tx, OrganizationNo organization) {
  std::vector<Row> found;
  tx.each("SELECT id, customer_no, agency_no, invitation_id FROM connections WHERE customer_no = $1 OR agency_no = $1",
          {organization.value}, [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

std::vector<RoleNo> roles(sql::Tx& tx, const ConnectionId& id) {
  std::vector<RoleNo> found;
  tx.each("SELECT role_no FROM connection_grants WHERE connection_id = $1 ORDER BY role_no", {sql::Value(id)},
          [&](const sql::Row& row) {
            found.push_back({number(row, 0)});
            return true;
          });
  return found;
}

void add_role(sql::Tx& tx, const ConnectionId& id, RoleNo role) {
  tx.execute("INSERT INTO connection_grants (connection_id, role_no) VALUES ($1, $2) ON CONFLICT DO NOTHING",
             {id, role.value});
}

void remove_role(sql::Tx& tx, const ConnectionId& id, RoleNo role) {
  tx.execute("DELETE FROM connection_grants WHERE connection_id = $1 AND role_no = $2", {id, role.value});
}

void erase(sql::Tx& tx, const ConnectionId& id) {
  tx.execute("DELETE FROM connection_grants WHERE connection_id = $1", {sql::Value(id)});
  tx.execute("DELETE FROM connections WHERE id = $1", {sql::Value(id)});
}

std::vector<Connection> list(sql::Tx& tx, OrganizationNo organization) {
  std::vector<Connection> found;
  tx.each(
      "SELECT c.id, c.invitation_id, c.customer_no, o.id, o.name, c.created_at FROM connections c JOIN organizations o "
      "ON o.no = CASE WHEN c.customer_no = $1 THEN c.agency_no ELSE c.customer_no END "
      "WHERE c.customer_no = $1 OR c.agency_no = $1 ORDER BY c.id DESC",
      {organization.value}, [&](const sql::Row& row) {
        found.push_back({row.id<ConnectionId>(0),
                         maybe_invitation(row, 1),
                         number(row, 2) == organization.value,
                         row.id<OrganizationId>(3),
                         std::string(row.text(4)),
                         {},
                         row.time(5)});
        return true;
      });
  return found;
}

void put_client_record(sql::Tx& tx, const Uuid& id, const Row& row, std::string_view name, Timestamp now) {
  tx.execute(
      "INSERT INTO client_records (agency_no, customer_no, id, name, connection_id, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agency_no, customer_no) DO UPDATE SET name = $4, connection_id = "
      "$5",
      {row.agency.value, row.customer.value, id, name, row.id, now});
}

void end_client_record(sql::Tx& tx, const ConnectionId& connection) {
  // With the name of that moment: the agency hears nothing of the customer afterwards.
  tx.execute(
      "UPDATE client_records SET name = (SELECT o.name FROM organizations o WHERE o.no = client_records.customer_no), "
      "connection_id = NULL WHERE (agency_no, customer_no) = "
      "(SELECT c.agency_no, c.customer_no FROM connections c WHERE c.id = $1)",
      {sql::Value(connection)});
}

void erase_client_records(sql::Tx& tx, OrganizationNo organization) {
  tx.execute("DELETE FROM client_records WHERE agency_no = $1 OR customer_no = $1", {organization.value});
}

std::vector<ClientRecord> client_records(sql::Tx& tx, OrganizationNo agency) {
  std::vector<ClientRecord> found;
  tx.each(
      "SELECT r.id, o.id, CASE WHEN r.connection_id IS NULL THEN r.name ELSE o.name END, r.connection_id, r.created_at "
      "FROM client_records r JOIN organizations o ON o.no = r.customer_no WHERE r.agency_no = $1 ORDER BY r.id DESC",
      {agency.value}, [&](const sql::Row& row) {
        found.push_back({row.id<Uuid>(0), row.id<OrganizationId>(1), std::string(row.text(2)),
                         row.is_null(3) ? std::nullopt : std::optional(row.id<ConnectionId>(3)), row.time(4)});
        return true;
      });
  return found;
}

void each(sql::Tx& tx, FunctionRef<void(const access::ConnectionFact&)> use) {
  access::ConnectionFact fact;
  tx.each(
      "SELECT c.id, c.customer_no, c.agency_no, g.role_no FROM connections c "
      "LEFT JOIN connection_grants g ON g.connection_id = c.id ORDER BY c.id, g.role_no",
      {}, [&](const sql::Row& row) {
        const auto id = row.id<ConnectionId>(0);
        if (fact.id != id) {
          if (!fact.id.is_nil()) use(fact);
          fact = {id, {number(row, 1)}, {number(row, 2)}, {}};
        }
        if (!row.is_null(3)) fact.roles.push_back({number(row, 3)});
        return true;
      });
  if (!fact.id.is_nil()) use(fact);
}

}  // namespace gatehouse::domain::connection_store
