// Conformance of Database::tables.
#pragma once

#include "conformance/sql_fixture.hpp"

namespace gatehouse::sql::conformance {

template <class Engine>
class SqlTables : public SqlSuite<Engine> {
 protected:
  std::vector<TableShape> tables() {
    std::vector<TableShape> found;
    this->database().read([&](Tx& tx) { found = this->database().tables(tx); });
    return found;
  }
  static std::vector<std::string> names(const std::vector<TableShape>& tables) {
    std::vector<std::string> all;
    for (const auto& table : tables) all.push_back(table.name);
    return all;
  }
};
TYPED_TEST_SUITE_P(SqlTables);

inline constexpr Migration kFamilies{2, "families", R"sql(
CREATE TABLE family (
  "order" TEXT NOT NULL,
  id BYTEA NOT NULL,
  note TEXT,
  parent_order TEXT,
  parent_id BYTEA,
  PRIMARY KEY ("order", id),
  FOREIGN KEY (parent_order, parent_id) REFERENCES family ("order", id)
) WITHOUT ROWID;
CREATE TABLE "Zeta" (no INTEGER PRIMARY KEY, thing BIGINT REFERENCES thing);
ALTER TABLE "Zeta" ADD COLUMN later BIGINT NOT NULL DEFAULT 1;
CREATE TABLE lane_own (id BIGINT PRIMARY KEY);
CREATE INDEX family_by_note ON family (note) WHERE note IS NOT NULL;
)sql"};

TYPED_TEST_P(SqlTables, AreThoseOfTheMigrationsWithoutBookkeeping) {
  EXPECT_EQ(this->names(this->tables()), (std::vector<std::string>{"part", "thing"}));
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kFamilies}).ok());
  EXPECT_EQ(this->names(this->tables()), (std::vector<std::string>{"Zeta", "family", "part", "thing"}))
      << "by the bytes of their names";
}

TYPED_TEST_P(SqlTables, TellColumnsInTheirOrderAndKeysInTheirs) {
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kFamilies}).ok());
  const auto tables = this->tables();
  const auto integer = ColumnType::kInteger;
  const auto text = ColumnType::kText;
  const auto bytes = ColumnType::kBytes;
  EXPECT_EQ(tables[0].columns, (std::vector<Column>{{"no", integer}, {"thing", integer}, {"later", integer}}));
  EXPECT_EQ(tables[0].primary_key, (std::vector<std::string>{"no"}));
  EXPECT_EQ(tables[1].columns,
            (std::vector<Column>{
                {"order", text}, {"id", bytes}, {"note", text}, {"parent_order", text}, {"parent_id", bytes}}));
  EXPECT_EQ(tables[1].primary_key, (std::vector<std::string>{"order", "id"}));
  EXPECT_EQ(tables[3].columns, (std::vector<Column>{{"id", integer}, {"name", text}, {"raw", bytes}, {"at", integer}}));
}

TYPED_TEST_P(SqlTables, TellWhatRefersToWhat) {
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kFamilies}).ok());
  const auto tables = this->tables();
  EXPECT_EQ(tables[0].references, (std::vector<Reference>{{{"thing"}, "thing", {"id"}}}))
      << "the key, where none is named";
  EXPECT_EQ(tables[1].references, (std::vector<Reference>{{{"parent_order", "parent_id"}, "family", {"order", "id"}}}));
  EXPECT_EQ(tables[2].references, (std::vector<Reference>{{{"later"}, "thing", {"id"}}, {{"thing"}, "thing", {"id"}}}));
  EXPECT_THAT(tables[3].references, testing::IsEmpty());
}

TYPED_TEST_P(SqlTables, CanBeAskedForByAUnit) {
  this->write([&](Tx& tx) { EXPECT_EQ(this->names(this->database().tables(tx)).size(), 2U); });
}

TYPED_TEST_P(SqlTables, RefuseATypeThatIsNotPortable) {
  const Migration odd{2, "odd", "CREATE TABLE odd (id BIGINT PRIMARY KEY, share NUMERIC);"};
  ASSERT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], odd}).ok());
  EXPECT_THROW(this->tables(), EngineError);
}

REGISTER_TYPED_TEST_SUITE_P(SqlTables, AreThoseOfTheMigrationsWithoutBookkeeping,
                            TellColumnsInTheirOrderAndKeysInTheirs, TellWhatRefersToWhat, CanBeAskedForByAUnit,
                            RefuseATypeThatIsNotPortable);

}  // namespace gatehouse::sql::conformance
