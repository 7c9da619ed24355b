#include "sql/postgres/dialect.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sql::postgres {
namespace {

TEST(Dialect, GivesTypesTheirPostgresqlNames) {
  EXPECT_EQ(translate_schema("CREATE TABLE a (no INTEGER PRIMARY KEY, name TEXT NOT NULL, raw BYTEA) WITHOUT ROWID;"),
            "CREATE TABLE a (no BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL, raw BYTEA) ;");
}

TEST(Dialect, LeavesCommentsQuotesAndLongerWordsAlone) {
  const std::string same =
      "-- TEXT WITHOUT ROWID INTEGER\n/* INTEGER */ INSERT INTO t (TEXTS, \"TEXT\", MY_INTEGER) VALUES ('TEXT "
      "INTEGER', "
      "'it''s TEXT', 'WITHOUT ROWID');";
  EXPECT_EQ(translate_schema(same), same);
}

TEST(Dialect, KeepsAWithoutThatIsNotBeforeRowid) {
  EXPECT_EQ(translate_schema("TIMESTAMP WITHOUT TIME ZONE"), "TIMESTAMP WITHOUT TIME ZONE");
  EXPECT_EQ(translate_schema(") WITHOUT\n  ROWID"), ") ");
}

TEST(Dialect, CountsTheHighestParameter) {
  EXPECT_EQ(count_parameters("SELECT 1"), 0U);
  EXPECT_EQ(count_parameters("SELECT $2, $10, $1 FROM t WHERE a = '$99' -- $98"), 10U);
}

}  // namespace
}  // namespace gatehouse::sql::postgres
