#include "domain/idempotency/idempotency.hpp"

#include <gtest/gtest.h>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::Credentials;
using gatehouse::testing::need;

class Idempotency_ : public ::testing::Test {
 protected:
  Result<Idempotency::Claim> claim(std::string_view fingerprint = "POST /orgs {}", std::string_view key = "key") {
    return world.idempotency->claim(ann, key, fingerprint);
  }
  static Principal somebody(std::uint8_t first) {
    Principal who;
    who.kind = Principal::Kind::kUser;
    who.id.bytes[0] = first;
    return who;
  }

  Credentials world;
  Principal ann = somebody(1);
};

TEST_F(Idempotency_, SendsTheKeptAnswerAgain) {
  EXPECT_FALSE(need(claim()).replay);
  world.idempotency->complete(ann, "key", "201 {}");
  const auto again = need(claim());
  EXPECT_TRUE(again.replay);
  EXPECT_EQ(again.answer, "201 {}");
  world.restart();
  EXPECT_EQ(need(claim()).answer, "201 {}");
}

TEST_F(Idempotency_, RefusesAKeyWhoseFirstRequestRuns) {
  need(claim());
  EXPECT_EQ(code(claim()), "idempotency.in_progress");
  world.restart();
  EXPECT_EQ(code(claim()), "idempotency.in_progress");
  world.clock.advance_s(86'400);
  EXPECT_FALSE(need(claim()).replay);
}

TEST_F(Idempotency_, RefusesAKeyWithAnotherRequest) {
  need(claim());
  EXPECT_EQ(code(claim("POST /orgs {1}")), "idempotency.key_reused");
  world.idempotency->complete(ann, "key", "201");
  const auto refused = claim("POST /orgs {1}");
  EXPECT_EQ(code(refused), "idempotency.key_reused");
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnprocessable);
}

TEST_F(Idempotency_, FreesAKeyWhoseRequestHadNoEffectButNeverAnAnsweredOne) {
  need(claim());
  world.idempotency->abandon(ann, "key");
  EXPECT_FALSE(need(claim()).replay);
  world.idempotency->complete(ann, "key", "201");
  world.idempotency->abandon(ann, "key");
  EXPECT_TRUE(need(claim()).replay);
}

TEST_F(Idempotency_, KeepsEverybodysKeysApartAndAnswersSealed) {
  need(claim());
  world.idempotency->complete(ann, "key", "a secret shown once");
  EXPECT_FALSE(need(world.idempotency->claim(somebody(2), "key", "POST /orgs {}")).replay);
  std::string kept;
  world.database->read([&](sql::Tx& tx) {
    tx.each("SELECT answer FROM idempotency_keys WHERE answer IS NOT NULL", {}, [&](const sql::Row& row) {
      kept = row.bytes(0);
      return true;
    });
  });
  EXPECT_EQ(kept.find("secret"), std::string::npos);
  EXPECT_FALSE(kept.empty());
}

TEST_F(Idempotency_, ForgetsAfterADay) {
  need(claim());
  world.idempotency->complete(ann, "key", "201");
  world.clock.advance_s(86'400);
  EXPECT_EQ(world.idempotency->maintain(world.now()), 1);
  EXPECT_EQ(world.rows("idempotency_keys"), 0);
}

TEST_F(Idempotency_, RefusesKeysThatAreNone) {
  EXPECT_EQ(code(claim("x", "")), "idempotency.key_invalid");
  EXPECT_EQ(code(claim("x", std::string(256, 'k'))), "idempotency.key_invalid");
}

}  // namespace
}  // namespace gatehouse::domain
