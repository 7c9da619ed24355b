// Conformance of schemas that several releases work with.
#pragma once

#include "conformance/sql_fixture.hpp"

namespace gatehouse::sql::conformance {

template <class Engine>
class SqlUpgrades : public SqlSuite<Engine> {};
TYPED_TEST_SUITE_P(SqlUpgrades);

constexpr Migration kAddition{2, "addition", "ALTER TABLE thing ADD COLUMN note TEXT;", 1};
constexpr Migration kBreak{3, "break", "CREATE TABLE other (id BIGINT);"};
constexpr Migration kLaterAddition{3, "later addition", "CREATE TABLE other (id BIGINT);", 2};

TYPED_TEST_P(SqlUpgrades, LetAnOlderReleaseGoOnWithWhatWasOnlyAdded) {
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kAddition}).ok());
  EXPECT_TRUE(this->database().migrate(kSchema).ok());
  EXPECT_EQ(this->integer("SELECT max(version) FROM schema_version"), 2) << "and takes nothing back";
}

TYPED_TEST_P(SqlUpgrades, RefuseAnOlderReleaseWhenAnyStepDoesNotWorkWithIt) {
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 3>{kSchema[0], kAddition, kLaterAddition}).ok());
  EXPECT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kAddition}).ok());
  const auto oldest = this->database().migrate(kSchema);
  ASSERT_FALSE(oldest.ok());
  EXPECT_EQ(oldest.error().code, "store.newer");
}

TYPED_TEST_P(SqlUpgrades, RefuseAnOlderReleaseAfterAStepThatSaysNothing) {
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 3>{kSchema[0], kAddition, kBreak}).ok());
  const auto older = this->database().migrate(std::array<Migration, 2>{kSchema[0], kAddition});
  ASSERT_FALSE(older.ok());
  EXPECT_EQ(older.error().code, "store.newer");
}

REGISTER_TYPED_TEST_SUITE_P(SqlUpgrades, LetAnOlderReleaseGoOnWithWhatWasOnlyAdded,
                            RefuseAnOlderReleaseWhenAnyStepDoesNotWorkWithIt,
                            RefuseAnOlderReleaseAfterAStepThatSaysNothing);

}  // namespace gatehouse::sql::conformance
