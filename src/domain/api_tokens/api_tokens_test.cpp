#include "domain/api_tokens/api_tokens.hpp"

#include <gtest/gtest.h>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;

class ApiTokens_ : public ::testing::Test {
 protected:
  ApiTokens_() {
    world.join(ann, acme.no, {"admin"});
    as_ann = need(world.who(world.signed_in(ann).access_token));
  }
  Result<CreatedApiToken> create(const NewApiToken& in) {
    return world.api_tokens->create(world.permit<Action::kApiTokenCreate>(as_ann, acme.id), in);
  }
  ApiToken listed() {
    return need(world.api_tokens->list(world.permit<Action::kApiTokenList>(as_ann, acme.id), {})).items.at(0);
  }

  Credentials world;
  User ann = world.person("ann");
  Organization acme = world.organization("Acme", world.organization("Holding").no);
  Principal as_ann;
};

TEST_F(ApiTokens_, AreBearersWithEveryRoleTheirCreatorMayGive) {
  const auto made = need(create({"robot", {}, {}}));
  const auto who = need(world.who(made.secret));
  EXPECT_EQ(who.kind, Principal::Kind::kApiToken);
  EXPECT_EQ(who.active, acme.no);
  EXPECT_TRUE(world.allows(who, access::permission::kUsersEdit, acme.no));
  EXPECT_FALSE(world.allows(who, access::permission::kUsersEdit, world.platform));
  world.graph->read([&](const access::View& view) {
    for (const auto no : made.token.roles) EXPECT_LE(view.role(no)->weight, 30);
  });
}

TEST_F(ApiTokens_, CarryNothingTheirCreatorDoesNotHold) {
  EXPECT_EQ(code(create({"robot", std::vector{world.role("Super Admin")}, {}})), "access.ceiling");
}

TEST_F(ApiTokens_, AreNotMadeThroughAConnectionThatTheyWouldOutlive) {
  const auto bolt = world.organization("Bolt");
  const auto ben = world.person("ben");
  world.join(ben, bolt.no, {"admin"});
  const auto as_ben = need(world.who(world.signed_in(ben).access_token));
  world.unit([&](Unit& unit) {
    const auto connection =
        Connections::establish(unit, acme.no, bolt.no, InvitationId::make(unit.now(), unit.random()));
    unit.record({.action = "connection.updated",
                 .organization = acme.no,
                 .target_kind = "connection",
                 .target = connection,
                 .before = {},
                 .after = {},
                 .facts = {access::ConnectionFact{connection, acme.no, bolt.no, {world.role("admin")}}}});
  });
  const auto create_as_ben = [&] {
    const NewApiToken in{"robot", std::vector{world.role("USER_VIEW")}, {}};
    return world.api_tokens->create(world.permit<Action::kApiTokenCreate>(as_ben, acme.id), in);
  };
  EXPECT_EQ(code(create_as_ben()), "access.through_agency");
  EXPECT_EQ(world.rows("api_tokens"), 0);
  const auto strong = need(create({"robot", {}, {}}));
  const auto weak = need(create({"reader", std::vector{world.role("USER_VIEW")}, {}}));
  const auto revoke_as_ben = [&](const CreatedApiToken& made) {
    return world.api_tokens->revoke(world.permit<Action::kApiTokenRevoke>(as_ben, acme.id), made.token.id);
  };
  EXPECT_EQ(code(revoke_as_ben(strong)), "access.through_agency") << "who can give is not unseated";
  EXPECT_TRUE(revoke_as_ben(weak).ok()) << "to take one away outlives nothing";
  world.join(ben, acme.no, {"USER_EDIT"});
  EXPECT_EQ(code(create_as_ben()), "access.through_agency") << "it takes USER_ADD as well";
  world.join(ben, acme.no, {"USER_ADD"});
  EXPECT_EQ(code(create_as_ben()), "ok") << "in its own right";
  const auto permit = world.permit<Action::kApiTokenCreate>(as_ben, acme.id);
  EXPECT_EQ(code(world.api_tokens->create(permit, {"robot", std::vector{world.role("admin")}, {}})),
            "access.through_agency");
  const auto everything = need(world.api_tokens->create(permit, {"robot", {}, {}}));
  const auto robot = need(world.who(everything.secret));
  EXPECT_TRUE(world.allows(robot, access::permission::kUsersAdd, acme.no));
  EXPECT_FALSE(world.allows(robot, access::permission::kMembershipsEdit, acme.no)) << "held by the connection alone";
}

TEST_F(ApiTokens_, AreTakenAwayOnlyByWhoMayTakeWhatTheyCarry) {
  const auto made = need(create({"robot", {}, {}}));
  const auto cid = world.person("cid");
  world.join(cid, acme.no, {"USER_ADD", "USER_EDIT", "USER_DELETE"});
  const auto as_cid = need(world.who(world.signed_in(cid).access_token));
  EXPECT_EQ(code(world.api_tokens->revoke(world.permit<Action::kApiTokenRevoke>(as_cid, acme.id), made.token.id)),
            "access.ceiling");
  EXPECT_EQ(code(world.api_tokens->revoke(world.permit<Action::kUserRemove>(as_cid, acme.id), made.token.id)),
            "access.ceiling");
  EXPECT_TRUE(world.who(made.secret).ok());
  EXPECT_EQ(code(world.api_tokens->revoke(world.permit<Action::kUserRemove>(as_ann, acme.id), ApiTokenId())),
            "api_token.not_found");
  need(world.api_tokens->revoke(world.permit<Action::kUserRemove>(as_ann, acme.id), made.token.id));
  EXPECT_FALSE(world.who(made.secret).ok());
}

TEST_F(ApiTokens_, MakeNoFurtherTokens) {
  const auto robot = need(world.who(need(create({"robot", {}, {}})).secret));
  EXPECT_EQ(code(world.ledger->policy().permit<Action::kApiTokenCreate>(robot, acme.id, world.now())),
            "access.person_needed");
  EXPECT_EQ(code(world.ledger->policy().permit<Action::kOrganizationSwitch>(robot, world.now())),
            "access.person_needed");
}

TEST_F(ApiTokens_, StopAtOnceWhenRevokedAndWhenExpired) {
  const auto made = need(create({"robot", std::vector{world.role("viewer")}, {}}));
  const auto brief = need(create({"brief", std::vector{world.role("viewer")}, world.now().plus_s(60)}));
  EXPECT_TRUE(world.who(brief.secret).ok());
  need(world.api_tokens->revoke(world.permit<Action::kApiTokenRevoke>(as_ann, acme.id), made.token.id));
  EXPECT_EQ(code(world.who(made.secret)), "auth.token_invalid");
  world.clock.advance_s(60);
  EXPECT_EQ(code(world.who(brief.secret)), "auth.token_invalid");
}

TEST_F(ApiTokens_, StandAfterARestartAndGoWithTheirOrganization) {
  const auto made = need(create({"robot", std::vector{world.role("viewer"), world.role("operator")}, {}}));
  world.restart();
  const auto who = need(world.who(made.secret));
  EXPECT_TRUE(world.allows(who, access::permission::kOrganizationsView, acme.no));
  EXPECT_EQ(listed().roles.size(), 2U);
  need(world.organizations->remove(world.permit<Action::kOrganizationDelete>(as_ann, acme.id), {}));
  EXPECT_FALSE(world.who(made.secret).ok());
  EXPECT_EQ(world.rows("api_token_grants"), 0);
}

TEST_F(ApiTokens_, RememberTheirLastUseWithoutWritingAtOnce) {
  const auto made = need(create({"robot", {}, {}}));
  EXPECT_FALSE(listed().last_used_at);
  world.clock.advance_s(5);
  need(world.who(made.secret));
  EXPECT_EQ(world.rows("api_tokens WHERE last_used_at IS NOT NULL"), 0);
  EXPECT_EQ(listed().last_used_at, world.now());
  EXPECT_EQ(world.api_tokens->maintain(world.now()), 1);
  EXPECT_EQ(world.rows("api_tokens WHERE last_used_at IS NOT NULL"), 1);
}

}  // namespace
}  // namespace gatehouse::domain
