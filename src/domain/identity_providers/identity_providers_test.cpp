#include "domain/identity_providers/identity_providers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/seal.hpp"
#include "support_cpp/domain_fixture.hpp"
#include "support_cpp/many_rows.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kSecret = "a word nobody else knows";

class IdentityProviders_ : public ::testing::Test {
 protected:
  IdentityProviders_() : root(domain.user("root")), ann(domain.user("ann")) {
    domain.join(root, domain.platform, {"Super Admin"});
    as_root = domain.as(root);
    as_ann = domain.as(ann);
  }
  static NewIdentityProvider fresh(const std::string& name, const std::string& prefix) {
    return {.name = name,
            .prefix = prefix,
            .issuer = "https://login.example.com/tenant",
            .client_id = "gatehouse",
            .client_secret = std::string(kSecret)};
  }
  Result<IdentityProvider> create(const NewIdentityProvider& in) {
    return providers.create(domain.permit<Action::kCatalogueEdit>(as_root), in);
  }
  IdentityProvider azure() { return need(create(fresh("Azure", "waad"))); }
  Result<IdentityProvider> update(const IdentityProvider& provider, const IdentityProviderPatch& patch) {
    domain.clock.advance_s(1);
    return providers.update(domain.permit<Action::kCatalogueEdit>(as_root), provider.id, patch);
  }
  Result<void> remove(const IdentityProviderId& id) {
    return providers.remove(domain.permit<Action::kCatalogueEdit>(as_root), id);
  }
  std::vector<std::string> names(std::optional<bool> enabled = {}) {
    std::vector<std::string> names;
    for (const auto& provider : providers.list(domain.permit<Action::kAccountGet>(as_ann), enabled)) {
      names.push_back(provider.name);
    }
    return names;
  }
  Result<std::string> secret(const IdentityProviderId& id) {
    Result<std::string> opened{std::string()};
    domain.database->read([&](sql::Tx& tx) { opened = providers.client_secret(tx, id); });
    return opened;
  }
  std::string enabled(const IdentityProviderId& id) {
    std::string answer;
    domain.database->read([&](sql::Tx& tx) { answer = code(IdentityProviders::check_enabled(tx, id)); });
    return answer;
  }
  // The platform's, newest first.
  std::vector<LogEntry> log() {
    return domain.changes->list(domain.system<Action::kChangeList>(domain.platform), {}, 10).items;
  }

  Domain domain;
  SystemRandom system_random;
  crypto::Seal seal{crypto::MasterKey{1, 2, 3}, system_random};
  IdentityProviders providers{*domain.ledger, seal};
  User root, ann;
  Principal as_root, as_ann;
};

TEST_F(IdentityProviders_, AreKeptAsTheyWereGiven) {
  auto in = fresh("  Azure   AD ", "waad");
  in.enabled = false;
  in.scopes = {{"openid", "groups", "openid"}};
  const auto made = need(create(in));
  const auto found = need(providers.get(domain.permit<Action::kAccountGet>(as_ann), made.id));
  EXPECT_EQ(found.name, "Azure AD");
  EXPECT_EQ(found.prefix, "waad");
  EXPECT_FALSE(found.enabled);
  EXPECT_EQ(found.type, "oidc");
  EXPECT_EQ(found.issuer, "https://login.example.com/tenant");
  EXPECT_EQ(found.client_id, "gatehouse");
  EXPECT_THAT(found.scopes, ElementsAre("openid", "groups"));
  EXPECT_EQ(found.created_at, domain.now());
  EXPECT_EQ(found.updated_at, domain.now());
}

TEST_F(IdentityProviders_, AskForAnAddressAndAProfileWhenNothingElseIsSaid) {
  EXPECT_THAT(azure().scopes, ElementsAre("openid", "email", "profile"));
}

TEST_F(IdentityProviders_, KeepTheirSecretSealedAndBoundToThem) {
  const auto one = azure();
  const auto other = need(create(fresh("Google", "google-oauth2")));
  EXPECT_EQ(need(secret(one.id)), kSecret);
  bool shown = false;
  domain.database->read([&](sql::Tx& tx) {
    tx.each("SELECT client_secret FROM identity_providers", {}, [&](const sql::Row& row) {
      shown = shown || row.bytes(0).find(kSecret) != std::string_view::npos;
      return true;
    });
    shown = shown || tx.exists("SELECT 1 FROM changes WHERE after LIKE '%nobody else%'", {});
  });
  EXPECT_FALSE(shown);
  domain.unit([&](Unit& unit) {
    unit.tx().execute(
        "UPDATE identity_providers SET client_secret = (SELECT client_secret FROM identity_providers WHERE id = $1) "
        "WHERE id = $2",
        {one.id, other.id});
  });
  EXPECT_EQ(code(secret(other.id)), "identity_provider.unsealable");
  EXPECT_EQ(code(secret({})), "identity_provider.not_found");
}

TEST_F(IdentityProviders_, AreListedByNameWithoutCaseAndByWhetherTheyAreEnabled) {
  need(create(fresh("okta", "okta")));
  need(create(fresh("Google", "google-oauth2")));
  auto off = fresh("Éntra", "entra");
  off.enabled = false;
  need(create(off));
  EXPECT_THAT(names(), ElementsAre("Google", "okta", "Éntra"));
  EXPECT_THAT(names(true), ElementsAre("Google", "okta"));
  EXPECT_THAT(names(false), ElementsAre("Éntra"));
}

TEST_F(IdentityProviders_, AreFoundByTheirPrefixWithoutCase) {
  const auto made = azure();
  domain.database->read([&](sql::Tx& tx) {
    EXPECT_EQ(IdentityProviders::find_by_prefix(tx, "WAAD")->id, made.id);
    EXPECT_FALSE(IdentityProviders::find_by_prefix(tx, "waa"));
    EXPECT_EQ(IdentityProviders::find(tx, made.id)->prefix, "waad");
    EXPECT_FALSE(IdentityProviders::find(tx, {}));
  });
}

TEST_F(IdentityProviders_, ShareNoPrefix) {
  azure();
  EXPECT_EQ(code(create(fresh("Another", "waad"))), "identity_provider.prefix_taken");
  const auto other = need(create(fresh("Another", "other")));
  EXPECT_EQ(code(update(other, {.name = "Renamed", .prefix = "waad"})), "identity_provider.prefix_taken");
  EXPECT_THAT(names(), ElementsAre("Another", "Azure"));
}

TEST_F(IdentityProviders_, ChangeOnlyWhereThePatchSaysSo) {
  const auto made = azure();
  const auto after = need(update(made, {.enabled = false}));
  EXPECT_FALSE(after.enabled);
  EXPECT_EQ(after.updated_at, domain.now());
  EXPECT_EQ(after.created_at, made.created_at);
  EXPECT_EQ(need(secret(made.id)), kSecret);
  need(update(made, {.name = "Entra",
                     .prefix = "entra",
                     .issuer = "http://localhost:8080",
                     .client_id = "id",
                     .scopes = {{"openid"}}}));
  const auto found = need(providers.get(domain.permit<Action::kAccountGet>(as_ann), made.id));
  EXPECT_EQ(found.name, "Entra");
  EXPECT_EQ(found.prefix, "entra");
  EXPECT_FALSE(found.enabled);
  EXPECT_EQ(found.issuer, "http://localhost:8080");
  EXPECT_EQ(found.client_id, "id");
  EXPECT_THAT(found.scopes, ElementsAre("openid"));
  EXPECT_EQ(code(update(made, {.issuer = "http://login.example.com"})), "identity_provider.invalid");
  EXPECT_EQ(code(update(made, {.client_secret = ""})), "identity_provider.invalid");
  EXPECT_EQ(need(secret(made.id)), kSecret);
}

TEST_F(IdentityProviders_, SayInTheLogThatTheSecretChangedAndNotToWhat) {
  const auto made = azure();
  need(update(made, {.client_secret = "another word"}));
  EXPECT_EQ(need(secret(made.id)), "another word");
  const auto entries = log();
  ASSERT_GE(entries.size(), 2U);
  EXPECT_EQ(entries[0].action, "identity_provider.updated");
  EXPECT_EQ(entries[0].target, made.id);
  EXPECT_THAT(entries[0].after, HasSubstr("\"clientSecretChanged\":true"));
  EXPECT_THAT(entries[0].after, ::testing::Not(HasSubstr("another word")));
  EXPECT_EQ(entries[1].action, "identity_provider.created");
  EXPECT_THAT(entries[1].after, HasSubstr("\"prefix\":\"waad\""));
}

TEST_F(IdentityProviders_, AreNotChangedByWhatIsSoAlready) {
  const auto made = azure();
  const auto entries = log().size();
  const auto after = need(update(made, {.name = "Azure", .client_secret = std::string(kSecret)}));
  EXPECT_EQ(after.updated_at, made.updated_at);
  EXPECT_EQ(log().size(), entries);
}

TEST_F(IdentityProviders_, TakeANewSecretWhenTheOldOneNoLongerOpens) {
  const auto made = azure();
  domain.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE identity_providers SET client_secret = $1", {sql::Value::bytes("no seal")});
  });
  EXPECT_EQ(code(secret(made.id)), "identity_provider.unsealable");
  need(update(made, {.client_secret = std::string(kSecret)}));
  EXPECT_EQ(need(secret(made.id)), kSecret);
}

TEST_F(IdentityProviders_, AreRemovedOnlyWhenNoAccountHasOne) {
  const auto made = azure();
  domain.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE users SET identity_provider_id = $1 WHERE no = $2", {made.id, ann.no.value});
  });
  EXPECT_EQ(code(remove(made.id)), "identity_provider.in_use");
  EXPECT_THAT(names(), ElementsAre("Azure"));
  domain.unit([&](Unit& unit) { unit.tx().execute("UPDATE users SET identity_provider_id = NULL"); });
  need(remove(made.id));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(log().at(0).action, "identity_provider.removed");
  EXPECT_EQ(code(remove(made.id)), "identity_provider.not_found");
  EXPECT_EQ(code(update(made, {.name = "x"})), "identity_provider.not_found");
  EXPECT_EQ(code(providers.get(domain.permit<Action::kAccountGet>(as_ann), made.id)), "identity_provider.not_found");
}

TEST_F(IdentityProviders_, SayWhetherTheyLetPeopleIn) {
  const auto made = azure();
  EXPECT_EQ(enabled(made.id), "ok");
  need(update(made, {.enabled = false}));
  EXPECT_EQ(enabled(made.id), "identity_provider.disabled");
  EXPECT_EQ(enabled({}), "identity_provider.not_found");
}

TEST_F(IdentityProviders_, KeepTheirAccountsOutWhileTheyAreDisabled) {
  const auto made = azure();
  domain.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE users SET identity_provider_id = $1 WHERE no = $2", {made.id, ann.no.value});
  });
  const auto sign_in = [&](UserNo user) {
    std::string answer;
    domain.database->read([&](sql::Tx& tx) { answer = code(IdentityProviders::check_sign_in(tx, user)); });
    return answer;
  };
  EXPECT_EQ(sign_in(ann.no), "ok");
  need(update(made, {.enabled = false}));
  EXPECT_EQ(sign_in(ann.no), "identity_provider.disabled");
  EXPECT_EQ(sign_in(root.no), "ok");
}

TEST_F(IdentityProviders_, AreForAdministratorsToChange) {
  EXPECT_EQ(code(domain.ledger->policy().permit<Action::kCatalogueEdit>(as_ann, domain.now())), "access.forbidden");
}

TEST_F(IdentityProviders_, TellEveryFaultOfWhatIsGiven) {
  NewIdentityProvider bad;
  bad.type = "saml";
  bad.scopes = {{"openid", "", "a b"}};
  const auto made = create(bad);
  ASSERT_EQ(code(made), "identity_provider.invalid");
  std::vector<std::string> fields;
  for (const auto& fault : made.error().fields) fields.push_back(fault.field);
  EXPECT_THAT(fields,
              ElementsAre("name", "prefix", "type", "issuer", "client_id", "client_secret", "scopes[1]", "scopes[2]"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(IdentityProviders_, AreAThousandAtMost) {
  domain.unit([](Unit& unit) {
    testing::insert_many(unit.tx(),
                         "identity_providers (id, name, prefix, prefix_key, enabled, type, issuer, client_id, "
                         "client_secret, scopes, created_at, updated_at)",
                         "{0}, {1}, {1}, {1}, 1, 'oidc', '', '', {0}, '', 0, 0", kMaxIdentityProviders - 1);
  });
  const auto last = azure();
  EXPECT_EQ(code(create(fresh("x", "one-more"))), "identity_provider.too_many");
  need(remove(last.id));
  EXPECT_EQ(code(create(fresh("x", "one-more"))), "ok");
}

}  // namespace
}  // namespace gatehouse::domain
