// All that an engine must do to stand behind the store's seam. One line in the engine's own test instantiates it:
//   GATEHOUSE_SQL_CONFORMANCE(Sqlite, SqliteEngine);
// What the engine type must have is in sql_fixture.hpp.
#pragma once

#include "conformance/sql_fixture.hpp"
#include "conformance/sql_lane.hpp"
#include "conformance/sql_statements.hpp"
#include "conformance/sql_tables.hpp"
#include "conformance/sql_upgrades.hpp"

#define GATEHOUSE_SQL_CONFORMANCE(name, engine)                                \
  namespace gatehouse::sql::conformance {                                      \
  INSTANTIATE_TYPED_TEST_SUITE_P(name, SqlStatements, testing::Types<engine>); \
  INSTANTIATE_TYPED_TEST_SUITE_P(name, SqlLane, testing::Types<engine>);       \
  INSTANTIATE_TYPED_TEST_SUITE_P(name, SqlTables, testing::Types<engine>);     \
  INSTANTIATE_TYPED_TEST_SUITE_P(name, SqlUpgrades, testing::Types<engine>);   \
  }                                                                            \
  static_assert(true)
