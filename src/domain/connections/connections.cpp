#include "domain/connections/connections.hpp"

#include <algorithm>

#include "base/json_writer.hpp"
#include "domain/connections/connection_store.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/sessions/sessions.hpp"

namespace gatehouse::domain {
namespace {

namespace store = connection_store;
using access::Policy;
using access::View;

Error no_connection() { return not_found("connection.not_found", "There is no such connection."); }

std::string described(const View& view, const store::Row& row, const std::vector<RoleNo>& roles) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  if (const auto id = view.organization_id(row.customer)) writer.member("customerId", id->to_string());
  if (const auto id = view.organization_id(row.agency)) writer.member("agencyId", id->to_string());
  writer.key("roles").begin_array();
  for (const auto& name : role_names(view, roles)) writer.value(name);
  writer.end_array().end_object();
  return json;
}

bool concerns(const store::Row& row, OrganizationNo organization) {
  return row.customer == organization || row.agency == organization;
}

// The end of one, told to both sides; the rows of organizations that are about to go are told as well, and go with them.
void end_one(Unit& unit, const store::Row& row) {
  const auto before = described(unit.view(), row, store::roles(unit.tx(), row.id));
  store::end_client_record(unit.tx(), row.id);
  store::erase(unit.tx(), row.id);
  const auto revision = unit.record({.action = "connection.ended",
                                     .organization = row.customer,
                                     .target_kind = "connection",
                                     .target = row.id,
                                     .before = before,
                                     .after = {},
                                     .facts = {access::ConnectionGone{row.id}}});
  const auto tell = [&](OrganizationNo to, OrganizationNo of) {
    Notifications::tell(unit, to, revision,
                        {"connection.ended", row.invitation, row.id, Organizations::name_of(unit.tx(), of)});
  };
  tell(row.customer, row.agency);
  tell(row.agency, row.customer);
  Sessions::connection_changed(unit, row.customer, row.agency);
}

}  // namespace

std::vector<Connection> Connections::list(const access::Permit<access::Action::kConnectionList>& permit) const {
  std::vector<Connection> found;
  ledger_.read([&](sql::Tx& tx) { found = store::list(tx, permit.organization()); });
  ledger_.graph().read([&](const View& view) {
    auto entries = view.connections_of_customer(permit.organization());
    const auto outgoing = view.connections_of_agency(permit.organization());
    entries.insert(entries.end(), outgoing.begin(), outgoing.end());
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    for (auto& connection : found) {
      const auto entry = std::lower_bound(entries.begin(), entries.end(), connection.id,
                                          [](const auto& a, const ConnectionId& id) { return a.id < id; });
      if (entry != entries.end() && entry->id == connection.id) connection.roles = role_names(view, entry->roles);
    }
  });
  return found;
}

std::vector<ClientRecord> Connections::client_records(
    const access::Permit<access::Action::kConnectionList>& permit) const {
  std::vector<ClientRecord> found;
  ledger_.read([&](sql::Tx& tx) { found = store::client_records(tx, permit.organization()); });
  return found;
}

Result<Connections::Roles> Connections::roles(const access::Permit<access::Action::kConnectionGet>& permit,
                                              const ConnectionId& id) const {
  std::optional<store::Row> row;
  std::vector<RoleNo> assigned;
  ledger_.read([&](sql::Tx& tx) {
    row = store::find(tx, id);
    if (row) assigned = store::roles(tx, id);
  });
  if (!row || !concerns(*row, permit.organization())) return no_connection();
  return Roles{row->customer, std::move(assigned)};
}

Result<std::vector<std::string>> Connections::edit_roles(
    const access::Permit<access::Action::kConnectionUpdate>& permit, const ConnectionId& id, const RoleEdit& edit) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<std::vector<std::string>> {
    const auto row = store::find(unit.tx(), id);
    if (!row || !concerns(*row, permit.organization())) return no_connection();
    if (row->customer != permit.organization()) {
      return forbidden("connection.not_customer", "Only the customer decides what its agency may do.");
    }
    const auto held = store::roles(unit.tx(), id);
    const auto change = TRY(resolve(unit.view(), edit, held));
    TRY(Policy::may_assign(unit.view(), unit.permissions(), permit, row->customer, change.named));
    TRY(Policy::acts_in_own_right(unit.view(), permit, row->customer, change.added));
    if (change.added.empty() && change.removed.empty()) return role_names(unit.view(), held);
    for (const auto role : change.removed) store::remove_role(unit.tx(), id, role);
    for (const auto role : change.added) store::add_role(unit.tx(), id, role);
    unit.record({.action = "connection.updated",
                 .organization = row->customer,
                 .target_kind = "connection",
                 .target = id,
                 .before = described(unit.view(), *row, held),
                 .after = described(unit.view(), *row, change.after),
                 .facts = {access::ConnectionFact{id, row->customer, row->agency, change.after}}});
    if (!change.removed.empty()) Sessions::connection_changed(unit, row->customer, row->agency);
    return role_names(unit.view(), change.after);
  });
}

Result<void> Connections::end(const access::Permit<access::Action::kConnectionEnd>& permit, const ConnectionId& id) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto row = store::find(unit.tx(), id);
    if (!row || !concerns(*row, permit.organization())) return no_connection();
    // One agency does not end another's.
    const auto& view = unit.view();
    if (row->agency == permit.organization() || !view.is_member(permit.principal().user, row->agency)) {
      TRY(Policy::acts_in_own_right(view, permit, permit.organization()));
    }
    end_one(unit, *row);
    return {};
  });
}

bool Connections::stands(const View& view, OrganizationNo customer, OrganizationNo agency) {
  const auto connections = view.connections_of_customer(customer);
  return std::any_of(connections.begin(), connections.end(),
                     [&](const View::ConnectionEntry& entry) { return entry.agency == agency; });
}

ConnectionId Connections::establish(Unit& unit, OrganizationNo customer, OrganizationNo agency,
                                    const InvitationId& invitation) {
  const store::Row row{ConnectionId::make(unit.now(), unit.random()), customer, agency, invitation};
  store::insert(unit.tx(), row, unit.now());
  store::put_client_record(unit.tx(), Uuid::v7(unit.now(), unit.random()), row,
                           Organizations::name_of(unit.tx(), customer), unit.now());
  unit.record({.action = "connection.created",
               .organization = customer,
               .target_kind = "connection",
               .target = row.id,
               .before = {},
               .after = described(unit.view(), row, {}),
               .facts = {access::ConnectionFact{row.id, customer, agency, {}}}});
  return row.id;
}

void Connections::organization_removed(Unit& unit, OrganizationNo organization) {
  for (const auto& row : store::of_organization(unit.tx(), organization)) end_one(unit, row);
  store::erase_client_records(unit.tx(), organization);
}

void Connections::load(sql::Tx& tx, access::Graph& graph) {
  store::each(tx, [&](const access::ConnectionFact& fact) { graph.load(fact); });
}

}  // namespace gatehouse::domain
