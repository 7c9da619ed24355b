// Connections: an accepted link between a customer and an agency. The agency's members hold the connection's roles in the customer,
// as long as it stands: none at first, then what the customer gives. Refuses edits from the agency's side, roles above the
// giver's ceiling at the customer, and a second connection of the same two in the same relation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"
#include "domain/notifications/notifications.hpp"
#include "domain/roles/role_edit.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxAgencies = 200;  // of one customer: every decision there looks at them

// One connection, as one of its two sides sees it.
struct Connection {
  ConnectionId id;
  std::optional<InvitationId> invitation;
  bool is_customer = false;  // what the caller's organization is in it
  OrganizationId company;    // the other one
  std::string company_name;  // the other one's
  std::vector<std::string> roles;
  Timestamp created_at;
};

// An agency's own record of a customer. It outlives the connection, with the name it had last.
struct ClientRecord {
  Uuid id;
  OrganizationId company;
  std::string company_name;
  std::optional<ConnectionId> connection;  // none: it has ended
  Timestamp created_at;
};

class Connections {
 public:
  explicit Connections(Ledger& ledger) : ledger_(ledger) {}

  // Both directions, newest first.
  [[nodiscard]] std::vector<Connection> list(const access::Permit<access::Action::kConnectionList>& permit) const;
  // The agency's records, newest first.
  [[nodiscard]] std::vector<ClientRecord> client_records(
      const access::Permit<access::Action::kConnectionList>& permit) const;

  // The roles it carries, from either side. Errors: connection.not_found.
  struct Roles {
    OrganizationNo customer;
    std::vector<RoleNo> assigned;
  };
  [[nodiscard]] Result<Roles> roles(const access::Permit<access::Action::kConnectionGet>& permit,
                                    const ConnectionId& id) const;
  // By the customer; the names of the roles afterwards. Errors: connection.not_found, connection.not_customer,
  // access.through_agency, role.unknown, role.edit_invalid, access.ceiling.
  Result<std::vector<std::string>> edit_roles(const access::Permit<access::Action::kConnectionUpdate>& permit,
                                              const ConnectionId& id, const RoleEdit& edit);
  // From either side; every right through it is gone with the answer. Errors: connection.not_found,
  // access.through_agency (one agency ends another's).
  Result<void> end(const access::Permit<access::Action::kConnectionEnd>& permit, const ConnectionId& id);

  // Within a unit of work of another noun, whose proof covers it.
  static bool stands(const access::View& view, OrganizationNo customer, OrganizationNo agency);
  // The connection, without roles, and the agency's client record. Precondition: it does not stand.
  static ConnectionId establish(Unit& unit, OrganizationNo customer, OrganizationNo agency,
                                const InvitationId& invitation);
  // While the view still knows the organization.
  static void organization_removed(Unit& unit, OrganizationNo organization);
  static void load(sql::Tx& tx, access::Graph& graph);

 private:
  Ledger& ledger_;
};

}  // namespace gatehouse::domain
