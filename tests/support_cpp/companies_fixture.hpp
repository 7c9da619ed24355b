// Two companies that may connect, over the Credentials fixture: ann administers Acme, ben Bolt; cid is a mere member of Acme,
// dot of Bolt. What a mail says is read from the outbox, as delivery reads it.
#pragma once

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::testing {

class Companies : public Credentials {
 public:
  Companies() {
    join(ann, acme.no, {"admin"});
    join(cid, acme.no, {});
    join(ben, bolt.no, {"admin"});
    join(dot, bolt.no, {});
    as_ann = at(ann, acme);
    as_ben = at(ben, bolt);
  }

  // Signed in, and active there.
  Principal at(const domain::User& user, const domain::Organization& organization) {
    auto who = as(user);
    who.active = organization.no;
    return who;
  }
  // Bolt to Acme's agency.
  [[nodiscard]] domain::NewInvitation for_bolt() const { return {ben.email, bolt.name, domain::Relation::kAgency}; }
  // Somebody whom nobody knows yet.
  static domain::NewInvitation for_stranger() {
    return {"new@stranger.example", "Stranger", domain::Relation::kAgency};
  }
  // A second later than what was made before, so that what is new is told from what is old.
  Result<domain::InvitationId> invite(const Principal& who, const domain::Organization& from,
                                      const domain::NewInvitation& input) {
    clock.advance_s(1);
    const auto permit = ledger->policy().permit<access::Action::kInvitationCreate>(who, from.id, now());
    if (!permit) return permit.error();
    return invitations->create(*permit, input);
  }
  // The secret in the link of the mail that was written last.
  [[nodiscard]] std::string token() const {
    std::string token;
    Timestamp newest;
    for (const auto& due : mails->due(1000)) {
      const auto link = due.mail.parameters.find("link");
      if (link == due.mail.parameters.end() || due.created_at < newest) continue;
      newest = due.created_at;
      token = link->second.substr(link->second.find("#token=") + 7);
    }
    return token;
  }
  std::string invited(const domain::NewInvitation& input) {
    need(invite(as_ann, acme, input));
    return token();
  }
  // `agency` becomes the agency of `customer`, with these roles there.
  ConnectionId connect(const domain::Organization& customer, const domain::Organization& agency,
                       const std::vector<std::string>& roles = {}) {
    ConnectionId made;
    unit([&](domain::Unit& unit) {
      made = domain::Connections::establish(unit, customer.no, agency.no,
                                            domain::InvitationId::make(unit.now(), unit.random()));
    });
    if (!roles.empty()) {
      need(connections->edit_roles(system<access::Action::kConnectionUpdate>(customer.no), made, {.add = roles}));
    }
    return made;
  }
  // Everything of the organization and itself, as far as nobody stands in the way.
  void remove_organization(const domain::Organization& organization) {
    unit([&](domain::Unit& unit) { memberships->erase_all(unit, organization.no); });
    need(organizations->remove(system<access::Action::kOrganizationDelete>(organization.no), {}));
  }
  void take_roles(const domain::User& user, OrganizationNo organization) {
    unit([&](domain::Unit& unit) {
      domain::Memberships::change_roles(unit, user.no, organization, {},
                                        unit.view().direct_roles(user.no, organization));
    });
  }
  void set_status(const domain::User& user, domain::UserStatus status) {
    domain::UserPatch patch;
    patch.status = status;
    need(users->update(system<access::Action::kAccountEdit>(platform), user.id, patch));
  }
  // Rows that an acceptance may leave behind.
  [[nodiscard]] std::vector<std::int64_t> left_behind() const {
    std::vector<std::int64_t> counts;
    for (const auto* table : {"users", "organizations", "memberships", "grants", "connections", "client_records",
                              "mails", "notifications", "changes", "invitations WHERE status = 'pending'"}) {
      counts.push_back(rows(table));
    }
    return counts;
  }
  std::string accept(const std::string& token, const std::optional<std::string>& password = {}) {
    return code(invitations->accept(token, password));
  }
  // Refused with that code, and nothing is left of the attempt.
  void expect_refused(const std::string& token, const std::string& expected,
                      const std::optional<std::string>& password = {}) {
    const auto before = left_behind();
    const auto revision = graph->revision();
    EXPECT_EQ(accept(token, password), expected);
    EXPECT_EQ(left_behind(), before);
    EXPECT_EQ(graph->revision(), revision);
  }
  std::vector<domain::Invitation> list(const Principal& who, const domain::Organization& at) {
    return need(invitations->list(permit<access::Action::kInvitationList>(who, at.id), {}, 100));
  }
  domain::Invitation listed(const Principal& who, const domain::Organization& at) { return list(who, at).at(0); }
  std::vector<domain::Connection> connections_of(const domain::Organization& organization) {
    return connections->list(system<access::Action::kConnectionList>(organization.no));
  }
  std::vector<domain::ClientRecord> clients_of(const domain::Organization& agency) {
    return connections->client_records(system<access::Action::kConnectionList>(agency.no));
  }
  // What an organization was told, newest first; of one unit, in no order.
  std::vector<std::string> told(OrganizationNo organization) {
    std::vector<std::string> events;
    for (const auto& one : notifications->list(system<access::Action::kNotificationList>(organization))) {
      events.push_back(one.event);
    }
    return events;
  }
  [[nodiscard]] std::vector<std::string> effective(const domain::User& user, OrganizationNo organization) const {
    std::vector<std::string> names;
    graph->read([&](const access::View& view) {
      const auto who = view.subject_user(user.id);
      if (!who) return;
      for (const auto no : view.effective(*who, organization, now()).list()) names.emplace_back(permissions.name(no));
    });
    return names;
  }

  domain::User ann = person("ann"), ben = person("ben"), cid = person("cid"), dot = person("dot");
  domain::Organization acme = organization("Acme"), bolt = organization("Bolt");
  Principal as_ann, as_ben;
};

}  // namespace gatehouse::testing
