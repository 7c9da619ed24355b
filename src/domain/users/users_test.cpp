#include "domain/users/users.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;

class Accounts : public ::testing::Test {
 protected:
  Accounts() : root(domain.user("root")), ann(domain.user("ann")) {
    domain.join(root, domain.platform, {"Super Admin"});
    as_root = domain.as(root);
    as_ann = domain.as(ann);
  }
  Result<User> create(const std::string& user_name, const std::string& email) {
    return domain.users->create(domain.permit<Action::kAccountCreate>(as_root), {user_name, email, "", std::nullopt});
  }
  std::vector<std::string> listed(const Principal& who, const UserFilter& filter = {}, const Paging& paging = {}) {
    const auto page = domain.users->list(domain.permit<Action::kAccountList>(who), filter, paging);
    std::vector<std::string> names;
    for (const auto& user : page.items) names.push_back(user.user_name);
    names.push_back(std::to_string(page.total));
    return names;
  }
  std::string update(const User& user, const UserPatch& patch) {
    return code(domain.users->update(domain.permit<Action::kAccountEdit>(as_root), user.id, patch));
  }
  std::string remove(const Principal& who, const User& user) {
    auto permit = domain.ledger->policy().permit<Action::kAccountRemove>(who, domain.now());
    if (!permit) return std::string(permit.error().code);
    return code(domain.users->remove(*permit, user.id));
  }

  Domain domain;
  User root, ann;
  Principal as_root, as_ann;
};

TEST_F(Accounts, AreOneForAnyCaseOfNameAndAddress) {
  EXPECT_EQ(code(create("Ann", "other@example.com")), "user.name_taken");
  EXPECT_EQ(code(create("other", "ANN@Example.com")), "user.email_taken");
  EXPECT_EQ(code(create("other", "other@example.com")), "ok");
  EXPECT_EQ(domain.users->find_by_user_name("ANN")->id, ann.id);
  EXPECT_EQ(domain.users->find_by_email("ann@EXAMPLE.com")->id, ann.id);
}

TEST_F(Accounts, CannotTakeAnothersAddressAsTheirName) {
  EXPECT_EQ(code(create("Ann@example.com", "other@example.com")), "user.name_taken");
  EXPECT_EQ(code(create("self@example.com", "self@example.com")), "ok");
  EXPECT_EQ(code(create("third", "Self@example.com")), "user.email_taken");
}

TEST_F(Accounts, NeedAReadableNameAndARealAddress) {
  EXPECT_EQ(code(create(" ", "x@example.com")), "user.name_invalid");
  EXPECT_EQ(code(create("a\x07z", "x@example.com")), "user.name_invalid");
  EXPECT_EQ(code(create("x", "x@")), "user.email_invalid");
}

TEST_F(Accounts, AreListedToThoseWhoMaySeeThem) {
  const auto acme = domain.organization("Acme");
  const auto north = domain.organization("North", acme.no);
  const auto ben = domain.user("ben");
  const auto cid = domain.user("cid");
  domain.join(ann, acme.no, {"viewer"});
  domain.join(ben, north.no, {"USER_VIEW"});
  domain.join(cid, acme.no, {});
  EXPECT_THAT(listed(as_root), ElementsAre("ann", "ben", "cid", "root", "4"));
  EXPECT_THAT(listed(as_root, {.search = {}, .order = UserFilter::Order::kCreatedAt, .descending = true}, {1, 2}),
              ElementsAre("ben", "ann", "4"));
  EXPECT_THAT(listed(as_root, {.search = "BEN@"}), ElementsAre("ben", "1"));
  EXPECT_THAT(listed(as_ann), ElementsAre("ann", "ben", "cid", "3"));
  EXPECT_THAT(listed(as_ann, {.search = "C"}, {0, 1}), ElementsAre("ann", "3"));  // every address has a "c"
  EXPECT_THAT(listed(domain.as(ben)), ElementsAre("ben", "1"));
  EXPECT_THAT(listed(domain.as(cid)), ElementsAre("cid", "1"));
  for (int i = 0; i < 20; ++i) domain.user("stranger" + std::to_string(i));
  EXPECT_THAT(listed(as_ann, {.search = {}, .order = UserFilter::Order::kUserName, .descending = true}),
              ElementsAre("cid", "ben", "ann", "3"));
}

TEST_F(Accounts, AreHiddenFromStrangers) {
  const auto ben = domain.user("ben");
  const auto get = [&](const Principal& who, const User& user) {
    return code(domain.users->get(domain.permit<Action::kAccountGet>(who), user.id));
  };
  EXPECT_EQ(get(as_ann, ann), "ok");
  EXPECT_EQ(get(as_ann, ben), "user.not_found");
  EXPECT_EQ(get(as_root, ben), "ok");
  const auto acme = domain.organization("Acme");
  domain.join(ben, acme.no, {});
  domain.join(ann, acme.no, {"viewer"});
  EXPECT_EQ(get(as_ann, ben), "ok");
}

TEST_F(Accounts, ChangeTheirOwnProfileButNeitherNameNorStatus) {
  UserPatch patch;
  patch.display_name = "Ann A.";
  EXPECT_EQ(need(domain.users->update_self(domain.permit<Action::kSelfEdit>(as_ann), patch)).display_name, "Ann A.");
  for (const auto& refused : {UserPatch{.user_name = "annie"}, UserPatch{.status = UserStatus::kInactive}}) {
    EXPECT_EQ(code(domain.users->update_self(domain.permit<Action::kSelfEdit>(as_ann), refused)), "access.forbidden");
  }
  EXPECT_EQ(update(ann, patch), "ok");
  patch.expected_versions = {1};
  EXPECT_EQ(update(ann, patch), "user.version_mismatch");
}

TEST_F(Accounts, HoldNothingOnceInactive) {
  const auto acme = domain.organization("Acme");
  domain.join(ann, acme.no, {"viewer"});
  UserPatch rest;
  rest.status = UserStatus::kInactive;
  EXPECT_EQ(update(ann, rest), "ok");
  EXPECT_FALSE(domain.allows(as_ann, access::permission::kUsersView, acme.no));
  EXPECT_EQ(code(domain.ledger->policy().permit<Action::kAccountList>(as_ann, domain.now())), "auth.token_invalid");
}

TEST_F(Accounts, AreNotRemovedByWhomTheyOutrankNorAsTheLastAdmin) {
  EXPECT_EQ(code(domain.users->remove(domain.system<Action::kAccountRemove>(domain.platform), root.id)),
            "membership.last_admin");
  const auto clerk = domain.user("clerk");
  domain.join(clerk, domain.platform, {"Administrator"});
  EXPECT_EQ(remove(domain.as(clerk), root), "access.outranked");
  const auto acme = domain.organization("Acme");
  domain.join(ann, acme.no, {"admin"});
  EXPECT_EQ(remove(as_root, ann), "membership.last_admin");
  domain.join(clerk, acme.no, {"admin"});
  EXPECT_EQ(remove(as_root, ann), "ok");
  EXPECT_EQ(remove(as_root, ann), "user.not_found");
  EXPECT_EQ(remove(as_ann, clerk), "auth.token_invalid");
}

}  // namespace
}  // namespace gatehouse::domain
