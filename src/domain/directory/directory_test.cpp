// People as a whole: created with everything that hangs on them in one unit, roles at the platform, organizations, providers.
#include "domain/directory/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support_cpp/directory_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DirectoryOfPeople : public ::testing::Test {
 protected:
  [[nodiscard]] NewPerson eve() const {
    NewPerson person;
    person.user = {.user_name = "eve",
                   .email = "eve@example.com",
                   .password_hash = crypto::hash_password(kPassword, gatehouse::testing::kCheap),
                   .first_name = "Eve",
                   .last_name = "Example",
                   .phone = "+57 1 234"};
    return person;
  }
  // Refused with that code and these fields, and nothing is left of it.
  void expect_refused(const NewPerson& person, const std::vector<std::string>& expected, const Principal& who) {
    world.expect_nothing_changed([&] { EXPECT_EQ(DirectoryWorld::faults(world.create(who, person)), expected); });
  }
  void expect_refused(const NewPerson& person, const std::vector<std::string>& expected) {
    expect_refused(person, expected, world.as_root);
  }
  template <class F>
  void expect_refused(std::string_view expected, F&& work) {
    world.expect_nothing_changed([&] { EXPECT_EQ(work(), expected); });
  }
  static std::string same(const Person& a, const Person& b) {
    if (a.user.id != b.user.id || a.user.display_name != b.user.display_name) return "user";
    if (a.platform_roles != b.platform_roles) return "platform_roles";
    if (DirectoryWorld::organizations_of(a) != DirectoryWorld::organizations_of(b)) return "organizations";
    if (a.providers.size() != b.providers.size()) return "providers";
    if (a.identity_provider.has_value() != b.identity_provider.has_value()) return "identity_provider";
    return a.accessible == b.accessible ? "same" : "accessible";
  }
  OrganizationId platform_id() {
    OrganizationId id;
    world.graph->read([&](const access::View& view) { id = *view.organization_id(world.platform); });
    return id;
  }
  Result<Person> get(const User& user) {
    return world.directory.get(world.permit<Action::kAccountList>(world.as_root), user.id);
  }

  DirectoryWorld world;
};

TEST_F(DirectoryOfPeople, AreCreatedWithEverythingThatHangsOnThem) {
  auto person = eve();
  const auto passport = world.document("PP");
  person.user.identification = {passport.id, "AB 123"};
  person.roles = {world.role_id("Customer"), world.role_id("viewer")};
  person.organizations = {world.bolt.id, world.acme.id};
  person.providers = {world.external("Zeta").id, world.external("Alpha").id};
  const auto revision = world.graph->revision();
  const auto made = need(world.create(world.as_adm, person));
  EXPECT_GT(world.graph->revision(), revision);
  EXPECT_EQ(made.user.status, UserStatus::kActive);
  EXPECT_EQ(made.user.display_name, "Eve Example");
  EXPECT_THAT(made.platform_roles, ::testing::UnorderedElementsAre(world.role("viewer"), world.role("Customer")));
  EXPECT_THAT(DirectoryWorld::organizations_of(made), ElementsAre("Acme", "Bolt"));
  ASSERT_THAT(made.providers, SizeIs(2));
  EXPECT_EQ(made.providers[0].name, "Alpha");
  EXPECT_TRUE(made.accessible);
  EXPECT_EQ(same(made, need(get(made.user))), "same");
  EXPECT_TRUE(world.try_sign_in("eve").ok());
  EXPECT_THAT(world.holds(made.user, world.acme), ElementsAre("member"));
  EXPECT_THAT(world.effective(made.user, world.bolt.no), ::testing::Contains("organizations.view")) << "everywhere";
}

TEST_F(DirectoryOfPeople, AreAnsweredAsTheyAreListedAlsoWithoutAnythingOrWithAnIdentityProvider) {
  const auto bare = need(world.create(world.as_adm, eve()));
  EXPECT_EQ(same(bare, need(get(bare.user))), "same");
  NewPerson elsewhere;
  elsewhere.user = {.user_name = "fay", .email = "fay@example.com", .identity_provider = world.provider("waad").id};
  const auto made = need(world.create(world.as_adm, elsewhere));
  EXPECT_EQ(made.user.status, UserStatus::kNew);
  EXPECT_EQ(same(made, need(get(made.user))), "same");
}

TEST_F(DirectoryOfPeople, AreNotCreatedInPart) {
  const auto passport = world.document("PP", "[A-Z]{2}[0-9]{3}");
  const auto gone = OrganizationId(Uuid::v7(world.now(), world.random));
  const auto inactive = world.external("Inactive", false);
  auto person = eve();
  person.organizations = {world.acme.id};
  person.providers = {world.external("Alpha").id};

  auto faulty = person;
  faulty.roles = {world.role_id("viewer"), RoleId(gone)};
  faulty.organizations = {gone, world.acme.id, platform_id()};
  faulty.providers.emplace_back(gone);
  expect_refused(faulty,
                 {"directory.unknown_ids", "role_ids[1]", "company_ids[0]", "company_ids[2]", "provider_ids[1]"});
  faulty = person;
  faulty.providers.push_back(inactive.id);
  expect_refused(faulty, {"provider.inactive"});
  faulty = person;
  faulty.roles = {world.role_id("viewer"), world.role_id("Super Admin")};
  expect_refused(faulty, {"access.ceiling"}, world.as_adm);
  faulty = person;
  faulty.user.user_name = "ANN";
  expect_refused(faulty, {"user.name_taken"});
  faulty.user.user_name = "\u0430nn";
  expect_refused(faulty, {"user.name_look_alike"});
  faulty = person;
  faulty.user.email = "Ann@example.com";
  expect_refused(faulty, {"user.email_taken"});
  faulty = person;
  faulty.user.identification = {passport.id, "AB12"};
  expect_refused(faulty, {"identification.number_invalid", "identification_number"});
  faulty.user.identification = {IdentificationTypeId(gone), "AB123"};
  expect_refused(faulty, {"identification_type.not_found", "identification_type_id"});
  faulty = person;
  faulty.user.email = "x@";
  faulty.user.first_name = std::string(101, 'x');
  faulty.user.phone = "call me";
  expect_refused(faulty, {"user.invalid", "email", "first_name", "phone"});
  person.user.identification = {passport.id, "AB123"};
  need(world.create(world.as_root, person));
  auto second = eve();
  second.user.user_name = "fay";
  second.user.email = "fay@example.com";
  second.user.identification = {passport.id, "ab123"};
  expect_refused(second, {"identification.number_invalid", "identification_number"});
  second.user.identification = {passport.id, "AB123"};
  expect_refused(second, {"user.identification_taken"});
}

TEST_F(DirectoryOfPeople, AreNotCreatedIntoOrganizationsWhereTheCallerMayAddNobody) {
  need(
      Roles(*world.ledger)
          .sync(std::vector<RoleDefinition>{{"Clerk", "APPLICATION", 50, "", {"accounts.view", "accounts.edit"}, {}}}));
  world.join(world.cid, world.platform, {"Clerk"});
  const auto as_cid = world.as(world.cid);
  auto person = eve();
  person.organizations = {world.acme.id};
  expect_refused(person, {"access.forbidden"}, as_cid);
  person.organizations = {world.bolt.id};
  expect_refused(person, {"access.out_of_reach"}, as_cid);
  person.organizations.clear();
  person.roles = {world.role_id("viewer")};
  expect_refused(person, {"access.ceiling"}, as_cid);
  person.roles.clear();
  EXPECT_EQ(code(world.create(as_cid, person)), "ok");
}

TEST_F(DirectoryOfPeople, AreEditedByAdministratorsOfThePlatformOnly) {
  const auto refused = world.ledger->policy().permit<Action::kAccountEdit>(world.as_ann, world.now());
  EXPECT_EQ(code(refused), "access.forbidden");
  const auto permit = world.editing(world.as_adm);
  world.take_roles(world.adm, world.platform);
  expect_refused("access.forbidden", [&] { return code(world.directory.create(permit, eve())); });
  expect_refused("access.forbidden",
                 [&] { return code(world.directory.grant_role(permit, world.ann.id, world.role_id("viewer"))); });
}

TEST_F(DirectoryOfPeople, HoldARoleOfThePlatformEverywhereAtOnce) {
  const auto as_dot = world.as(world.dot);
  EXPECT_FALSE(world.allows(as_dot, access::permission::kUsersView, world.acme.no));
  EXPECT_EQ(world.grant(world.as_adm, world.dot, "viewer"), "ok");
  EXPECT_TRUE(world.allows(as_dot, access::permission::kUsersView, world.acme.no));
  EXPECT_THAT(need(get(world.dot)).platform_roles, ElementsAre(world.role("viewer")));
  EXPECT_THAT(DirectoryWorld::organizations_of(need(get(world.dot))), ElementsAre("Bolt")) << "it is no company";
  expect_refused("role.held", [&] { return world.grant(world.as_adm, world.dot, "viewer"); });
  EXPECT_EQ(world.revoke(world.as_adm, world.dot, "viewer"), "ok");
  EXPECT_FALSE(world.allows(as_dot, access::permission::kUsersView, world.acme.no));
  EXPECT_THAT(need(get(world.dot)).platform_roles, IsEmpty());
  expect_refused("role.not_held", [&] { return world.revoke(world.as_adm, world.dot, "viewer"); });
  EXPECT_EQ(world.rows("memberships WHERE user_no = " + std::to_string(world.dot.no.value)), 1)
      << "of the platform is who holds something there";
}

TEST_F(DirectoryOfPeople, KeepTheOtherRolesWhenOneIsRevoked) {
  EXPECT_EQ(world.grant(world.as_adm, world.dot, "viewer"), "ok");
  EXPECT_EQ(world.grant(world.as_adm, world.dot, "Customer"), "ok");
  EXPECT_EQ(world.revoke(world.as_adm, world.dot, "Customer"), "ok");
  EXPECT_THAT(need(get(world.dot)).platform_roles, ElementsAre(world.role("viewer")));
  EXPECT_THAT(world.holds(world.dot, world.bolt), ElementsAre("member"));
}

TEST_F(DirectoryOfPeople, AreRefusedWhatIsNotThere) {
  const auto nobody = UserId(Uuid::v7(world.now(), world.random));
  const auto permit = world.editing(world.as_adm);
  const auto viewer = world.role_id("viewer");
  auto& directory = world.directory;
  expect_refused("user.not_found", [&] { return code(directory.grant_role(permit, nobody, viewer)); });
  expect_refused("role.not_found", [&] { return code(directory.grant_role(permit, world.dot.id, RoleId(nobody))); });
  expect_refused("user.not_found", [&] { return code(directory.revoke_role(permit, nobody, viewer)); });
  expect_refused("role.not_held", [&] { return code(directory.revoke_role(permit, world.dot.id, RoleId(nobody))); });
  expect_refused("user.not_found", [&] { return code(directory.add_organization(permit, nobody, world.acme.id)); });
  expect_refused("organization.not_found",
                 [&] { return code(directory.add_organization(permit, world.dot.id, OrganizationId(nobody))); });
  expect_refused("organization.not_found",
                 [&] { return code(directory.add_organization(permit, world.dot.id, platform_id())); });
  expect_refused("organization.not_found",
                 [&] { return code(directory.remove_organization(permit, world.adm.id, platform_id())); });
  expect_refused("user.not_found", [&] { return code(directory.remove_organization(permit, nobody, world.acme.id)); });
  expect_refused("user.not_found", [&] { return code(directory.add_provider(permit, nobody, ProviderId(nobody))); });
  expect_refused("provider.not_found",
                 [&] { return code(directory.add_provider(permit, world.dot.id, ProviderId(nobody))); });
  expect_refused("provider.not_found",
                 [&] { return code(directory.remove_provider(permit, world.dot.id, ProviderId(nobody))); });
  expect_refused("user.not_found",
                 [&] { return code(directory.get(world.permit<Action::kAccountList>(world.as_adm), nobody)); });
}

TEST_F(DirectoryOfPeople, AreGivenNothingAboveTheCeilingAndTouchedByNobodyBelowThem) {
  expect_refused("access.ceiling", [&] { return world.grant(world.as_adm, world.dot, "Super Admin"); });
  const auto alien = world.role_above_administrators();
  expect_refused("access.ceiling", [&] { return world.grant(world.as_adm, world.dot, alien); });
  expect_refused("access.outranked", [&] { return world.grant(world.as_adm, world.root, "viewer"); });
  EXPECT_EQ(world.grant(world.as_root, world.ann, "Super Admin"), "ok");
  EXPECT_EQ(world.grant(world.as_root, world.ann, "viewer"), "ok");
  expect_refused("access.outranked", [&] { return world.revoke(world.as_adm, world.ann, "viewer"); });
  expect_refused("access.outranked", [&] { return world.revoke(world.as_adm, world.ann, "Super Admin"); });
  EXPECT_EQ(world.grant(world.as_root, world.dot, alien), "ok");
  expect_refused("access.outranked", [&] { return world.grant(world.as_adm, world.dot, "viewer"); });
}

TEST_F(DirectoryOfPeople, WhoOutrankTheCallerAreNotGivenProvidersByIt) {
  const auto alpha = world.external("Alpha");
  const auto permit = world.editing(world.as_adm);
  expect_refused("access.outranked",
                 [&] { return code(world.directory.add_provider(permit, world.root.id, alpha.id)); });
  world.associate(world.root, alpha);
  expect_refused("access.outranked",
                 [&] { return code(world.directory.remove_provider(permit, world.root.id, alpha.id)); });
}

}  // namespace
}  // namespace gatehouse::domain
