// Sessions of an agency's people in its customers: where they go when a connection ends, loses roles or loses its people.
#include <gtest/gtest.h>

#include "domain/sessions/sessions.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::need;

// Ben of Bolt, which is Acme's agency with the role of a viewer, at work in Acme's North; his next session starts there.
class SessionsOfAnAgency : public ::testing::Test {
 protected:
  SessionsOfAnAgency() {
    pair = world.signed_in(world.ben);
    work_at(north);
  }
  void work_at(const Organization& organization) {
    const auto who = need(world.who(pair.access_token));
    need(world.sessions->switch_organization(world.permit<Action::kOrganizationSwitch>(who), organization.no));
  }
  OrganizationNo active() { return need(world.who(pair.access_token)).active; }
  // Where the row says, which the next start reads.
  OrganizationNo stored() {
    OrganizationNo no;
    world.database->read([&](sql::Tx& tx) {
      no = {static_cast<std::uint32_t>(
          tx.integer("SELECT active_organization_no FROM sessions WHERE id = $1", {sql::Value(pair.session)}))};
    });
    return no;
  }
  void end() {
    need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ann, world.acme.id), connection));
  }
  void edit(const RoleEdit& change) {
    const auto permit = world.permit<Action::kConnectionUpdate>(world.as_ann, world.acme.id);
    need(world.connections->edit_roles(permit, connection, change));
  }

  gatehouse::testing::Companies world;
  ConnectionId connection = world.connect(world.acme, world.bolt, {"viewer", "ORDERS_VIEW"});
  Organization north = world.organization("North", world.acme.no);
  TokenPair pair;
};

TEST_F(SessionsOfAnAgency, LeaveTheCustomerWhenTheConnectionEnds) {
  ASSERT_EQ(active(), north.no);
  end();
  EXPECT_EQ(active(), world.bolt.no);
  EXPECT_EQ(stored(), world.bolt.no);
  EXPECT_EQ(need(world.who(world.signed_in(world.ben).access_token)).active, world.bolt.no) << "the next one as well";
}

TEST_F(SessionsOfAnAgency, LeaveOnlyWhatIsNoLongerReachedWhenTheConnectionLosesRoles) {
  edit({.remove = {"ORDERS_VIEW"}});
  EXPECT_EQ(active(), north.no);
  edit({.remove = {"viewer"}});
  EXPECT_EQ(active(), world.bolt.no) << "what is below the customer is reached by seeing it only";
  work_at(world.acme);
  edit({.add = {"USER_VIEW"}});
  edit({.remove = {"USER_VIEW"}});
  EXPECT_EQ(active(), world.acme.no) << "the customer itself is reached as long as the connection stands";
}

TEST_F(SessionsOfAnAgency, StayWhereTheirUserBelongsInItsOwnRight) {
  world.join(world.ben, world.acme.no, {"viewer"});
  end();
  EXPECT_EQ(active(), north.no);
}

TEST_F(SessionsOfAnAgency, StayWhereAnotherAgencyOfTheirUserLeads) {
  const auto other = world.organization("Cog");
  world.join(world.ben, other.no, {});
  world.connect(world.acme, other, {"viewer"});
  end();
  EXPECT_EQ(active(), north.no);
}

TEST_F(SessionsOfAnAgency, LeaveTheCustomerWithTheMembershipOfTheAgency) {
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.ben.no, world.bolt.no); });
  EXPECT_FALSE(active()) << "there is nowhere else";
  EXPECT_FALSE(stored());
}

TEST_F(SessionsOfAnAgency, LeaveTheCustomerThatGoes) {
  work_at(world.acme);
  need(world.organizations->remove(world.system<Action::kOrganizationDelete>(north.no), {}));
  world.remove_organization(world.acme);
  EXPECT_EQ(active(), world.bolt.no);
}

TEST_F(SessionsOfAnAgency, LeaveTheCustomerForAnOrganizationThatStaysWhenTheAgencyGoes) {
  const auto holding = world.organization("Holding");
  world.join(world.ben, holding.no, {"admin"});
  const auto branch = world.organization("Branch", holding.no);
  world.join(world.ben, branch.no, {"admin"});
  world.connect(world.acme, branch, {"viewer"});
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.ben.no, world.bolt.no); });
  ASSERT_EQ(active(), north.no) << "through the branch";
  const auto who = need(world.who(pair.access_token));
  need(world.organizations->remove(world.permit<Action::kOrganizationDelete>(who, branch.id), {}));
  EXPECT_EQ(active(), holding.no);
  EXPECT_EQ(stored(), holding.no);
}

TEST_F(SessionsOfAnAgency, DoNotSwitchToTheCustomerWhenTheConnectionHasEnded) {
  const auto who = need(world.who(pair.access_token));
  const auto permit = world.permit<Action::kOrganizationSwitch>(who);
  end();
  EXPECT_EQ(code(world.sessions->switch_organization(permit, world.acme.no)), "organization.not_found");
  EXPECT_EQ(code(world.sessions->switch_organization(permit, north.no)), "organization.not_found");
  EXPECT_EQ(active(), world.bolt.no);
}

TEST_F(SessionsOfAnAgency, StandWhereTheyWereLeftAfterARestart) {
  world.restart();
  EXPECT_EQ(active(), north.no);
  world.as_ann = world.as(world.ann);
  end();
  world.restart();
  EXPECT_EQ(active(), world.bolt.no);
}

}  // namespace
}  // namespace gatehouse::domain
