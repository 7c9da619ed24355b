#include "domain/deployment_key/deployment_key.hpp"

#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;

class DeploymentKey_ : public ::testing::Test {
 protected:
  std::pair<std::string, std::string> row() {
    std::pair<std::string, std::string> found;
    world.database->read([&](sql::Tx& tx) {
      tx.each("SELECT id, key_check FROM deployment", {}, [&](const sql::Row& row) {
        found = {std::string(row.bytes(0)), std::string(row.bytes(1))};
        return true;
      });
    });
    return found;
  }

  Domain world;
  SystemRandom random;
  crypto::Seal seal{crypto::MasterKey{1}, random}, other{crypto::MasterKey{2}, random};
};

TEST_F(DeploymentKey_, IsWrittenOnceAndKnownAgain) {
  DeploymentKey key(*world.ledger, seal);
  EXPECT_EQ(code(key.check()), "ok") << "a new store fits every key";
  need(key.ensure());
  const auto before = row();
  need(DeploymentKey(*world.ledger, seal).ensure());
  EXPECT_EQ(row(), before);
  EXPECT_EQ(code(key.check()), "ok");
}

TEST_F(DeploymentKey_, RefusesAnother) {
  need(DeploymentKey(*world.ledger, seal).ensure());
  const auto before = row();
  DeploymentKey wrong(*world.ledger, other);
  EXPECT_EQ(code(wrong.check()), "config.master_key");
  EXPECT_EQ(code(wrong.ensure()), "config.master_key");
  EXPECT_EQ(row(), before);
}

TEST_F(DeploymentKey_, IsAskedOfARowThatIsInNoStoreYet) {
  need(DeploymentKey(*world.ledger, seal).ensure());
  const auto [id, key_check] = row();
  EXPECT_EQ(code(DeploymentKey::check(seal, id, key_check)), "ok");
  EXPECT_EQ(code(DeploymentKey::check(other, id, key_check)), "config.master_key");
  EXPECT_EQ(code(DeploymentKey::check(seal, id + "x", key_check)), "config.master_key");
  EXPECT_EQ(code(DeploymentKey::check(seal, id, "")), "config.master_key");
}

}  // namespace
}  // namespace gatehouse::domain
