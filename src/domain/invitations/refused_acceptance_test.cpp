// Acceptances that are refused, some when half of the work is done, and leave nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/opaque_token.hpp"
#include "domain/invitations/invitations.hpp"
#include "support_cpp/companies_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Companies;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RefusedAcceptance : public ::testing::Test {
 protected:
  Companies world;
};

TEST_F(RefusedAcceptance, HoldsANewPasswordToThePolicy) {
  const auto token = world.invited(world.for_stranger());
  world.expect_refused(token, "password.too_short", "short");
  world.expect_refused(token, "password.like_account", "new@stranger.example");
  world.expect_refused(token, "password.too_common", "password1");
  const auto eve = world.newcomer("evelyn-the-great");
  world.join(eve, world.bolt.no, {});
  UserPatch patch;
  patch.email = "e@example.org";
  need(world.users->update(world.system<Action::kAccountEdit>(world.platform), eve.id, patch));
  world.expect_refused(world.invited({"e@example.org", "Bolt", Relation::kAgency}), "password.like_account",
                       "Evelyn-the-Great");
}

TEST_F(RefusedAcceptance, FindsNoRoomForMoreAgenciesThanDecisionsCanLookAt) {
  const auto token = world.invited(world.for_stranger());
  for (std::size_t i = 0; i < kMaxAgencies; ++i) {
    world.connect(world.acme, world.organization("Agency " + std::to_string(i)));
  }
  world.expect_refused(token, "connection.too_many");
}

TEST_F(RefusedAcceptance, NeedsTheSecretOfAnInvitation) {
  const auto token = world.invited(world.for_bolt());
  auto spoilt = token;
  spoilt.back() = spoilt.back() == 'a' ? 'b' : 'a';
  const std::vector<std::string> wrong{"",
                                       "invite",
                                       spoilt,
                                       token + " ",
                                       crypto::mint_opaque_token("invite", world.system_random).text,
                                       crypto::mint_opaque_token("api", world.system_random).text};
  for (const auto& one : wrong) {
    world.expect_refused(one, "invitation.token_unknown");
    EXPECT_EQ(code(world.invitations->preview(one)), "invitation.token_unknown") << one;
    EXPECT_EQ(world.invitations->reject_by_token(one).error().kind, ErrorKind::kUnauthenticated);
  }
  EXPECT_EQ(world.accept(token), "ok");
}

TEST_F(RefusedAcceptance, IsOfInvitationsToConnectOnly) {
  const auto token = world.invited(world.for_bolt());
  world.unit([](Unit& unit) { unit.tx().execute("UPDATE invitations SET purpose = 'join'"); });
  world.expect_refused(token, "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->preview(token)), "invitation.token_unknown");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "invitation.token_unknown");
  EXPECT_THAT(world.list(world.as_ann, world.acme), IsEmpty());
}

TEST_F(RefusedAcceptance, JoinsNobodyToAnOrganizationThatMerelyHasTheName) {
  world.organization("Initech");
  world.expect_refused(world.invited({"new@stranger.example", "initech", Relation::kAgency}),
                       "organization.name_taken");
  world.expect_refused(world.invited({"other@stranger.example", "Bolt", Relation::kCustomer}),
                       "organization.name_taken", std::string(kPassword));
}

TEST_F(RefusedAcceptance, DoesNotTakeAnotherUsersName) {
  world.unit([](Unit& unit) {
    need(Users::insert(unit, {"new@stranger.example", "elsewhere@example.com", "", std::nullopt}));
  });
  world.expect_refused(world.invited(world.for_stranger()), "user.name_taken");
}

TEST_F(RefusedAcceptance, IsForTheOrganizationThatSomebodyWhoIsKnownMeanwhileBelongsTo) {
  const auto token = world.invited({"eve@example.com", "Bolt", Relation::kAgency});
  const auto eve = world.user("eve");
  world.expect_refused(token, "organization.name_taken");
  world.join(eve, world.bolt.no, {});
  EXPECT_EQ(world.accept(token), "ok");
  EXPECT_THAT(world.connections_of(world.bolt), SizeIs(1));
}

TEST_F(RefusedAcceptance, DoesNotChooseBetweenTwoOrganizationsThatMayBeMeant) {
  const auto token = world.invited({"eve@example.com", "Northwind", Relation::kAgency});
  const auto eve = world.user("eve");
  world.join(eve, world.organization("Northwind East").no, {});
  world.join(eve, world.organization("Northwind West").no, {});
  world.expect_refused(token, "organization.ambiguous");
}

TEST_F(RefusedAcceptance, ConnectsNoOrganizationWithItself) {
  const auto token = world.invited({"eve@example.com", "Acme Ltd.", Relation::kAgency});
  world.join(world.user("eve"), world.acme.no, {});
  world.expect_refused(token, "invitation.own_organization");
}

TEST_F(RefusedAcceptance, DoesNotConnectTwiceInOneRelation) {
  const auto token = world.invited(world.for_bolt());
  world.join(world.dot, world.bolt.no, {});
  const auto second = world.invited({world.dot.email, "Bolt", Relation::kAgency});
  need(world.invite(world.as_ben, world.bolt, {world.ann.email, "Acme", Relation::kCustomer}));
  const auto crossed = world.token();
  EXPECT_EQ(world.accept(crossed), "ok");
  world.expect_refused(token, "connection.exists");
  world.expect_refused(second, "connection.exists");
  EXPECT_EQ(code(world.invitations->reject_by_token(token)), "ok");
}

}  // namespace
}  // namespace gatehouse::domain
