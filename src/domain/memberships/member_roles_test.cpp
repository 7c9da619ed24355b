// Members and the roles they hold directly, as who gives roles sees and changes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/memberships/memberships.hpp"
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

// Ann administers Acme; cid is a mere member of it.
class MemberRoles : public ::testing::Test {
 protected:
  Principal hired(const User& user, const std::vector<std::string>& roles) {
    world.join(user, world.acme.no, roles);
    return world.at(user, world.acme);
  }
  std::vector<RolesOfMember> seen_by(const Principal& who) {
    const auto permit = world.permit<Action::kMembershipList>(who, world.acme.id);
    const auto order = world.memberships->in_order(permit);
    return need(world.memberships->with_roles(permit, order));
  }
  RolesOfMember row(const Principal& who, const User& user) {
    for (auto& one : seen_by(who)) {
      if (one.user == user.id) return one;
    }
    throw std::runtime_error(user.user_name + " is not listed");
  }
  Result<RolesOfMember> add(const Principal& who, const std::string& email) {
    const auto permit = world.ledger->policy().permit<Action::kUserAdd>(who, world.acme.id, world.now());
    if (!permit) return permit.error();
    return world.memberships->add(*permit, email);
  }
  std::string edit(const Principal& who, const User& user, const RoleEdit& change) {
    const auto permit = world.ledger->policy().permit<Action::kUserRolesEdit>(who, world.acme.id, world.now());
    if (!permit) return std::string(permit.error().code);
    return code(world.memberships->edit_roles(*permit, user.id, change));
  }
  std::string remove(const Principal& who, const MemberName& name) {
    const auto permit = world.ledger->policy().permit<Action::kUserRemove>(who, world.acme.id, world.now());
    if (!permit) return std::string(permit.error().code);
    return code(world.memberships->remove(*permit, name));
  }
  std::vector<std::string> roles(const User& user) {
    std::vector<std::string> names;
    world.graph->read(
        [&](const access::View& view) { names = role_names(view, view.direct_roles(user.no, world.acme.no)); });
    return names;
  }
  bool is_member(const User& user, const Organization& organization) {
    bool yes = false;
    world.graph->read([&](const access::View& view) { yes = view.is_member(user.no, organization.no); });
    return yes;
  }

  Companies world;
  User eve = world.person("eve");
};

TEST_F(MemberRoles, AreListedWithTheCallerFirstThenByAddress) {
  world.join(eve, world.acme.no, {"viewer", "ORDERS_EDIT"});
  const auto as_eve = world.at(eve, world.acme);
  std::vector<std::string> emails;
  for (const auto& one : seen_by(as_eve)) {
    emails.push_back(one.email);
    EXPECT_EQ(one.own, one.user == eve.id);
  }
  EXPECT_THAT(emails, ElementsAre("eve@example.com", "ann@example.com", "cid@example.com"));
  EXPECT_THAT(seen_by(as_eve)[0].roles, ElementsAre("ORDERS_EDIT", "viewer"));
}

TEST_F(MemberRoles, LeaveOutWhoAdministersThePlatformAndNobodyElse) {
  world.join(eve, world.acme.no, {"viewer"});
  world.join(eve, world.platform, {"360 Report Viewer"});
  EXPECT_EQ(row(world.as_ann, eve).user, eve.id) << "who holds a role everywhere is a user like others";
  world.join(eve, world.platform, {"Administrator"});
  for (const auto& one : seen_by(world.as_ann)) EXPECT_NE(one.user, eve.id);
}

TEST_F(MemberRoles, LeaveOutWhoLeftWhileTheListWasTold) {
  const auto permit = world.permit<Action::kMembershipList>(world.as_ann, world.acme.id);
  const auto order = world.memberships->in_order(permit);
  ASSERT_EQ(order.size(), 2U);
  world.unit([&](Unit& unit) { world.memberships->erase(unit, world.cid.no, world.acme.no); });
  EXPECT_EQ(need(world.memberships->with_roles(permit, order)).size(), 1U);
  EXPECT_THAT(need(world.memberships->with_roles(permit, {})), IsEmpty());
}

TEST_F(MemberRoles, AreEditableWhereTheCallerMayGiveEveryOneOfThem) {
  world.join(eve, world.acme.no, {"operator"});
  EXPECT_TRUE(row(world.as_ann, eve).editable);
  EXPECT_TRUE(row(world.as_ann, world.ann).editable) << "its own row by the same rule";
  const auto as_dot = hired(world.dot, {"USER_EDIT"});
  EXPECT_TRUE(row(as_dot, world.cid).editable);
  EXPECT_FALSE(row(as_dot, eve).editable);
  EXPECT_FALSE(row(as_dot, world.ann).editable);
  EXPECT_FALSE(row(world.at(eve, world.acme), world.cid).editable) << "without the right to edit";
}

TEST_F(MemberRoles, SayEditableExactlyWhereAnEditGoesThrough) {
  world.join(eve, world.acme.no, {"operator"});
  world.connect(world.acme, world.bolt, {"admin"});
  world.join(world.dot, world.acme.no, {});
  const auto as_clerk = hired(world.user("clerk"), {"USER_EDIT"});
  for (const auto& who : {world.as_ann, as_clerk, world.at(world.ben, world.acme)}) {
    for (const auto& user : {world.ann, world.cid, eve, world.dot}) {
      const auto listed = row(who, user).editable;
      EXPECT_EQ(edit(who, user, {.remove = {"USER_VIEW"}}) == "ok", listed) << who.user.value << " " << user.user_name;
    }
  }
}

TEST_F(MemberRoles, BeginWithNoneForAnExistingAccountThatIsAdded) {
  const auto as_dot = hired(world.dot, {"USER_ADD"});
  const auto added = need(add(as_dot, "EVE@example.com"));
  EXPECT_EQ(added.user, eve.id);
  EXPECT_EQ(added.email, "eve@example.com");
  EXPECT_THAT(added.roles, IsEmpty());
  EXPECT_TRUE(is_member(eve, world.acme));
  EXPECT_THAT(world.effective(eve, world.acme.no), IsEmpty());
}

TEST_F(MemberRoles, AreNotOfWhoIsUnknownOrThereAlready) {
  EXPECT_EQ(code(add(world.as_ann, "nobody@example.com")), "user.not_found");
  EXPECT_EQ(code(add(world.as_ann, "no address")), "user.email_invalid");
  EXPECT_EQ(code(add(world.as_ann, "cid@example.com")), "membership.exists");
  EXPECT_EQ(code(add(world.at(world.cid, world.acme), "eve@example.com")), "access.forbidden");
  EXPECT_EQ(world.rows("users WHERE email LIKE 'nobody%'"), 0) << "no account is made here";
  EXPECT_EQ(edit(world.as_ann, eve, {.add = {"viewer"}}), "membership.not_found");
  world.connect(world.acme, world.bolt, {"viewer"});
  EXPECT_EQ(edit(world.as_ann, world.dot, {.add = {"viewer"}}), "membership.not_found") << "an agency's person";
}

TEST_F(MemberRoles, AreAddedAndRemovedInOneEdit) {
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"viewer", "USER_VIEW"}}), "ok");
  const auto permit = world.permit<Action::kUserRolesEdit>(world.as_ann, world.acme.id);
  const RoleEdit change{.add = {"operator"}, .remove = {"viewer", "ORDERS_VIEW"}};
  EXPECT_THAT(need(world.memberships->edit_roles(permit, world.cid.id, change)), ElementsAre("USER_VIEW", "operator"));
  EXPECT_THAT(world.effective(world.cid, world.acme.no), Contains("orders.edit"));
  const auto revision = world.graph->revision();
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"operator"}, .remove = {"viewer"}}), "ok");
  EXPECT_EQ(world.graph->revision(), revision) << "nothing to change";
}

TEST_F(MemberRoles, AreNotChangedByAnEditThatIsRefusedInPart) {
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"viewer", "Super Admin"}}), "access.ceiling");
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"viewer", "none such"}}), "role.unknown");
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"viewer"}, .remove = {"viewer"}}), "role.edit_invalid");
  EXPECT_EQ(edit(world.as_ann, world.cid, {}), "role.edit_invalid");
  EXPECT_THAT(roles(world.cid), IsEmpty());
}

TEST_F(MemberRoles, AreGivenAndTakenOnlyByWhoHasThem) {
  const auto as_dot = hired(world.dot, {"USER_EDIT"});
  world.join(eve, world.acme.no, {});
  EXPECT_EQ(edit(as_dot, eve, {.add = {"USER_VIEW"}}), "ok");
  EXPECT_EQ(edit(as_dot, eve, {.add = {"ORDERS_VIEW"}}), "access.ceiling");
  EXPECT_EQ(edit(as_dot, eve, {.remove = {"ORDERS_VIEW"}}), "access.ceiling") << "even where it is not held";
  EXPECT_EQ(edit(as_dot, world.ann, {.remove = {"USER_VIEW"}}), "access.outranked");
  EXPECT_EQ(edit(as_dot, world.dot, {.add = {"admin"}}), "access.ceiling") << "nor to itself";
  EXPECT_EQ(edit(world.at(eve, world.acme), world.cid, {.add = {"USER_VIEW"}}), "access.forbidden");
}

TEST_F(MemberRoles, LeaveSomebodyWhoCanEditThem) {
  EXPECT_EQ(edit(world.as_ann, world.ann, {.remove = {"admin"}}), "membership.last_admin");
  EXPECT_EQ(edit(world.as_ann, world.ann, {.add = {"USER_EDIT"}, .remove = {"admin"}}), "membership.last_admin")
      << "nobody could edit memberships";
  EXPECT_EQ(edit(world.as_ann, world.cid, {.add = {"admin"}}), "ok");
  EXPECT_EQ(edit(world.as_ann, world.ann, {.remove = {"admin"}}), "ok");
  EXPECT_EQ(remove(world.at(world.cid, world.acme), {.user = world.cid.id}), "membership.own");
}

TEST_F(MemberRoles, GoWithAMemberThatIsRemovedByIdOrByAddress) {
  const auto as_dot = hired(world.dot, {"USER_DELETE", "ORDERS_VIEW"});
  world.join(world.cid, world.acme.no, {"ORDERS_VIEW"});
  world.join(eve, world.acme.no, {});
  const auto north = world.organization("North", world.acme.no);
  world.join(eve, north.no, {});
  EXPECT_EQ(remove(as_dot, {.user = world.cid.id}), "ok");
  EXPECT_EQ(remove(as_dot, {.email = "Eve@example.com"}), "ok");
  EXPECT_FALSE(is_member(world.cid, world.acme) || is_member(eve, world.acme) || is_member(eve, north));
  EXPECT_TRUE(world.users->find_by_email("eve@example.com").has_value()) << "the account stays";
}

TEST_F(MemberRoles, KeepWhoMayNotBeRemoved) {
  const auto as_dot = hired(world.dot, {"USER_DELETE"});
  world.join(world.cid, world.acme.no, {"ORDERS_VIEW"});
  EXPECT_EQ(remove(as_dot, {.user = world.cid.id}), "access.outranked");
  EXPECT_EQ(remove(as_dot, {.user = world.ann.id}), "access.outranked");
  EXPECT_EQ(remove(as_dot, {.email = "dot@example.com"}), "membership.own");
  EXPECT_EQ(remove(as_dot, {.user = eve.id}), "membership.not_found");
  EXPECT_EQ(remove(as_dot, {.email = "nobody@example.com"}), "membership.not_found");
  EXPECT_EQ(remove(as_dot, {}), "membership.not_found");
  EXPECT_EQ(remove(world.at(world.cid, world.acme), {.user = world.dot.id}), "access.forbidden");
}

TEST_F(MemberRoles, AreNotGivenToAnAgencysOwnPeopleThroughItsConnection) {
  world.connect(world.acme, world.bolt, {"admin"});
  const auto as_ben = world.at(world.ben, world.acme);
  EXPECT_EQ(code(add(as_ben, "dot@example.com")), "access.through_agency");
  EXPECT_EQ(code(add(as_ben, "ben@example.com")), "access.through_agency");
  EXPECT_EQ(code(add(as_ben, "eve@example.com")), "ok") << "somebody else";
  EXPECT_EQ(edit(as_ben, world.cid, {.add = {"viewer"}}), "ok") << "the customer's own";
  world.join(world.dot, world.acme.no, {});
  EXPECT_EQ(edit(as_ben, world.dot, {.add = {"viewer"}}), "access.through_agency");
  EXPECT_FALSE(row(as_ben, world.dot).editable);
  EXPECT_TRUE(row(world.as_ann, world.dot).editable);
  const NewMembership entry{world.ben.id, OrganizationRole::kViewer};
  const auto permit = world.permit<Action::kMembershipCreate>(as_ben, world.acme.id);
  EXPECT_EQ(code(world.memberships->create(permit, {&entry, 1})), "access.through_agency");
  const auto update = world.permit<Action::kMembershipUpdate>(as_ben, world.acme.id);
  EXPECT_EQ(code(world.memberships->update(update, world.dot.id, {.organization_role = OrganizationRole::kAdmin})),
            "access.through_agency");
}

TEST_F(MemberRoles, AreGivenToAnAgencysOwnPeopleAsFarAsTheGiversOwnReach) {
  world.connect(world.acme, world.bolt, {"admin"});
  const auto as_ben = hired(world.ben, {"USER_EDIT", "USER_ADD"});
  EXPECT_EQ(code(add(as_ben, "dot@example.com")), "ok");
  EXPECT_EQ(edit(as_ben, world.dot, {.add = {"USER_VIEW"}}), "ok");
  EXPECT_EQ(edit(as_ben, world.dot, {.add = {"USER_VIEW", "operator"}}), "access.through_agency");
  EXPECT_EQ(edit(as_ben, world.ben, {.add = {"admin"}}), "access.through_agency") << "nor to itself";
  EXPECT_EQ(edit(as_ben, world.cid, {.add = {"operator"}}), "ok")
      << "to the customer's own, as the connection carries it";
  EXPECT_EQ(edit(as_ben, world.cid, {.add = {"USER_EDIT"}}), "ok") << "what is its own";
  EXPECT_THAT(roles(world.dot), ElementsAre("USER_VIEW"));
  EXPECT_THAT(roles(world.ben), ElementsAre("USER_ADD", "USER_EDIT"));
}

TEST_F(MemberRoles, ThatLetGiveAreNeitherGivenNorTakenThroughAConnection) {
  world.connect(world.acme, world.bolt, {"admin"});
  const auto as_ben = world.at(world.ben, world.acme);
  for (const auto* role : {"admin", "USER_EDIT", "USER_ADD", "USER_DELETE"}) {
    EXPECT_EQ(edit(as_ben, world.cid, {.add = {role}}), "access.through_agency") << role;
  }
  EXPECT_EQ(edit(as_ben, world.cid, {.add = {"USER_VIEW", "operator"}}), "ok");
  world.join(eve, world.acme.no, {"admin"});
  EXPECT_EQ(edit(as_ben, eve, {.remove = {"admin"}}), "access.through_agency");
  EXPECT_EQ(remove(as_ben, {.user = eve.id}), "access.through_agency");
  EXPECT_FALSE(row(as_ben, eve).editable);
  EXPECT_EQ(remove(as_ben, {.user = world.cid.id}), "ok");
}

TEST_F(MemberRoles, LeaveSomebodyToEditThemWhoCanSignIn) {
  const auto fresh = world.newcomer("fresh");
  world.join(fresh, world.acme.no, {"admin"});
  EXPECT_EQ(edit(world.as_ann, world.ann, {.remove = {"admin"}}), "membership.last_admin")
      << "nobody signs in as an account without a password";
  world.join(world.person("gil"), world.acme.no, {"admin"});
  EXPECT_EQ(edit(world.as_ann, world.ann, {.remove = {"admin"}}), "ok");
}

TEST_F(MemberRoles, AreNotBegunThroughAConnectionWhereTheyLeadFurther) {
  const auto globex = world.organization("Globex");
  world.connect(world.acme, world.bolt, {"USER_ADD"});
  const auto onward = world.connect(globex, world.acme);
  const auto as_ben = world.at(world.ben, world.acme);
  EXPECT_EQ(code(add(as_ben, "eve@example.com")), "ok") << "nothing is carried yet";
  need(world.connections->edit_roles(world.system<Action::kConnectionUpdate>(globex.no), onward, {.add = {"viewer"}}));
  const auto fay = world.person("fay");
  EXPECT_EQ(code(add(as_ben, fay.email)), "access.ceiling") << "it would be Globex's as well";
  EXPECT_EQ(code(add(world.as_ann, fay.email)), "ok");
}

TEST_F(MemberRoles, AreNotToldOnToWhoLostTheRightMeanwhile) {
  const auto permit = world.permit<Action::kMembershipList>(world.as_ann, world.acme.id);
  const auto order = world.memberships->in_order(permit);
  EXPECT_EQ(code(world.memberships->with_roles(permit, order)), "ok");
  world.take_roles(world.ann, world.acme.no);
  EXPECT_EQ(code(world.memberships->with_roles(permit, order)), "access.forbidden");
}

TEST_F(MemberRoles, StayWithTheCustomerWhenAnAgencysPersonMakesAnOrganizationThere) {
  const auto connection = world.connect(world.acme, world.bolt, {"admin"});
  const auto as_ben = world.at(world.ben, world.acme);
  const auto permit = world.permit<Action::kOrganizationCreate>(as_ben, world.acme.id);
  EXPECT_EQ(code(world.organizations->create(permit, {.name = "Trojan", .admins = {world.dot.id}})),
            "access.through_agency");
  const auto north = need(world.organizations->create(permit, {.name = "North"}));
  EXPECT_FALSE(is_member(world.ben, north));
  EXPECT_THAT(world.effective(world.ann, north.no), Contains("users.edit"));
  EXPECT_EQ(code(world.organizations->move(world.permit<Action::kOrganizationMove>(as_ben, north.id), std::nullopt)),
            "access.through_agency");
  const auto own = world.permit<Action::kOrganizationMove>(world.as_ben, world.bolt.id);
  EXPECT_EQ(code(world.organizations->move(own, world.acme.id)), "access.through_agency") << "nor brought there";
  need(world.connections->end(world.permit<Action::kConnectionEnd>(world.as_ann, world.acme.id), connection));
  EXPECT_THAT(world.effective(world.ben, north.no), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::domain
