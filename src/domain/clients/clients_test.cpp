#include "domain/clients/clients.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;

class Clients_ : public ::testing::Test {
 protected:
  Clients_() {
    world.join(ann, acme.no, {"admin"});
    pair = world.signed_in(ann);
    as_ann = need(world.who(pair.access_token));
  }
  Result<CreatedClient> create(const NewClient& in) {
    return world.clients->create(world.permit<Action::kClientEdit>(as_ann), in);
  }
  CreatedClient sensor() { return need(create({"sensor", {"telemetry.write", "organizations.read"}, {}})); }
  Result<ClientToken> token(const CreatedClient& made, std::string_view scope = {}) {
    return world.clients->token(made.client.id.to_string(), made.secret, scope, world.now());
  }
  Result<void> remove(const Principal& who, const ClientId& id) {
    return world.clients->remove(world.permit<Action::kClientEdit>(who), id);
  }

  Credentials world;
  User ann = world.person("ann");
  Organization acme = world.organization("Acme", world.organization("Holding").no);
  TokenPair pair;
  Principal as_ann;
};

TEST_F(Clients_, AreMadeWithASecretThatIsShownOnce) {
  const auto made = sensor();
  EXPECT_EQ(made.secret.substr(0, 11), "gth_client_");
  EXPECT_EQ(made.client.expires_at, world.now().plus_s(365 * 86'400));
  bool kept = false;
  world.database->read([&](sql::Tx& tx) {
    kept = tx.exists("SELECT 1 FROM clients WHERE secret = $1", {sql::Value::bytes(made.secret)}) ||
           tx.exists("SELECT 1 FROM changes WHERE after LIKE '%gth_client%'", {});
  });
  EXPECT_FALSE(kept);
}

TEST_F(Clients_, ActWithinTheirCreatorsActiveOrganization) {
  const auto issued = need(token(sensor()));
  EXPECT_EQ(issued.expires_in_s, 900);
  EXPECT_EQ(issued.scope, "telemetry.write organizations.read");
  const auto who = need(world.who(issued.access_token));
  EXPECT_EQ(who.kind, Principal::Kind::kClient);
  EXPECT_EQ(who.active, acme.no);
  EXPECT_TRUE(world.allows(who, access::permission::kOrganizationsView, acme.no));
  EXPECT_FALSE(world.allows(who, access::permission::kOrganizationsEdit, acme.no));
}

TEST_F(Clients_, FindTheOrganizationOfWhoHadNoneActive) {
  const auto ben = world.person("ben");
  const auto as_ben = need(world.who(world.signed_in(ben).access_token));
  world.join(ben, acme.no, {"viewer"});
  const auto made =
      need(world.clients->create(world.permit<Action::kClientEdit>(as_ben), {"late", {"orders.read"}, {}}));
  EXPECT_EQ(need(world.who(need(token(made)).access_token)).active, acme.no);
}

TEST_F(Clients_, AreRefusedWithOneCodeWhateverIsWrong) {
  const auto made = sensor();
  const auto id = made.client.id.to_string();
  for (const auto& [client, secret] :
       std::vector<std::pair<std::string, std::string>>{{id, made.secret + "x"},
                                                        {id, ""},
                                                        {"", made.secret},
                                                        {ann.id.to_string(), made.secret},
                                                        {"no uuid", made.secret}}) {
    EXPECT_EQ(code(world.clients->token(client, secret, {}, world.now())), "auth.credentials_invalid") << client;
  }
}

TEST_F(Clients_, MayAskForTheirScopesOnly) {
  const auto made = sensor();
  EXPECT_TRUE(token(made, "telemetry.write").ok());
  EXPECT_EQ(code(token(made, "telemetry.write orders.read")), "client.scope_invalid");
}

TEST_F(Clients_, StopAtOnceWhenTheyAreRemoved) {
  const auto made = sensor();
  const auto issued = need(token(made));
  EXPECT_TRUE(world.who(issued.access_token).ok());
  need(remove(as_ann, made.client.id));
  EXPECT_EQ(code(world.who(issued.access_token)), "auth.token_invalid");
  EXPECT_FALSE(token(made).ok());
  EXPECT_EQ(code(remove(as_ann, made.client.id)), "client.not_found");
}

TEST_F(Clients_, StopWhenTheyExpireAndAreForgottenLater) {
  const auto made = need(create({"brief", {"orders.read"}, world.now().plus_s(60)}));
  const auto issued = need(token(made));
  EXPECT_EQ(issued.expires_in_s, 60);
  world.clock.advance_s(60);
  EXPECT_FALSE(world.who(issued.access_token).ok());
  EXPECT_FALSE(token(made).ok());
  world.clock.advance_s(86'400);
  EXPECT_EQ(world.clients->maintain(world.now()), 1);
  EXPECT_EQ(world.rows("clients"), 0);
}

TEST_F(Clients_, AreRemovedByTheirOwnerOrAnAdministratorOnly) {
  const auto made = sensor();
  const auto eve = world.person("eve");
  EXPECT_EQ(code(remove(need(world.who(world.signed_in(eve).access_token)), made.client.id)), "client.not_found");
  const auto root = world.person("root");
  world.join(root, world.platform, {"Super Admin"});
  EXPECT_TRUE(remove(need(world.who(world.signed_in(root).access_token)), made.client.id).ok());
}

TEST_F(Clients_, AreNamedOnceAnOwner) {
  (void)sensor();
  EXPECT_EQ(code(create({" SENSOR ", {"orders.read"}, {}})), "client.name_taken");
}

TEST_F(Clients_, SayEveryFaultOfTheirInput) {
  const auto refused =
      create({std::string(101, 'x'), {"orders.read", "Orders.read", "orders.delete", "read"}, world.now()});
  ASSERT_FALSE(refused.ok());
  std::vector<std::string> fields;
  for (const auto& fault : refused.error().fields) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::ElementsAre("name", "scopes[1]", "scopes[2]", "scopes[3]", "expires_at"));
  EXPECT_EQ(code(create({"x", {}, {}})), "client.invalid");
}

TEST_F(Clients_, ListTheirOwnersOwnNewestFirst) {
  for (const auto* name : {"one", "two", "three"}) {
    need(create({name, {"orders.read"}, {}}));
    world.clock.advance_s(1);
  }
  const auto page = need(world.clients->list(world.permit<Action::kClientEdit>(as_ann), {1, 1}));
  EXPECT_EQ(page.total, 3);
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].name, "two");
}

TEST_F(Clients_, StandAfterARestartAndGoWithOwnerAndOrganization) {
  const auto made = sensor();
  const auto issued = need(token(made));
  world.restart();
  EXPECT_TRUE(world.who(issued.access_token).ok());
  need(world.organizations->remove(world.permit<Action::kOrganizationDelete>(as_ann, acme.id), {}));
  EXPECT_FALSE(world.who(issued.access_token).ok());
  EXPECT_EQ(world.rows("clients"), 0);
}

}  // namespace
}  // namespace gatehouse::domain
