// What user names there can be, when two are one, and what becomes of names that an earlier release took.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/users/users.hpp"
#include "support_cpp/all_rows.hpp"
#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::all_rows;
using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;

class UserNames : public ::testing::Test {
 protected:
  std::string create(const std::string& user_name, const std::string& email = {}) {
    NewUser input;
    input.user_name = user_name;
    input.email = email.empty() ? "p" + std::to_string(++made_) + "@example.org" : email;
    return code(world.users->create(world.system<Action::kAccountCreate>(world.platform), input));
  }
  std::string rename(const User& user, const std::string& user_name) {
    return code(
        world.users->update(world.system<Action::kAccountEdit>(world.platform), user.id, {.user_name = user_name}));
  }
  // As the release before this one has it: its keys of name and address, and nothing of how it looks.
  void as_before(const User& user, const std::string& name, const std::string& name_key, const std::string& email,
                 const std::string& email_key) {
    world.unit([&](Unit& unit) {
      unit.tx().execute(
          "UPDATE users SET user_name = $2, user_name_key = $3, email = $4, email_key = $5, user_name_skeleton = NULL, "
          "user_name_sight = NULL WHERE no = $1",
          {user.no.value, name, name_key, email, email_key});
    });
  }
  std::string stored(const User& user, const std::string& column) {
    std::string value;
    world.database->read([&](sql::Tx& tx) {
      value = tx.first("SELECT " + column + " FROM users WHERE no = $1", {user.no.value}, [](const sql::Row& row) {
                  return std::string(row.text(0));
                }).value_or("no row");
    });
    return value;
  }

  Credentials world;

 private:
  int made_ = 0;
};

TEST_F(UserNames, AreOneHoweverTheyAreWritten) {
  EXPECT_EQ(create("J\u00f6rg.M\u00fcller"), "ok");
  for (const auto* same : {"j\u00f6rg.m\u00fcller", "J\u00d6RG.M\u00dcLLER", "Jo\u0308rg.Mu\u0308ller",
                           "\uff2a\u00f6rg.\uff2d\u00fcller", " J\u00f6rg.M\u00fcller "}) {
    EXPECT_EQ(create(same), "user.name_taken") << same;
  }
  EXPECT_EQ(create("jorg.muller"), "ok") << "another letter is another name";
  EXPECT_EQ(create("fu\u00dfball"), "ok");
  EXPECT_EQ(create("fussball"), "ok") << "RFC 8265 3.5";
  world.person("\u0441\u0432\u0435\u0442\u043b\u0430\u043d\u0430");
  EXPECT_TRUE(world.try_sign_in("\u0421\u0412\u0415\u0422\u041b\u0410\u041d\u0410").ok());
}

TEST_F(UserNames, AreMadeOfWhatCanBeTypedAgain) {
  for (const auto* name : {" ", "Ann Lee", "a\tb", "ann\u2163", "ann\u200d", "ann\u202e", "\u2665ann", "a\u00a0b",
                           "\u05d0a1", "\xff", "ann\u00ad", "\ufb01n"}) {
    EXPECT_EQ(create(name), "user.name_invalid") << name;
  }
  EXPECT_EQ(create(std::string(254, 'x')), "ok");
  EXPECT_EQ(create(std::string(255, 'x')), "user.name_invalid");
  EXPECT_EQ(create("x!#$%&'*+-/=?^_`{|}~@example"), "ok");
  const auto ann = world.user("ann");
  EXPECT_EQ(rename(ann, "Ann Lee"), "user.name_invalid");
  EXPECT_EQ(stored(ann, "user_name"), "ann");
}

TEST_F(UserNames, ThatLookLikeAnotherAreRefused) {
  world.user("admin");
  world.user("mary");
  const auto paypal = world.user("paypal");
  for (const auto* name : {"\u0430dmin", "adm\u0456n", "rnary", "PAYPA1"}) {
    EXPECT_EQ(create(name), "user.name_look_alike") << name;
  }
  const auto other = world.user("other");
  EXPECT_EQ(rename(other, "paypa1"), "user.name_look_alike");
  EXPECT_EQ(rename(paypal, "paypa1"), "ok") << "like oneself";
  EXPECT_EQ(create("paypal"), "user.name_look_alike") << "now that one is there";
  world.unit([&](Unit& unit) {
    EXPECT_EQ(code(Users::insert(unit, {.user_name = "\u0430dmin", .email = "x@example.org"})), "user.name_look_alike");
  });
}

TEST_F(UserNames, ThatLookLikeAnotherAsTheyAreTypedAreRefused) {
  const auto tom = world.user("TOM");
  world.user("bob");
  world.user("paypal");
  world.user("SupportI");
  for (const auto* name : {"\u0422\u041e\u041c", "\u0422om", "\u0412\u041e\u0412", "paypaI", "PaypaI", "supportl"}) {
    EXPECT_EQ(create(name), "user.name_look_alike") << name;
  }
  const auto other = world.user("other");
  EXPECT_EQ(rename(other, "\u0422\u041e\u041c"), "user.name_look_alike");
  EXPECT_EQ(rename(tom, "\u0422\u041e\u041c"), "ok") << "like oneself";
  EXPECT_EQ(create("Tom"), "user.name_look_alike") << "now that one is there";
  EXPECT_EQ(create("\u0422\u041e\u041c@example.net"), "ok");
  EXPECT_EQ(create("tom@example.net"), "user.name_look_alike") << "an address, where the other is not in ASCII";
  EXPECT_EQ(create("PaypaI@example.net"), "ok");
  EXPECT_EQ(create("paypal@example.net"), "ok") << "two addresses that people were given";
  EXPECT_EQ(create("p\u0430ypaI@example.net"), "user.name_look_alike");
}

TEST_F(UserNames, ThatReadersTellApartAreTaken) {
  for (const auto* name : {"mail",
                           "mall",
                           "eli",
                           "ell",
                           "ann",
                           "anne",
                           "tom",
                           "tam",
                           "Kim",
                           "Klm",
                           "IT",
                           "LT",
                           "MARIA",
                           "Marla",
                           "ian",
                           "lan",
                           "KAI",
                           "KAL",
                           "\u0418\u0440\u0438\u043d\u0430",
                           "Irina"}) {
    EXPECT_EQ(create(name), "ok") << name;
  }
}

TEST_F(UserNames, ThatAreAddressesAreWhateverPeopleWereGiven) {
  EXPECT_EQ(create("user1@example.com", "user1@example.com"), "ok");
  EXPECT_EQ(create("userl@example.com", "userl@example.com"), "ok");
  EXPECT_EQ(create("us\u0435r1@example.com", "x@example.com"), "user.name_look_alike") << "in another script";
  EXPECT_EQ(create("", "rnary@example.com"), "ok") << "the address is the name where none is given";
  EXPECT_EQ(world.users->find_by_user_name("RNARY@example.com")->email, "rnary@example.com");
  EXPECT_EQ(create("", "mary@example.com"), "ok");
  EXPECT_EQ(create("other", "User1@Example.com"), "user.email_taken");
}

TEST_F(UserNames, AndAddressesHideNothing) {
  world.user("admin");
  for (const auto* email : {"admin\u200b@example.com",
                            "\u00ad"
                            "admin@example.com",
                            "admin@exam\u200dple.com"}) {
    EXPECT_EQ(create("new", email), "user.email_invalid") << email;
    EXPECT_EQ(create("", email), "user.invalid") << email;
  }
  const auto edit = world.system<Action::kAccountEdit>(world.platform);
  const auto ann = world.user("ann");
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.email = "admin\u2060@example.com"})), "user.email_invalid");
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.display_name = "Ann\u200b"})), "user.display_name_invalid");
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.first_name = "A\u3164"})), "user.person_name_invalid");
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.display_name = "\u0645\u06cc\u200c\u0631\u0648\u062f"})), "ok");
  as_before(ann, "ann", "ann", "ann\u200b@example.com", "ann\u200b@example.com");
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.first_name = "Ann"})), "ok") << "what was taken once stays good";
}

TEST_F(UserNames, OfOneAreNotAddressesOfAnother) {
  world.user("ann");
  EXPECT_EQ(create("ANN@example.com", "x@example.com"), "user.name_taken");
  EXPECT_EQ(create("x@example.com", "y@example.com"), "ok");
  EXPECT_EQ(create("y", "X@example.com"), "user.email_taken");
  const auto ben = world.user("ben");
  EXPECT_EQ(code(world.users->update_self(world.permit<Action::kSelfEdit>(world.as(ben)), {.email = "x@example.com"})),
            "user.email_taken");
}

TEST_F(UserNames, OfAnEarlierReleaseGetTheirKeysAtTheNextStart) {
  const auto first = world.person("first");
  const auto second = world.person("second");
  as_before(first, "Fu\u00dfball", "fussball", "Stra\u00dfe@example.com", "strasse@example.com");
  EXPECT_FALSE(world.try_sign_in("Fu\u00dfball").ok());
  EXPECT_EQ(create("fu\u0455\u0455ball"), "ok") << "nothing is known of how that one looks";
  world.users->renew_keys();
  EXPECT_EQ(stored(first, "user_name_key"), "fu\u00dfball");
  EXPECT_EQ(stored(first, "email_key"), "stra\u00dfe@example.com");
  EXPECT_NE(stored(first, "user_name_skeleton"), "");
  EXPECT_TRUE(world.try_sign_in("FU\u00dfBALL").ok());
  EXPECT_TRUE(world.try_sign_in("STRA\u00dfe@example.com").ok());
  EXPECT_EQ(create("\u0441fu\u00dfball"), "ok");
  EXPECT_EQ(create("fu\u00dfba11"), "user.name_look_alike");
  EXPECT_TRUE(world.try_sign_in(second.user_name).ok());
  const auto before = all_rows(*world.database);
  world.users->renew_keys();
  EXPECT_EQ(all_rows(*world.database), before) << "once is enough";
}

TEST_F(UserNames, OfAReleaseThatDidNotLookAtThemAsTheyAreTypedAreLookedAtAtTheNextStart) {
  const auto paypal = world.person("paypaI");
  world.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE users SET user_name_key = 'kept', user_name_sight = NULL WHERE no = $1",
                      {paypal.no.value});
  });
  EXPECT_EQ(create("paypal"), "ok") << "nothing is known of how that one looks";
  EXPECT_EQ(world.users->renew_keys(), 0);
  EXPECT_EQ(stored(paypal, "user_name_sight"), "paypal");
  EXPECT_EQ(stored(paypal, "user_name_key"), "kept") << "that is of this release already";
  EXPECT_EQ(create("p\u0430ypal"), "user.name_look_alike");
  const auto edit = world.system<Action::kAccountEdit>(world.platform);
  EXPECT_EQ(code(world.users->update(edit, paypal.id, {.first_name = "Pay"})), "ok") << "side by side they stay";
}

TEST_F(UserNames, OfAnEarlierReleaseStayGoodUntilTheyAreChanged) {
  const auto ann = world.person("ann");
  as_before(ann, "Ann Lee \u2665", "ann lee \u2665", ann.email, ann.email);
  world.users->renew_keys();
  EXPECT_TRUE(world.try_sign_in("ANN  lee \u2665").ok());
  const auto edit = world.system<Action::kAccountEdit>(world.platform);
  EXPECT_EQ(code(world.users->update(edit, ann.id, {.first_name = "Ann"})), "ok");
  EXPECT_EQ(rename(ann, "Ann Lee \u2665"), "ok") << "no change";
  EXPECT_EQ(rename(ann, "Ann Leigh"), "user.name_invalid");
  EXPECT_EQ(rename(ann, "ann.leigh"), "ok");
}

TEST_F(UserNames, OfAnEarlierReleaseThatLookLikeAnotherDoNotKeepTheAccountFromBeingAdministered) {
  const auto first = world.person("first");
  const auto second = world.person("second");
  as_before(first, "paypal", "paypal", first.email, first.email);
  as_before(second, "paypa1", "paypa1", second.email, second.email);
  world.users->renew_keys();
  const auto edit = world.system<Action::kAccountEdit>(world.platform);
  EXPECT_EQ(code(world.users->update(edit, second.id, {.first_name = "Pay"})), "ok");
  EXPECT_EQ(code(world.users->update_self(world.permit<Action::kSelfEdit>(world.as(second)), {.phone = "1"})), "ok");
  EXPECT_EQ(code(world.users->update(edit, second.id, {.status = UserStatus::kInactive})), "ok");
  EXPECT_EQ(rename(second, "p\u0430ypal"), "user.name_look_alike");
  EXPECT_EQ(create("payp\u0430l"), "user.name_look_alike");
}

TEST_F(UserNames, OfAnEarlierReleaseThatAreOneByNowAreLeftToTheFirst) {
  const auto first = world.person("first");
  const auto second = world.person("second");
  as_before(first, "\u00dcnal", "kept one", first.email, first.email);
  as_before(second, "u\u0308nal", "kept two", second.email, second.email);
  world.users->renew_keys();
  EXPECT_EQ(stored(first, "user_name_key"), "\u00fcnal");
  EXPECT_EQ(stored(second, "user_name_key"), "kept two");
  EXPECT_NE(stored(second, "user_name_skeleton"), "") << "it is not looked at again";
  EXPECT_EQ(need(world.try_sign_in("\u00fcnal")).user, first.id);
  EXPECT_EQ(need(world.try_sign_in(second.email)).user, second.id);
  const auto edit = world.system<Action::kAccountEdit>(world.platform);
  EXPECT_EQ(code(world.users->update(edit, second.id, {.status = UserStatus::kInactive})), "ok");
}

TEST_F(UserNames, OfAnEarlierReleaseAreRenewedHoweverManyThereAre) {
  constexpr int kMany = 2'050;
  world.unit([&](Unit& unit) {
    for (int i = 0; i < kMany; ++i) {
      const auto name = "N" + std::to_string(i);
      const auto email = name + "@Example.org";
      unit.tx().execute(
          "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, status, created_at, updated_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, 'active', 1, 1)",
          {unit.next_number("users"), UserId::make(unit.now(), unit.random()), name, "old " + name, email,
           "old " + email});
    }
  });
  world.users->renew_keys();
  EXPECT_EQ(world.rows("users WHERE user_name_skeleton IS NULL OR user_name_sight IS NULL OR user_name_key LIKE 'old%' "
                       "OR email_key LIKE 'old%'"),
            0);
  EXPECT_EQ(world.users->find_by_user_name("n2049")->email, "N2049@Example.org");
}

}  // namespace
}  // namespace gatehouse::domain
