// The rest of an account: identification, names of a person, whose address is proven, and that nobody ends the account it
// acts with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/directory_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::kPassword;
using gatehouse::testing::need;
using ::testing::ElementsAre;

class UserProfile : public ::testing::Test {
 protected:
  Result<User> edit(const User& user, const UserPatch& patch) {
    return world.users->update(world.system<Action::kAccountEdit>(world.platform), user.id, patch);
  }
  Result<User> edit_self(const User& user, const UserPatch& patch) {
    return world.users->update_self(world.permit<Action::kSelfEdit>(world.as(user)), patch);
  }
  Result<User> create(const NewUser& input) {
    return world.users->create(world.system<Action::kAccountCreate>(world.platform), input);
  }
  NewUser identified(const std::string& name, const IdentificationType& type, const std::string& number) {
    return {.user_name = name, .email = name + "@example.com", .identification = GivenIdentification{type.id, number}};
  }
  std::string expect_unchanged(const User& user, const UserPatch& patch) {
    std::string answer;
    world.expect_nothing_changed([&] { answer = code(edit(user, patch)); });
    return answer;
  }
  // Whom the address names to others.
  [[nodiscard]] std::string named_by(const std::string& email) const {
    std::string name = "nobody";
    world.database->read([&](sql::Tx& tx) {
      if (const auto found = Users::find_by_email(tx, email)) name = found->user_name;
    });
    return name;
  }

  DirectoryWorld world;
};

TEST_F(UserProfile, HasAnIdentificationThatNobodyElseHas) {
  const auto passport = world.document("PP", "[A-Za-z]{2} ?[0-9]{3}");
  const auto card = world.document("ID");
  const auto eve = need(create(identified("eve", passport, " AB  123 ")));
  EXPECT_EQ(eve.identification->number, "AB 123");
  EXPECT_EQ(code(create(identified("fay", passport, "ab 123"))), "user.identification_taken") << "case does not count";
  EXPECT_EQ(code(create(identified("fay", passport, "AB12"))), "identification.number_invalid");
  EXPECT_EQ(code(create(identified("fay", passport, ""))), "identification.number_invalid");
  const auto fay = need(create(identified("fay", card, "AB 123")));
  EXPECT_EQ(expect_unchanged(fay, {.identification_type = passport.id}), "user.identification_taken");
  EXPECT_EQ(expect_unchanged(world.dot, {.identification_type = card.id, .identification_number = "ab 123"}),
            "user.identification_taken");
  EXPECT_EQ(code(edit_self(world.dot, {.identification_type = card.id, .identification_number = "ab 123"})),
            "user.identification_taken");
  EXPECT_EQ(code(edit(eve, {.identification_number = "ab 123"})), "ok") << "its own in other letters";
  world.remove_account(eve);
  EXPECT_EQ(code(edit(fay, {.identification_type = passport.id})), "ok") << "free again";
}

TEST_F(UserProfile, HasBothOrNothingOfAnIdentification) {
  const auto passport = world.document("PP", "[0-9]{3}");
  const auto card = world.document("ID", "[0-9]{5}");
  EXPECT_EQ(expect_unchanged(world.dot, {.identification_number = "123"}), "identification_type.not_found");
  EXPECT_EQ(expect_unchanged(world.dot, {.identification_type = passport.id}), "identification.number_invalid");
  EXPECT_EQ(code(edit(world.dot, {.identification_type = passport.id, .identification_number = "123"})), "ok");
  EXPECT_EQ(expect_unchanged(world.dot, {.identification_type = card.id}), "identification.number_invalid")
      << "the number there is does not fit";
  EXPECT_EQ(code(edit(world.dot, {.identification_type = card.id, .identification_number = "12345"})), "ok");
  EXPECT_EQ(expect_unchanged(world.dot, {.identification_type = IdentificationTypeId(world.dot.id)}),
            "identification_type.not_found");
}

TEST_F(UserProfile, IsRefusedWithEveryFaultyMember) {
  UserPatch patch{.email = "x@", .display_name = std::string(101, 'x'), .first_name = "\x07", .phone = "none"};
  const auto refused = edit(world.dot, patch);
  EXPECT_THAT(DirectoryWorld::faults(refused),
              ElementsAre("user.invalid", "email", "display_name", "first_name", "phone"));
  for (const auto* phone : {"call", "+", "1\t2", "\u0661\u0662\u0663", "0123456789012345678901234567890"}) {
    EXPECT_EQ(expect_unchanged(world.dot, {.phone = phone}), "user.phone_invalid") << phone;
  }
  EXPECT_EQ(need(edit(world.dot, {.phone = " +57 (1) 234-56.78/9 "})).phone, "+57 (1) 234-56.78/9");
  EXPECT_EQ(need(edit(world.dot, {.phone = ""})).phone, "");
}

TEST_F(UserProfile, IsShownByItsPartsUntilSomebodySaysOtherwise) {
  auto eve = need(create({.user_name = "eve", .email = "eve@example.com", .first_name = " Eve ", .last_name = "Lee"}));
  EXPECT_EQ(eve.display_name, "Eve Lee");
  EXPECT_EQ(need(edit(eve, {.last_name = "Li"})).display_name, "Eve Li");
  EXPECT_EQ(need(edit(eve, {.first_name = ""})).display_name, "Li");
  EXPECT_EQ(need(edit(eve, {.display_name = "E."})).display_name, "E.");
  EXPECT_EQ(need(edit(eve, {.first_name = "Eva"})).display_name, "E.");
  EXPECT_EQ(need(edit(eve, {.display_name = "Eva Li"})).display_name, "Eva Li");
  EXPECT_EQ(need(edit_self(eve, {.last_name = "Lind"})).display_name, "Eva Lind");
  const auto shown =
      need(create({.user_name = "fay", .email = "fay@example.com", .display_name = "F", .first_name = "Fay"}));
  EXPECT_EQ(shown.display_name, "F");
  const auto dot = need(edit(world.dot, {.first_name = "Dorothy"}));
  EXPECT_EQ(dot.display_name, "dot") << "as it was given";
}

TEST_F(UserProfile, OfLongPartsIsNotShownByOthersThatItHadBefore) {
  const std::string long_name(100, 'x');
  const auto eve =
      need(create({.user_name = "eve", .email = "eve@example.com", .first_name = long_name, .last_name = "Lee"}));
  EXPECT_EQ(eve.display_name, "");
  const auto fay =
      need(create({.user_name = "fay", .email = "fay@example.com", .first_name = "Fay", .last_name = "Lee"}));
  EXPECT_NE(need(edit(fay, {.first_name = long_name})).display_name, "Fay Lee");
}

TEST_F(UserProfile, HasAnAddressThatNamesNobodyOnceItsOwnerChangedIt) {
  EXPECT_EQ(named_by("CID@example.com"), "cid");
  EXPECT_FALSE(need(edit_self(world.cid, {.email = "new@example.com"})).email_proven);
  EXPECT_EQ(named_by("new@example.com"), "nobody");
  EXPECT_EQ(named_by("cid@example.com"), "nobody");
  EXPECT_TRUE(world.try_sign_in("new@example.com").ok()) << "its owner signs in by it";
  EXPECT_FALSE(need(edit_self(world.cid, {.phone = "1"})).email_proven);
  EXPECT_FALSE(need(edit_self(world.cid, {.email = "NEW@example.com"})).email_proven) << "the same in other letters";
  EXPECT_FALSE(need(edit_self(world.cid, {.email = "cid@example.com"})).email_proven) << "nor the one before";
  EXPECT_FALSE(need(edit(world.cid, {.phone = "2"})).email_proven) << "an administrator who said nothing of it";
  EXPECT_TRUE(need(edit(world.cid, {.email = "cid@example.com"})).email_proven);
  EXPECT_EQ(named_by("cid@example.com"), "cid");
  EXPECT_TRUE(need(edit_self(world.cid, {.email = "CID@example.com"})).email_proven) << "the same mailbox";
}

TEST_F(UserProfile, HasAnAddressThatTheSecretOfAMailProves) {
  need(edit_self(world.cid, {.email = "new@example.com"}));
  world.unit([&](Unit& unit) { Users::accept(unit, *Users::find(unit.tx(), world.cid.no)); });
  EXPECT_EQ(named_by("new@example.com"), "cid");
  const auto revision = world.graph->revision();
  world.unit([&](Unit& unit) { Users::accept(unit, *Users::find(unit.tx(), world.cid.no)); });
  EXPECT_EQ(world.graph->revision(), revision) << "there was nothing to say";
}

TEST_F(UserProfile, LosesAnAddressItOnlyClaimsToWhomItIsProvenFor) {
  need(edit_self(world.cid, {.email = "claimed@example.com"}));
  EXPECT_EQ(code(edit_self(world.dot, {.email = "Claimed@example.com"})), "user.email_taken") << "one claim is as good";
  world.expect_nothing_changed(
      [&] { EXPECT_EQ(code(create({.user_name = "ann", .email = "claimed@example.com"})), "user.name_taken"); });
  const auto fay = need(create({.user_name = "fay", .email = "CLAIMED@example.com"}));
  EXPECT_EQ(named_by("claimed@example.com"), "fay");
  EXPECT_EQ(named_by("cid@example.com"), "cid") << "back at the one that was proven";
  EXPECT_TRUE(world.try_sign_in("cid@example.com").ok());
  EXPECT_FALSE(world.try_sign_in("claimed@example.com").ok());
  need(edit_self(world.cid, {.email = "second@example.com"}));
  EXPECT_EQ(code(edit(world.dot, {.email = "second@example.com"})), "ok") << "by an administrator's word";
  EXPECT_EQ(named_by("second@example.com"), "dot");
  EXPECT_EQ(named_by("cid@example.com"), "cid");
}

TEST_F(UserProfile, FallsBackToAnAddressThatNobodyReadsWhenItsOwnIsGone) {
  need(edit_self(world.cid, {.email = "first@example.com"}));
  need(edit_self(world.cid, {.email = "second@example.com"}));
  const auto fay = need(create({.user_name = "fay", .email = "cid@example.com"}));
  EXPECT_EQ(named_by("cid@example.com"), "fay") << "it was free";
  need(create({.user_name = "gil", .email = "second@example.com"}));
  EXPECT_EQ(named_by("second@example.com"), "gil");
  EXPECT_EQ(named_by("cid@example.com"), "fay");
  const auto fallen = *world.users->find_by_user_name("cid");
  EXPECT_EQ(fallen.email, world.cid.id.to_string() + "@users.invalid");
  EXPECT_EQ(named_by(fallen.email), "nobody");
  EXPECT_TRUE(world.try_sign_in("cid").ok()) << "by the user name, as ever";
  EXPECT_EQ(code(edit_self(world.cid, {.email = "third@example.com"})), "ok");
}

TEST_F(UserProfile, IsNotEndedByWhoActsWithIt) {
  world.join(world.cid, world.platform, {"Super Admin"});
  const auto deactivate = [&](const Principal& who, const User& user) {
    const auto permit = world.permit<Action::kAccountEdit>(who);
    return code(world.users->update(permit, user.id, {.status = UserStatus::kInactive}));
  };
  const auto remove = [&](const Principal& who, const User& user) {
    return code(world.users->remove(world.permit<Action::kAccountRemove>(who), user.id));
  };
  const auto clients = world.permit<Action::kClientEdit>(need(world.who(world.signed_in(world.root).access_token)));
  const auto made =
      need(world.clients->create(clients, {"own", {"accounts.write", "users.write", "memberships.write"}, {}}));
  const auto token = need(world.clients->token(made.client.id.to_string(), made.secret, {}, world.now()));
  world.expect_nothing_changed([&] {
    EXPECT_EQ(deactivate(world.as_root, world.root), "user.own_account");
    EXPECT_EQ(remove(world.as_root, world.root), "user.own_account");
  });
  const auto as_client =
      world.ledger->policy().permit<Action::kAccountRemove>(need(world.who(token.access_token)), world.now());
  if (as_client) { EXPECT_EQ(code(world.users->remove(*as_client, world.root.id)), "user.own_account"); }
  EXPECT_EQ(code(world.users->update(world.permit<Action::kAccountEdit>(world.as_root), world.root.id, {.phone = "1"})),
            "ok")
      << "the rest is its own to change";
  const auto as_cid = world.as(world.cid);
  EXPECT_EQ(deactivate(as_cid, world.root), "ok");
  EXPECT_EQ(remove(as_cid, world.root), "ok");
}

// As an earlier release let it stand.
TEST_F(UserProfile, MayBeChangedBesideANameThatLooksTheSameAndGetsItsAddressBack) {
  need(create({.user_name = "paypal", .email = "paypal@example.com"}));
  auto like = need(create({.user_name = "fay", .email = "fay@example.com"}));
  world.unit([&](Unit& unit) {
    const auto keys = user_rules::keys("paypaI", like.email);
    unit.tx().execute(
        "UPDATE users SET user_name = $2, user_name_key = $3, user_name_skeleton = $4, user_name_sight = $5 WHERE no = "
        "$1",
        {like.no.value, "paypaI", keys.user_name, keys.skeleton, keys.sight});
  });
  EXPECT_EQ(code(edit(like, {.email = "fay.new@example.com"})), "ok");
  like = *world.users->find_by_user_name("paypaI");
  need(edit_self(like, {.email = "claimed@example.com"}));
  need(create({.user_name = "owner", .email = "claimed@example.com"}));
  EXPECT_EQ(named_by("fay.new@example.com"), "paypaI") << "it was free";
  EXPECT_EQ(code(edit(like, {.user_name = "fay"})), "ok");
  EXPECT_EQ(code(edit(like, {.user_name = "Paypal"})), "user.name_taken");
  EXPECT_EQ(code(edit(like, {.user_name = "paypaI"})), "user.name_look_alike") << "but not anew";
}

TEST_F(UserProfile, IsDeactivatedWhateverItAdministersButThePlatform) {
  const auto shield = world.organization("Shield");
  world.join(world.cid, shield.no, {"admin"});
  const auto tokens = world.signed_in(world.cid);
  world.set_status(world.cid, UserStatus::kInactive);
  EXPECT_FALSE(world.who(tokens.access_token).ok());
}

}  // namespace
}  // namespace gatehouse::domain
