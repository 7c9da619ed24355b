#include "domain/connections/connections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::need;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Bolt is Acme's agency; North is below Acme.
class Connections_ : public ::testing::Test {
 protected:
  std::string edit(const Principal& who, const Organization& at, const RoleEdit& change) {
    const auto permit = world.ledger->policy().permit<Action::kConnectionUpdate>(who, at.id, world.now());
    if (!permit) return std::string(permit.error().code);
    return code(world.connections->edit_roles(*permit, connection, change));
  }
  std::string end(const Principal& who, const Organization& at) {
    const auto permit = world.ledger->policy().permit<Action::kConnectionEnd>(who, at.id, world.now());
    if (!permit) return std::string(permit.error().code);
    return code(world.connections->end(*permit, connection));
  }
  Connection seen_by(const Organization& side) { return world.connections_of(side).at(0); }
  LogEntry newest_entry() {
    return world.changes->list(world.system<Action::kChangeList>(world.acme.no), {}, 1).items.at(0);
  }

  Companies world;
  ConnectionId connection = world.connect(world.acme, world.bolt);
  Organization north = world.organization("North", world.acme.no);
};

TEST_F(Connections_, CarryNothingAtFirst) {
  EXPECT_THAT(seen_by(world.acme).roles, IsEmpty());
  EXPECT_THAT(world.effective(world.ben, world.acme.no), IsEmpty());
}

TEST_F(Connections_, GiveEveryMemberOfTheAgencyTheirRolesThereAndBelow) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"ORDERS_EDIT", "USER_VIEW"}}), "ok");
  for (const auto& user : {world.ben, world.dot}) {
    EXPECT_THAT(world.effective(user, world.acme.no), Contains("orders.edit")) << user.user_name;
    EXPECT_THAT(world.effective(user, north.no), Contains("orders.edit")) << user.user_name;
  }
  EXPECT_THAT(world.effective(world.cid, world.acme.no), IsEmpty()) << "nobody of the customer's own";
  const auto below = world.organization("Bolt South", world.bolt.no);
  const auto eve = world.user("eve");
  world.join(eve, below.no, {"admin"});
  EXPECT_THAT(world.effective(eve, world.acme.no), IsEmpty()) << "a member of the agency itself is meant";
  EXPECT_THAT(world.effective(world.ben, world.platform), IsEmpty());
}

TEST_F(Connections_, ShowTheirRolesToBothSides) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"USER_VIEW", "ORDERS_EDIT"}}), "ok");
  for (const auto& side : {world.acme, world.bolt})
    EXPECT_THAT(seen_by(side).roles, ElementsAre("ORDERS_EDIT", "USER_VIEW"));
  const auto roles =
      need(world.connections->roles(world.permit<Action::kConnectionGet>(world.as_ben, world.bolt.id), connection));
  EXPECT_EQ(roles.customer, world.acme.no);
  EXPECT_THAT(roles.assigned, ::testing::UnorderedElementsAre(world.role("USER_VIEW"), world.role("ORDERS_EDIT")));
}

TEST_F(Connections_, AnswerAnEditWithTheRolesAfterwards) {
  const auto permit = world.permit<Action::kConnectionUpdate>(world.as_ann, world.acme.id);
  const auto answer = [&](const RoleEdit& change) {
    return need(world.connections->edit_roles(permit, connection, change));
  };
  EXPECT_THAT(answer({.add = {"viewer", "ORDERS_VIEW"}}), ElementsAre("ORDERS_VIEW", "viewer"));
  EXPECT_THAT(answer({.add = {"USER_VIEW"}, .remove = {"viewer"}}), ElementsAre("ORDERS_VIEW", "USER_VIEW"));
  const auto entry = newest_entry();
  EXPECT_EQ(entry.action, "connection.updated");
  EXPECT_EQ(entry.target, Uuid(connection));
  EXPECT_THAT(entry.before, ::testing::HasSubstr(R"("roles":["ORDERS_VIEW","viewer"])"));
  EXPECT_THAT(entry.after, ::testing::HasSubstr(R"("roles":["ORDERS_VIEW","USER_VIEW"])"));
}

TEST_F(Connections_, AreNotChangedByAnEditOfWhatIsSoAlready) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer"}}), "ok");
  const auto revision = world.graph->revision();
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer"}, .remove = {"ORDERS_VIEW"}}), "ok");
  EXPECT_EQ(world.graph->revision(), revision);
}

TEST_F(Connections_, AreEditedByTheCustomerOnly) {
  EXPECT_EQ(edit(world.as_ben, world.bolt, {.add = {"viewer"}}), "connection.not_customer");
  EXPECT_EQ(edit(world.at(world.cid, world.acme), world.acme, {.add = {"viewer"}}), "access.forbidden");
  const auto globex = world.organization("Globex");
  const auto eve = world.user("eve");
  world.join(eve, globex.no, {"admin"});
  EXPECT_EQ(edit(world.as(eve), globex, {.add = {"viewer"}}), "connection.not_found");
  connection = ConnectionId();
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer"}}), "connection.not_found");
}

TEST_F(Connections_, AreNotEditedByTheAgencyThroughTheConnectionItself) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"admin"}}), "ok");
  EXPECT_TRUE(world.allows(world.as_ben, access::permission::kConnectionsEdit, world.acme.no));
  EXPECT_EQ(edit(world.as_ben, world.acme, {.add = {"viewer"}}), "access.through_agency");
  EXPECT_EQ(edit(world.as_ben, world.acme, {.remove = {"admin"}}), "access.through_agency");
  world.join(world.ben, world.acme.no, {"USER_EDIT"});
  EXPECT_EQ(edit(world.as_ben, world.acme, {.add = {"USER_VIEW"}}), "ok") << "in its own right";
  EXPECT_EQ(edit(world.as_ben, world.acme, {.add = {"operator"}}), "access.through_agency") << "beyond it";
}

TEST_F(Connections_, CarryNothingThatTheGiverDoesNotHold) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer", "Super Admin"}}), "access.ceiling");
  world.join(world.cid, world.acme.no, {"USER_EDIT"});
  const auto as_cid = world.at(world.cid, world.acme);
  EXPECT_EQ(edit(as_cid, world.acme, {.add = {"ORDERS_VIEW"}}), "access.ceiling");
  EXPECT_EQ(edit(as_cid, world.acme, {.add = {"admin"}}), "access.ceiling");
  EXPECT_EQ(edit(as_cid, world.acme, {.add = {"USER_VIEW"}}), "ok");
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"operator"}}), "ok");
  EXPECT_EQ(edit(as_cid, world.acme, {.remove = {"operator"}}), "access.ceiling") << "nor does it take it away";
  EXPECT_THAT(seen_by(world.acme).roles, ElementsAre("USER_VIEW", "operator"));
}

TEST_F(Connections_, RefuseEditsOfNothingAndOfUnknownRoles) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {}), "role.edit_invalid");
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer"}, .remove = {"viewer"}}), "role.edit_invalid");
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"viewer", "no such role"}}), "role.unknown");
  EXPECT_THAT(seen_by(world.acme).roles, IsEmpty());
}

TEST_F(Connections_, AreUnknownToOthersThanTheirTwoSides) {
  const auto globex = world.organization("Globex");
  const auto eve = world.user("eve");
  world.join(eve, globex.no, {"admin"});
  const auto permit = world.permit<Action::kConnectionGet>(world.as(eve), globex.id);
  EXPECT_EQ(code(world.connections->roles(permit, connection)), "connection.not_found");
  EXPECT_EQ(end(world.as(eve), globex), "connection.not_found");
  EXPECT_THAT(world.connections_of(globex), IsEmpty());
  EXPECT_EQ(end(world.at(world.dot, world.bolt), world.bolt), "access.forbidden");
}

TEST_F(Connections_, EndFromEitherSideAtOnceForEveryone) {
  for (const auto& [who, side] : {std::pair(world.as_ann, world.acme), std::pair(world.as_ben, world.bolt)}) {
    EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"operator"}}), "ok");
    ASSERT_THAT(world.effective(world.dot, north.no), Contains("orders.edit"));
    EXPECT_EQ(end(who, side), "ok");
    for (const auto& user : {world.ben, world.dot}) {
      EXPECT_THAT(world.effective(user, world.acme.no), IsEmpty());
      EXPECT_THAT(world.effective(user, north.no), IsEmpty());
    }
    EXPECT_EQ(end(who, side), "connection.not_found");
    EXPECT_EQ(newest_entry().action, "connection.ended");
    EXPECT_THAT(world.told(world.acme.no), Contains("connection.ended"));
    EXPECT_THAT(world.told(world.bolt.no), Contains("connection.ended"));
    EXPECT_EQ(world.rows("connections") + world.rows("connection_grants"), 0);
    world.clock.advance_s(1);
    connection = world.connect(world.acme, world.bolt);
  }
}

TEST_F(Connections_, AreNotEndedByAnotherAgency) {
  const auto cog = world.organization("Cog");
  const auto eve = world.user("eve");
  world.join(eve, cog.no, {"admin"});
  world.connect(world.acme, cog, {"admin"});
  EXPECT_EQ(end(world.at(eve, world.acme), world.acme), "access.through_agency");
  EXPECT_EQ(end(world.at(eve, cog), cog), "connection.not_found");
  world.join(eve, world.acme.no, {"USER_ADD"});
  EXPECT_EQ(end(world.at(eve, world.acme), world.acme), "ok") << "in its own right";
}

TEST_F(Connections_, AreNotEndedForAnAgencyByAnAgencyOfItsOwn) {
  const auto globex = world.organization("Globex");
  const auto gus = world.user("gus");
  world.join(gus, globex.no, {});
  world.connect(world.bolt, globex, {"USER_ADD"});
  EXPECT_EQ(end(world.at(gus, world.bolt), world.bolt), "access.through_agency");
  EXPECT_EQ(end(world.as_ben, world.bolt), "ok");
}

TEST_F(Connections_, AreEndedByTheAgencysPeopleFromTheCustomersSideToo) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"USER_ADD"}}), "ok");
  EXPECT_EQ(end(world.at(world.dot, world.acme), world.acme), "ok");
}

TEST_F(Connections_, LeaveWhatIsHeldDirectlyWhenTheyEnd) {
  world.join(world.dot, world.acme.no, {"USER_VIEW"});
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"admin"}}), "ok");
  EXPECT_EQ(end(world.as_ann, world.acme), "ok");
  EXPECT_THAT(world.effective(world.dot, world.acme.no), Contains("users.view"));
  EXPECT_THAT(world.effective(world.dot, world.acme.no), Not(Contains("users.edit")));
}

TEST_F(Connections_, GiveNothingToWhoHasLeftTheAgency) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"operator"}}), "ok");
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.dot.no, world.bolt.no); });
  EXPECT_THAT(world.effective(world.dot, world.acme.no), IsEmpty());
  EXPECT_THAT(world.effective(world.ben, world.acme.no), Contains("orders.edit"));
}

TEST_F(Connections_, StandAfterARestartWithTheirRoles) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"operator"}}), "ok");
  const auto before = world.effective(world.ben, north.no);
  world.restart();
  EXPECT_EQ(world.effective(world.ben, north.no), before);
  EXPECT_THAT(seen_by(world.bolt).roles, ElementsAre("operator"));
  EXPECT_EQ(end(world.as(world.ben), world.bolt), "ok");
  world.restart();
  EXPECT_THAT(world.effective(world.ben, north.no), IsEmpty());
}

TEST_F(Connections_, AreOneOfEachRelation) {
  world.clock.advance_s(1);
  const auto reverse = world.connect(world.bolt, world.acme, {"ORDERS_VIEW"});
  EXPECT_THAT(world.effective(world.cid, world.bolt.no), ElementsAre("orders.view"));
  const auto both = world.connections_of(world.acme);
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(both[0].id, reverse) << "newest first";
  EXPECT_FALSE(both[0].is_customer);
  EXPECT_THAT(both[0].roles, ElementsAre("ORDERS_VIEW"));
  EXPECT_TRUE(both[1].is_customer);
  EXPECT_EQ(end(world.as_ann, world.acme), "ok");
  EXPECT_THAT(world.effective(world.cid, world.bolt.no), ElementsAre("orders.view"));
}

TEST_F(Connections_, LeaveTheAgencyARecordOfItsCustomerWithItsLastName) {
  EXPECT_THAT(world.clients_of(world.acme), IsEmpty());
  const auto rename = [&](const std::string& name) {
    need(world.organizations->update(world.system<Action::kOrganizationUpdate>(world.acme.no), {.name = name}));
  };
  rename("Acme One");
  EXPECT_EQ(world.clients_of(world.bolt).at(0).company_name, "Acme One");
  EXPECT_EQ(world.clients_of(world.bolt).at(0).connection, connection);
  EXPECT_EQ(end(world.as_ann, world.acme), "ok");
  rename("Acme Two");
  EXPECT_EQ(world.clients_of(world.bolt).at(0).company_name, "Acme One") << "it does not follow the customer any more";
  EXPECT_EQ(world.clients_of(world.bolt).at(0).connection, std::nullopt);
  world.connect(world.acme, world.bolt);
  EXPECT_EQ(world.clients_of(world.bolt).at(0).company_name, "Acme Two");
  EXPECT_THAT(world.clients_of(world.bolt), SizeIs(1));
}

TEST_F(Connections_, EndWithEitherOrganization) {
  EXPECT_EQ(edit(world.as_ann, world.acme, {.add = {"operator"}}), "ok");
  need(world.organizations->remove(world.system<Action::kOrganizationDelete>(north.no), {}));
  world.remove_organization(world.acme);
  EXPECT_THAT(world.told(world.bolt.no), Contains("connection.ended"));
  EXPECT_EQ(world.rows("connections") + world.rows("client_records"), 0);
  const auto globex = world.organization("Globex");
  world.connect(globex, world.bolt, {"operator"});
  world.remove_organization(world.bolt);
  EXPECT_THAT(world.told(globex.no), Contains("connection.ended"));
  EXPECT_EQ(world.rows("connections") + world.rows("client_records"), 0);
  EXPECT_THAT(world.database->check(), IsEmpty());
  world.graph->read([&](const access::View& view) { EXPECT_THAT(view.connections_of_customer(globex.no), IsEmpty()); });
}

}  // namespace
}  // namespace gatehouse::domain
