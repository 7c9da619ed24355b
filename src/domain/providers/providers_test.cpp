#include "domain/providers/providers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"
#include "support_cpp/many_rows.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Providers_ : public ::testing::Test {
 protected:
  Providers_() : root(domain.user("root")), ann(domain.user("ann")), ben(domain.user("ben")) {
    domain.join(root, domain.platform, {"Super Admin"});
    as_root = domain.as(root);
    as_ann = domain.as(ann);
  }
  Result<Provider> create(const NewProvider& in) {
    return providers.create(domain.permit<Action::kCatalogueEdit>(as_root), in);
  }
  Provider provider(const std::string& name, bool active = true) {
    return need(create({.name = name, .active = active}));
  }
  Result<Provider> update(const Provider& provider, const ProviderPatch& patch) {
    return providers.update(domain.permit<Action::kCatalogueEdit>(as_root), provider.id, patch);
  }
  Result<void> remove(const Provider& provider) {
    return providers.remove(domain.permit<Action::kCatalogueEdit>(as_root), provider.id);
  }
  Provider get(const ProviderId& id) { return need(providers.get(domain.permit<Action::kAccountGet>(as_ann), id)); }
  std::vector<std::string> names(const Paging& paging = {}) {
    const auto page = providers.list(domain.permit<Action::kAccountGet>(as_ann), paging);
    std::vector<std::string> names{std::to_string(page.total)};
    for (const auto& provider : page.items) names.push_back(provider.name);
    return names;
  }
  Result<void> unit(FunctionRef<Result<void>(Unit&)> work) {
    return domain.ledger->unguarded("test", Principal::system(), work);
  }
  std::string add(const User& user, const ProviderId& id) {
    return code(unit([&](Unit& unit) { return Providers::add_user(unit, user.no, id); }));
  }
  std::string take(const User& user, const ProviderId& id) {
    return code(unit([&](Unit& unit) { return Providers::remove_user(unit, user.no, id); }));
  }
  std::vector<std::string> of(const User& user) {
    std::vector<std::string> names;
    domain.database->read([&](sql::Tx& tx) {
      const std::vector<UserNo> asked{root.no, user.no};
      auto found = Providers::of_users(tx, asked);
      for (const auto& provider : found[user.no]) names.push_back(provider.name);
    });
    return names;
  }
  // Action and target of the newest entry of the log, and all that it holds.
  std::string last_entry() {
    std::string entry;
    domain.database->read([&](sql::Tx& tx) {
      tx.each("SELECT action, target_kind, target_id, before, after FROM changes ORDER BY revision DESC LIMIT 1", {},
              [&](const sql::Row& row) {
                entry.append(row.text(0)).append(" ").append(row.text(1)).append(" ");
                entry += row.id<Uuid>(2).to_string();
                entry.append(" ").append(row.text(3)).append(">").append(row.text(4));
                return false;
              });
    });
    return entry;
  }

  Domain domain;
  Providers providers{*domain.ledger};
  User root, ann, ben;
  Principal as_root, as_ann;
};

TEST_F(Providers_, AreKeptAsTheyWereGiven) {
  const auto made = need(create({"  Seguros   Sur ", " 900123456-1 ", false}));
  const auto found = get(made.id);
  EXPECT_EQ(found.name, "Seguros Sur");
  EXPECT_EQ(found.identification_number, "900123456-1");
  EXPECT_FALSE(found.active);
  EXPECT_EQ(found.created_at, domain.now());
  EXPECT_EQ(get(need(create({.name = "Norte", .identification_number = " "})).id).identification_number, std::nullopt);
}

TEST_F(Providers_, TellEveryFaultOfWhatIsGiven) {
  const auto made = create({"\x01", std::string(51, '1'), true});
  ASSERT_EQ(code(made), "provider.invalid");
  ASSERT_EQ(made.error().fields.size(), 2U);
  EXPECT_EQ(made.error().fields[0].field, "name");
  EXPECT_EQ(made.error().fields[1].field, "identification_number");
  EXPECT_EQ(code(create({.name = std::string(101, 'a')})), "provider.invalid");
  EXPECT_EQ(code(create({.name = " "})), "provider.invalid");
  EXPECT_EQ(code(create({.name = std::string(100, 'a'), .identification_number = std::string(50, '1')})), "ok");
}

TEST_F(Providers_, ShareNoNameInAnyCase) {
  const auto sur = provider("Sur");
  EXPECT_EQ(code(create({.name = "SUR"})), "provider.name_taken");
  EXPECT_EQ(code(update(provider("Norte"), {.name = "ＳＵＲ"})), "provider.name_taken");
  EXPECT_EQ(code(update(sur, {.name = "SUR"})), "ok");
  EXPECT_THAT(names(), ElementsAre("2", "Norte", "SUR"));
}

TEST_F(Providers_, AreListedByNameAPageAtATime) {
  for (const auto* name : {"delta", "Alfa", "Charlie", "bravo"}) provider(name);
  EXPECT_THAT(names(), ElementsAre("4", "Alfa", "bravo", "Charlie", "delta"));
  EXPECT_THAT(names({1, 2}), ElementsAre("4", "bravo", "Charlie"));
  EXPECT_THAT(names({4, 2}), ElementsAre("4"));
}

TEST_F(Providers_, ChangeOnlyWhereThePatchSaysSo) {
  const auto made = need(create({"Sur", "1", true}));
  need(update(made, {.active = false}));
  EXPECT_EQ(get(made.id).name, "Sur");
  EXPECT_EQ(get(made.id).identification_number, "1");
  EXPECT_FALSE(get(made.id).active);
  need(update(made, {.name = "Norte", .identification_number = ""}));
  EXPECT_EQ(get(made.id).name, "Norte");
  EXPECT_EQ(get(made.id).identification_number, std::nullopt);
  EXPECT_FALSE(get(made.id).active);
  EXPECT_EQ(code(update(made, {.name = ""})), "provider.invalid");
}

TEST_F(Providers_, AreLoggedWhenTheyChangeAndOnlyThen) {
  const auto made = provider("Sur");
  const auto id = made.id.to_string();
  EXPECT_EQ(last_entry(), "provider.created provider " + id + R"( >{"name":"Sur","active":true})");
  need(update(made, {.active = false}));
  const auto changed = last_entry();
  EXPECT_EQ(changed,
            "provider.updated provider " + id + R"( {"name":"Sur","active":true}>{"name":"Sur","active":false})");
  const auto other = provider("Norte");
  const auto created = last_entry();
  need(update(made, {.name = "Sur", .active = false}));
  EXPECT_EQ(last_entry(), created);
  need(remove(made));
  EXPECT_EQ(last_entry(), "provider.removed provider " + id + R"( {"name":"Sur","active":false}>)");
}

TEST_F(Providers_, AreAssociatedWithAccountsOnce) {
  const auto sur = provider("Sur");
  const auto norte = provider("norte");
  EXPECT_EQ(add(ann, sur.id), "ok");
  EXPECT_EQ(add(ann, norte.id), "ok");
  EXPECT_EQ(add(ben, sur.id), "ok");
  EXPECT_EQ(add(ann, sur.id), "provider.association_exists");
  EXPECT_EQ(add(ann, {}), "provider.not_found");
  EXPECT_THAT(of(ann), ElementsAre("norte", "Sur"));
  EXPECT_THAT(of(ben), ElementsAre("Sur"));
  EXPECT_THAT(of(root), IsEmpty());
}

TEST_F(Providers_, LoseAccountsThatTheyHave) {
  const auto sur = provider("Sur");
  EXPECT_EQ(take(ann, sur.id), "provider.association_not_found");
  EXPECT_EQ(take(ann, {}), "provider.not_found");
  EXPECT_EQ(add(ann, sur.id), "ok");
  EXPECT_EQ(add(ben, sur.id), "ok");
  EXPECT_EQ(take(ann, sur.id), "ok");
  EXPECT_EQ(take(ann, sur.id), "provider.association_not_found");
  EXPECT_THAT(of(ann), IsEmpty());
  EXPECT_THAT(of(ben), ElementsAre("Sur"));
}

TEST_F(Providers_, StandInTheLogOfTheAccountsTheyAreAssociatedWith) {
  const auto sur = provider("Sur");
  const auto what = R"({"providerId":")" + sur.id.to_string() + R"(","name":"Sur"})";
  EXPECT_EQ(add(ann, sur.id), "ok");
  EXPECT_EQ(last_entry(), "user.provider_added user " + ann.id.to_string() + " >" + what);
  EXPECT_EQ(take(ann, sur.id), "ok");
  EXPECT_EQ(last_entry(), "user.provider_removed user " + ann.id.to_string() + " " + what + ">");
}

TEST_F(Providers_, TakeNoNewAccountsWhenTheyAreNotActive) {
  const auto sur = provider("Sur");
  EXPECT_EQ(add(ann, sur.id), "ok");
  need(update(sur, {.active = false}));
  EXPECT_EQ(add(ben, sur.id), "provider.inactive");
  EXPECT_EQ(add(ann, sur.id), "provider.association_exists");
  EXPECT_THAT(of(ben), IsEmpty());
  EXPECT_THAT(of(ann), ElementsAre("Sur"));
  EXPECT_EQ(take(ann, sur.id), "ok");
}

TEST_F(Providers_, AreAHundredAnAccountAtMost) {
  for (int i = 0; i < kMaxProvidersOfUser; ++i) ASSERT_EQ(add(ann, provider("p" + std::to_string(i)).id), "ok");
  const auto more = provider("more");
  EXPECT_EQ(add(ann, more.id), "provider.too_many_of_user");
  EXPECT_EQ(add(ben, more.id), "ok");
  EXPECT_EQ(of(ann).size(), 100U);
}

TEST_F(Providers_, AreRemovedOnlyWhenNoAccountIsAssociated) {
  const auto sur = provider("Sur");
  EXPECT_EQ(add(ann, sur.id), "ok");
  EXPECT_EQ(code(remove(sur)), "provider.in_use");
  EXPECT_EQ(take(ann, sur.id), "ok");
  EXPECT_EQ(code(remove(sur)), "ok");
  EXPECT_EQ(code(remove(sur)), "provider.not_found");
  EXPECT_EQ(code(update(sur, {.name = "x"})), "provider.not_found");
  EXPECT_EQ(code(providers.get(domain.permit<Action::kAccountGet>(as_ann), sur.id)), "provider.not_found");
  EXPECT_THAT(names(), ElementsAre("0"));
}

TEST_F(Providers_, LetAccountsGo) {
  const auto sur = provider("Sur");
  EXPECT_EQ(add(ann, sur.id), "ok");
  EXPECT_EQ(add(ben, sur.id), "ok");
  need(domain.users->remove(domain.permit<Action::kAccountRemove>(as_root), ann.id));
  EXPECT_THAT(of(ann), IsEmpty());
  EXPECT_THAT(of(ben), ElementsAre("Sur"));
}

TEST_F(Providers_, OfNobodyAreNone) {
  domain.database->read([&](sql::Tx& tx) { EXPECT_THAT(Providers::of_users(tx, {}), IsEmpty()); });
}

TEST_F(Providers_, AreAHundredThousandAtMost) {
  domain.unit([](Unit& unit) {
    testing::insert_many(unit.tx(), "providers (id, name, name_key, active, created_at)", "{0}, {1}, {1}, 1, 0",
                         kMaxProviders - 1);
  });
  const auto last = provider("last");
  EXPECT_EQ(code(create({.name = "more"})), "provider.too_many");
  need(remove(last));
  EXPECT_EQ(code(create({.name = "more"})), "ok");
}

TEST_F(Providers_, AreForAdministratorsToChange) {
  EXPECT_EQ(code(domain.ledger->policy().permit<Action::kCatalogueEdit>(as_ann, domain.now())), "access.forbidden");
}

}  // namespace
}  // namespace gatehouse::domain
