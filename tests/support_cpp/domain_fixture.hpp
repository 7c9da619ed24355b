// A whole domain over a real store in a directory of its own: what the service is, without HTTP. The clock stands
// still.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "domain/authentication/credential_dependents.hpp"
#include "domain/changes/changes.hpp"
#include "domain/directory/directory_dependents.hpp"
#include "domain/invitations/invitation_dependents.hpp"
#include "domain/load_graph.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/roles/roles.hpp"
#include "domain/schema.hpp"
#include "domain/users/users.hpp"
#include "support_cpp/test_store.hpp"

namespace gatehouse::testing {

// The value of a result that has to be one.
template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(std::string(result.error().code) + ": " + result.error().detail);
  return std::move(result).value();
}
inline void need(Result<void> result) {
  if (!result) throw std::runtime_error(std::string(result.error().code) + ": " + result.error().detail);
}

// The code of a refusal, or "ok".
template <class T>
std::string code(const Result<T>& result) {
  return result ? "ok" : std::string(result.error().code);
}

class Domain {
 public:
  explicit Domain(std::span<const domain::RoleDefinition> extra_roles = {}) : database(store.open()) {
    need(database->migrate(domain::migrations()));
    need(domain::register_permissions(permissions, extra_roles));
    graph = std::make_unique<access::Graph>(permissions);
    domain::load_graph(*database, *graph);
    ledger = std::make_unique<domain::Ledger>(*database, *graph, clock, random);
    need(domain::Roles(*ledger).sync(extra_roles));
    memberships = std::make_unique<domain::Memberships>(*ledger, dependents);
    organizations = std::make_unique<domain::Organizations>(*ledger, *memberships, dependents);
    users = std::make_unique<domain::Users>(*ledger, *memberships, dependents);
    changes = std::make_unique<domain::Changes>(*ledger);
    platform = need(organizations->ensure_platform());
  }

  [[nodiscard]] Timestamp now() const { return clock.now(); }

  // A unit of the service's own.
  template <class F>
  void unit(F&& work) {
    need(ledger->unguarded("test", Principal::system(), [&](domain::Unit& unit) -> Result<void> {
      work(unit);
      return {};
    }));
  }

  // With a password that nobody knows: one that could sign in.
  domain::User user(const std::string& name) { return account(name, std::string("no hash")); }
  // Without one.
  domain::User newcomer(const std::string& name) { return account(name, std::nullopt); }
  // Below `parent`, or at the top; without anybody in it.
  domain::Organization organization(const std::string& name, OrganizationNo parent = {}) {
    domain::Organization made;
    unit([&](domain::Unit& unit) {
      made = need(domain::Organizations::insert(unit, parent ? parent : platform, {name, "", {}}));
    });
    return made;
  }
  RoleNo role(const std::string& name) const {
    RoleNo no;
    graph->read([&](const access::View& view) { no = view.find_role(name); });
    if (!no) throw std::runtime_error("no role " + name);
    return no;
  }
  void join(const domain::User& user, OrganizationNo organization, const std::vector<std::string>& roles) {
    std::vector<RoleNo> numbers;
    for (const auto& name : roles) numbers.push_back(role(name));
    unit([&](domain::Unit& unit) { domain::Memberships::put(unit, user.no, organization, numbers); });
  }
  // The user as a signed-in person, in a session that the graph knows.
  Principal as(const domain::User& user) {
    Principal who;
    who.kind = Principal::Kind::kUser;
    who.id = user.id;
    who.user = user.no;
    who.session = SessionId::make(clock.now(), random);
    unit([&](domain::Unit& unit) {
      unit.record({.action = "session.created",
                   .organization = {},
                   .target_kind = "session",
                   .target = who.session,
                   .before = {},
                   .after = {},
                   .facts = {access::SessionFact{who.session, user.no, {}, clock.now().plus_s(90 * 86'400)}}});
    });
    return who;
  }
  template <access::Action A>
  access::Permit<A> permit(const Principal& who, const OrganizationId& at) const {
    return need(ledger->policy().permit<A>(who, at, clock.now()));
  }
  template <access::Action A>
  access::Permit<A> permit(const Principal& who) const {
    return need(ledger->policy().permit<A>(who, clock.now()));
  }
  template <access::Action A>
  access::Permit<A> system(OrganizationNo at = {}) const {
    return ledger->policy().system<A>(at, clock.now());
  }
  [[nodiscard]] bool allows(const Principal& who, access::PermissionNo permission, OrganizationNo at) const {
    bool yes = false;
    graph->read([&](const access::View& view) { yes = view.allows(who, permission, at, clock.now()); });
    return yes;
  }

  domain::User account(const std::string& name, const std::optional<std::string>& hash) {
    domain::User made;
    unit([&](domain::Unit& unit) {
      made = need(domain::Users::insert(unit, {name, name + "@example.com", name, hash}));
    });
    return made;
  }

  TestStore store;
  FixedClock clock{*Timestamp::parse("2026-05-01T12:00:00Z")};
  SeededRandom random{20260501};  // drawn from on the lane or before threads start
  std::unique_ptr<sql::Database> database;
  access::Permissions permissions;
  std::unique_ptr<access::Graph> graph;
  std::unique_ptr<domain::Ledger> ledger;
  domain::CredentialDependents credentials;
  domain::InvitationDependents agreements;
  domain::DirectoryDependents associations;
  domain::DependentsList dependents{&agreements, &associations, &credentials};  // as the service wires them
  std::unique_ptr<domain::Memberships> memberships;
  std::unique_ptr<domain::Organizations> organizations;
  std::unique_ptr<domain::Users> users;
  std::unique_ptr<domain::Changes> changes;
  OrganizationNo platform;
};

}  // namespace gatehouse::testing
