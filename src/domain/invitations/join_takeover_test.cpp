// Nobody comes by what was offered to another: neither whoever may change the account meanwhile, nor another who invites the
// same person. What somebody else offers changes nothing of an account until the holder of the mail accepts it.
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
using ::testing::IsEmpty;

constexpr auto kNew = "new@stranger.example";
constexpr auto kGiven = "another horse battery 8";

class JoinTakeover : public ::testing::Test {
 protected:
  std::string offered() { return world.joining(world.as_ann, world.somebody(kNew, "viewer", {world.acme})); }
  std::string reset(const User& user) {
    return code(world.passwords->reset(world.system<Action::kAccountEdit>(world.platform), user.id, kGiven));
  }
  std::string edit_email(const User& user, const std::string& email) {
    return code(world.users->update(world.system<Action::kAccountEdit>(world.platform), user.id, {.email = email}));
  }
  // By the other company, through a provider or none.
  std::string invite_elsewhere(const std::optional<IdentityProvider>& provider) {
    auto person = world.somebody(kNew, "viewer", {world.bolt});
    if (provider) person.identity_provider = provider->id.to_string();
    return world.joining(world.as_ben, person);
  }
  [[nodiscard]] std::optional<IdentityProviderId> provider_of(const std::string& email) const {
    return world.account_of(email)->identity_provider;
  }

  DirectoryWorld world;
};

TEST_F(JoinTakeover, IsNotDoneByWhoGaveAPasswordAndThenChangedItAsTheOwner) {
  const auto secret = offered();
  const auto account = *world.account_of(kNew);
  ASSERT_EQ(reset(account), "ok");
  const auto thief = need(world.who(need(world.try_sign_in(kNew, kGiven)).access_token));
  need(world.passwords->change(world.permit<Action::kSelfEdit>(thief), kGiven, "a third horse battery 8",
                               *world.throttle, "192.0.2.1"));
  world.expect_worthless(secret, "invitation.void");
}

TEST_F(JoinTakeover, IsNotDoneByAnAddressThatWasElsewhereMeanwhile) {
  const auto secret = offered();
  const auto account = *world.account_of(kNew);
  ASSERT_EQ(edit_email(account, "thief@example.com"), "ok");
  const auto at_the_thief = world.joining(world.as_ben, world.somebody("thief@example.com", "viewer", {world.bolt}));
  ASSERT_EQ(world.activate(at_the_thief, std::string(kPassword)), "ok");
  ASSERT_EQ(edit_email(account, kNew), "ok");
  world.expect_worthless(secret, "invitation.not_pending");
  EXPECT_THAT(world.holds(kNew, world.acme), IsEmpty());
}

TEST_F(JoinTakeover, IsNotDoneByAnAdministratorWhoWritesTheAddressIntoHisOwnProfile) {
  EXPECT_EQ(code(world.users->update(world.editing(world.as_adm), world.adm.id, {.email = "cfo@example.com"})), "ok");
  world.database->read([&](sql::Tx& tx) { EXPECT_FALSE(Users::find_by_email(tx, "cfo@example.com").has_value()); });
  const auto invited = need(world.ask(world.as_root, world.somebody("cfo@example.com", "viewer", {world.acme})));
  EXPECT_NE(invited.at(0).user, world.adm.id);
  EXPECT_TRUE(invited.at(0).is_new);
}

TEST_F(JoinTakeover, OfTheWaySomebodySignsInNeedsAnAcceptance) {
  const auto other = world.provider("other");
  const auto first = offered();
  (void)invite_elsewhere(other);
  EXPECT_EQ(provider_of(kNew), std::nullopt);
  EXPECT_TRUE(need(world.joins->preview(first)).needs_password) << "as Acme offered it";
  EXPECT_EQ(world.activate(first, std::string(kPassword)), "ok");
  EXPECT_EQ(reset(*world.account_of(kNew)), "ok") << "not Bolt's to forbid";
}

TEST_F(JoinTakeover, OfTheWaySomebodySignsInIsNotDoneByInvitingItAgainAfterARest) {
  const auto azure = world.provider("waad");
  auto person = world.somebody(kNew, "viewer", {world.acme});
  person.identity_provider = azure.id.to_string();
  ASSERT_EQ(world.activate(world.joining(world.as_ann, person)), "ok");
  const auto account = *world.account_of(kNew);
  world.set_status(account, UserStatus::kInactive);
  world.set_status(account, UserStatus::kActive);
  EXPECT_EQ(world.account_of(kNew)->status, UserStatus::kActive);
  EXPECT_EQ(need(world.ask(world.as_ben, world.somebody(kNew, "viewer", {world.bolt}))).at(0).status,
            UserStatus::kActive);
  EXPECT_EQ(provider_of(kNew), azure.id);
  EXPECT_EQ(reset(account), "user.signs_in_elsewhere");
}

TEST_F(JoinTakeover, OfAnInvitationThroughAProviderIsNotDoneByOneWithoutIt) {
  const auto azure = world.provider("waad");
  auto person = world.somebody(kNew, "viewer", {world.acme});
  person.identity_provider = azure.id.to_string();
  const auto secret = world.joining(world.as_ann, person);
  (void)invite_elsewhere({});
  EXPECT_EQ(code(world.identity_providers->remove(world.system<Action::kCatalogueEdit>(world.platform), azure.id)),
            "identity_provider.in_use");
  EXPECT_EQ(need(world.joins->preview(secret)).identity_provider, azure.name);
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_EQ(provider_of(kNew), azure.id);
}

TEST_F(JoinTakeover, OfAnAccountThatThePlatformSentElsewhereIsNotDoneByAnInvitation) {
  const auto azure = world.provider("waad");
  const auto secret = offered();
  need(world.users->change_identity_provider(world.system<Action::kAccountEdit>(world.platform),
                                             world.account_of(kNew)->id, azure.id));
  EXPECT_FALSE(need(world.joins->preview(secret)).needs_password);
  EXPECT_EQ(world.activate(secret), "ok");
  EXPECT_EQ(provider_of(kNew), azure.id);
}

TEST_F(JoinTakeover, LeavesItsNameInTheLog) {
  const auto secret = offered();
  ASSERT_EQ(world.activate(secret), "ok");
  const auto account = *world.account_of(kNew);
  std::int64_t entries = 0;
  world.database->read([&](sql::Tx& tx) {
    entries = tx.integer(
        "SELECT COUNT(*) FROM changes WHERE action = 'invitation.accepted' AND actor_kind = 'user' AND "
        "actor_id = $1 AND organization_no = $2",
        {account.id, world.platform.value});
  });
  EXPECT_EQ(entries, 1);
}

}  // namespace
}  // namespace gatehouse::domain
