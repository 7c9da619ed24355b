#include "domain/signing_keys/signing_keys.hpp"

#include <gtest/gtest.h>

#include "crypto/seal.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;

constexpr std::int64_t kDay = 86'400;

class SigningKeys_ : public ::testing::Test {
 protected:
  std::unique_ptr<SigningKeys> open(const crypto::Seal& with, const SigningKeyRules& rules = {}) {
    return std::make_unique<SigningKeys>(*domain.ledger, with, rules);
  }

  Domain domain;
  SystemRandom random;
  crypto::Seal seal{crypto::MasterKey{1}, random};
};

TEST_F(SigningKeys_, SignAtOnceAtTheFirstStartAndAreTheSameAtTheNext) {
  const auto first = open(seal);
  need(first->ensure());
  const auto again = open(seal);
  need(again->ensure());
  EXPECT_EQ(first->current()->kid(), again->current()->kid());
  EXPECT_EQ(again->all()->size(), 1U);
  const auto signature = first->current()->key.sign("message");
  EXPECT_TRUE(again->find(first->current()->kid())->key.verify("message", signature));
  EXPECT_EQ(again->find("unknown"), nullptr);
}

TEST_F(SigningKeys_, DoNotOpenWithAnotherMasterKey) {
  need(open(seal)->ensure());
  const crypto::Seal other{crypto::MasterKey{2}, random};
  EXPECT_EQ(code(open(other)->ensure()), "signing_key.unsealable");
}

TEST_F(SigningKeys_, ArePublishedBeforeTheySignAndVerifyAfterwards) {
  const auto keys = open(seal);
  need(keys->ensure());
  const auto former = keys->current()->kid();
  need(keys->rotate(domain.system<Action::kStoreAdminister>(domain.platform)));
  EXPECT_EQ(keys->all()->size(), 2U);
  EXPECT_EQ(keys->current()->kid(), former);
  domain.clock.advance_s(3600);
  keys->maintain(domain.now());
  EXPECT_NE(keys->current()->kid(), former);
  EXPECT_NE(keys->find(former), nullptr);
  domain.clock.advance_s(15 * 60 + 299);
  keys->maintain(domain.now());
  EXPECT_NE(keys->find(former), nullptr);
  domain.clock.advance_s(1);
  keys->maintain(domain.now());
  EXPECT_EQ(keys->find(former), nullptr);
  EXPECT_EQ(keys->all()->size(), 1U);
}

TEST_F(SigningKeys_, RotateByThemselvesWhenTheirTimeIsOver) {
  const auto keys = open(seal);
  need(keys->ensure());
  const auto former = keys->current()->kid();
  domain.clock.advance_s(90 * kDay - 3600);
  keys->maintain(domain.now());
  keys->maintain(domain.now());
  EXPECT_EQ(keys->all()->size(), 2U);
  EXPECT_EQ(keys->current()->kid(), former);
  domain.clock.advance_s(3600);
  keys->maintain(domain.now());
  EXPECT_NE(keys->current()->kid(), former);
}

TEST_F(SigningKeys_, SignOnWhileTheServiceWasOffForLong) {
  need(open(seal)->ensure());
  domain.clock.advance_s(400 * kDay);
  const auto keys = open(seal);
  need(keys->ensure());
  EXPECT_EQ(keys->all()->size(), 2U);
  EXPECT_LE(keys->current()->active_at, domain.now());
}

TEST_F(SigningKeys_, FollowTheConfiguredAlgorithm) {
  need(open(seal)->ensure());
  const auto keys = open(seal, {.algorithm = crypto::Algorithm::kEdDsa});
  need(keys->ensure());
  EXPECT_EQ(keys->current()->key.algorithm(), crypto::Algorithm::kEs256);
  domain.clock.advance_s(3600);
  keys->maintain(domain.now());
  EXPECT_EQ(keys->current()->key.algorithm(), crypto::Algorithm::kEdDsa);
}

TEST_F(SigningKeys_, OfAnotherNodeAreKnownBeforeTheySign) {
  const auto here = open(seal);
  const auto there = open(seal);
  need(here->ensure());
  need(there->ensure());
  need(here->rotate(domain.system<Action::kStoreAdminister>(domain.platform)));
  EXPECT_EQ(there->all()->size(), 1U);
  domain.clock.advance_s(30);
  there->maintain(domain.now());
  EXPECT_EQ(there->all()->size(), 2U);
  EXPECT_EQ(there->current()->kid(), here->current()->kid());
  domain.clock.advance_s(3600 - 30 - 1);
  const auto former = here->current()->kid();
  EXPECT_EQ(there->current()->kid(), former);
  domain.clock.advance_s(1);
  EXPECT_NE(there->current()->kid(), former) << "to the second";
  EXPECT_EQ(there->current()->kid(), here->current()->kid());
}

TEST_F(SigningKeys_, AreRotatedByOneNode) {
  const auto here = open(seal);
  const auto there = open(seal);
  need(here->ensure());
  need(there->ensure());
  domain.clock.advance_s(90 * kDay - 3600);
  here->maintain(domain.now());
  there->maintain(domain.now());
  here->maintain(domain.now());
  EXPECT_EQ(here->all()->size(), 2U);
  EXPECT_EQ(there->all()->size(), 2U);
  domain.clock.advance_s(3600 + 15 * 60 + 300);
  here->maintain(domain.now());
  there->maintain(domain.now());
  EXPECT_EQ(there->all()->size(), 1U);
  std::int64_t removed = 0;
  domain.database->read(
      [&](sql::Tx& tx) { removed = tx.integer("SELECT count(*) FROM changes WHERE action = 'signing_key.removed'"); });
  EXPECT_EQ(removed, 1);
}

TEST_F(SigningKeys_, VerifyOnWhileTheSlowestNodeMayStillSign) {
  const auto here = open(seal);
  const auto there = open(seal);
  need(here->ensure());
  need(there->ensure());
  need(here->rotate(domain.system<Action::kStoreAdminister>(domain.platform)));
  there->maintain(domain.now());
  const auto former = here->current()->kid();
  // This one is ahead, the other as far behind as it may be.
  domain.clock.advance_s(3600);
  EXPECT_NE(here->current()->kid(), former);
  domain.clock.advance_s(-kClockTolerance_s);
  EXPECT_EQ(there->current()->kid(), former);
  domain.clock.advance_s(kClockTolerance_s + 15 * 60 + kClockTolerance_s);
  here->maintain(domain.now());
  EXPECT_NE(here->find(former), nullptr) << "what the other signed last has just expired";
}

TEST_F(SigningKeys_, DoNotTakeTurnsWhenNodesAreConfiguredDifferently) {
  const auto here = open(seal);
  const auto there = open(seal, {.algorithm = crypto::Algorithm::kEdDsa});
  need(here->ensure());
  need(there->ensure());
  EXPECT_EQ(there->all()->size(), 2U);
  for (int i = 0; i < 5; ++i) {
    domain.clock.advance_s(3600);
    here->maintain(domain.now());
    there->maintain(domain.now());
  }
  EXPECT_EQ(here->current()->key.algorithm(), crypto::Algorithm::kEdDsa);
  EXPECT_EQ(here->all()->size(), 1U);
}

}  // namespace
}  // namespace gatehouse::domain
