// Where an account signs in, changed by who may edit accounts.
#include <gtest/gtest.h>

#include "support_cpp/directory_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::DirectoryWorld;
using gatehouse::testing::need;

class UserIdentityProvider : public ::testing::Test {
 protected:
  std::string move(const User& user, const std::optional<IdentityProviderId>& to) {
    return code(world.users->change_identity_provider(world.system<Action::kAccountEdit>(world.platform), user.id, to));
  }
  std::string move_as(const Principal& who, const User& user, const std::optional<IdentityProviderId>& to) {
    return code(world.users->change_identity_provider(world.editing(who), user.id, to));
  }
  std::string reset(const User& user) {
    return code(
        world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), user.id, "another horse battery 8"));
  }
  [[nodiscard]] std::int64_t with_password(const User& user) const {
    return world.rows("users WHERE password_hash IS NOT NULL AND no = " + std::to_string(user.no.value));
  }

  DirectoryWorld world;
  IdentityProvider provider = world.provider("corp");
};

TEST_F(UserIdentityProvider, TakesThePasswordAndNoneCanBeSet) {
  ASSERT_EQ(reset(world.cid), "ok");
  EXPECT_EQ(move(world.cid, provider.id), "ok");
  EXPECT_EQ(with_password(world.cid), 0);
  EXPECT_EQ(reset(world.cid), "user.signs_in_elsewhere");
  EXPECT_EQ(code(world.identity_providers->remove(world.system<Action::kCatalogueEdit>(world.platform), provider.id)),
            "identity_provider.in_use");
}

TEST_F(UserIdentityProvider, TakenAwayLetsAPasswordBeSetAgain) {
  ASSERT_EQ(move(world.cid, provider.id), "ok");
  EXPECT_EQ(move(world.cid, std::nullopt), "ok");
  EXPECT_EQ(with_password(world.cid), 0);
  EXPECT_EQ(reset(world.cid), "ok");
  need(world.identity_providers->remove(world.system<Action::kCatalogueEdit>(world.platform), provider.id));
}

TEST_F(UserIdentityProvider, IsNoneThatIsDisabledOrUnknown) {
  world.enable(provider, false);
  world.expect_nothing_changed([&] {
    EXPECT_EQ(move(world.cid, provider.id), "identity_provider.disabled");
    EXPECT_EQ(move(world.cid, IdentityProviderId(world.cid.id)), "identity_provider.not_found");
    EXPECT_EQ(move(world.cid, std::nullopt), "ok") << "as it was";
  });
}

TEST_F(UserIdentityProvider, StaysWithTheLastWhoAdministersThePlatform) {
  world.expect_nothing_changed([&] { EXPECT_EQ(move(world.root, provider.id), "membership.last_admin"); });
  EXPECT_EQ(move(world.ann, provider.id), "ok") << "an organization is administered from the platform as well";
}

TEST_F(UserIdentityProvider, EndsItsSessionsEitherWay) {
  const auto before = world.signed_in(world.cid);
  ASSERT_TRUE(world.who(before.access_token).ok());
  ASSERT_EQ(move(world.cid, provider.id), "ok");
  EXPECT_FALSE(world.who(before.access_token).ok());
  EXPECT_FALSE(world.try_sign_in("cid").ok());
}

TEST_F(UserIdentityProvider, IsNotChangedOfOneselfNorOfWhoOutranksOne) {
  world.expect_nothing_changed([&] {
    EXPECT_EQ(move_as(world.as_root, world.root, provider.id), "user.own_account");
    EXPECT_EQ(move_as(world.as_adm, world.root, provider.id), "access.outranked");
    EXPECT_FALSE(world.ledger->policy().permit<Action::kAccountEdit>(world.as_ann, world.now()).ok());
  });
  EXPECT_EQ(move_as(world.as_root, world.adm, provider.id), "ok");
}

}  // namespace
}  // namespace gatehouse::domain
