#include "sql/postgres/posted_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/postgres/temporary_database.hpp"
#include "sql/postgres/writer.hpp"

namespace gatehouse::sql::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kInsert = "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING";

class PostedRowsTest : public ::testing::Test {
 protected:
  bool take(std::string_view sql, std::initializer_list<Value> values) {
    return rows.take(sql, Values(values.begin(), values.size()));
  }
  // Of each statement, how many values; what they were is in `values`.
  std::vector<std::size_t> handed_over() {
    std::vector<std::size_t> sizes;
    values.clear();
    rows.hand_over([&](std::string_view sql, Values given) {
      sizes.push_back(given.size());
      last_sql = sql;
      for (const auto& one : given) {
        values.push_back(one.type() == Value::Type::kInteger ? std::to_string(one.integer())
                         : one.type() == Value::Type::kNull  ? "null"
                                                             : std::string(one.view()));
      }
    });
    return sizes;
  }

  PostedRows rows;
  std::string last_sql;
  std::vector<std::string> values;
};

TEST_F(PostedRowsTest, AreOneStatementInTheirOrder) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(take(kInsert, {i, "word " + std::to_string(i)}));
  EXPECT_THAT(handed_over(), ElementsAre(8));
  EXPECT_EQ(last_sql, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8) ON CONFLICT (a) DO NOTHING");
  EXPECT_THAT(values, ElementsAre("0", "word 0", "1", "word 1", "2", "word 2", "3", "word 3"));
  EXPECT_TRUE(rows.empty());
  EXPECT_THAT(handed_over(), IsEmpty());
}

TEST_F(PostedRowsTest, AreStatementsOfFewSizes) {
  for (int i = 0; i < 23; ++i) EXPECT_TRUE(take("INSERT INTO t (a) VALUES ($1)", {i}));
  EXPECT_THAT(handed_over(), ElementsAre(16, 4, 1, 1, 1));
  EXPECT_EQ(last_sql, "INSERT INTO t (a) VALUES ($1)");
  EXPECT_EQ(values.size(), 23U);
  EXPECT_EQ(values.back(), "22");
}

TEST_F(PostedRowsTest, AreNoMoreThanAStatementHolds) {
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(take(kInsert, {i, nullptr}));
  EXPECT_FALSE(take(kInsert, {64, nullptr}));
  EXPECT_THAT(handed_over(), ElementsAre(128));
  EXPECT_TRUE(take(kInsert, {0, std::string(1 << 20, 'x')}));
  EXPECT_FALSE(take(kInsert, {1, "x"})) << "enough bytes";
}

TEST_F(PostedRowsTest, AreOfOneStatementAndOfTheSameTypes) {
  EXPECT_TRUE(take(kInsert, {1, "x"}));
  EXPECT_FALSE(take("INSERT INTO u (a, b) VALUES ($1, $2)", {1, "x"}));
  EXPECT_FALSE(take(kInsert, {1, nullptr}));
  EXPECT_FALSE(take(kInsert, {1, Value::bytes("x")}));
  EXPECT_THAT(handed_over(), ElementsAre(2));
  EXPECT_TRUE(take("INSERT INTO u (a, b) VALUES ($1, $2)", {1, "x"}));
}

TEST_F(PostedRowsTest, AreNothingElse) {
  for (const auto* sql :
       {"UPDATE t SET a = $1 WHERE b = $2", "DELETE FROM t WHERE a = $1 AND b = $2",
        "INSERT INTO t (a, b) SELECT $1, $2", "INSERT INTO t (a, b) VALUES ($2, $1)",
        "INSERT INTO t (a, b, c) VALUES ($1, $2, 'x')", "INSERT INTO t (a, b) VALUES ($1, $2) RETURNING a",
        "INSERT INTO t (a, b) VALUES ($1, $2), ($1, $2)",
        "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = $2",
        "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING RETURNING a"}) {
    EXPECT_FALSE(take(sql, {1, 2})) << sql;
    EXPECT_TRUE(rows.empty());
  }
}

TEST_F(PostedRowsTest, AreForgotten) {
  EXPECT_TRUE(take(kInsert, {1, "gone"}));
  rows.forget();
  EXPECT_TRUE(take(kInsert, {2, "stays"}));
  EXPECT_THAT(handed_over(), ElementsAre(2));
  EXPECT_THAT(values, ElementsAre("2", "stays"));
}

class PostedRowsInAStore : public ::testing::Test {
 protected:
  PostedRowsInAStore() {
    writer.begin();
    writer.script(kMarksTable);
    writer.script("CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT)");
    writer.commit();
    writer.begin();
  }
  void post(std::int64_t from, std::int64_t to) {
    for (auto a = from; a < to; ++a) writer.tx().post(kInsert, {a, "word"});
  }
  std::int64_t count() { return writer.tx().integer("SELECT count(*) FROM t"); }

  TemporaryPostgres place;
  LaneWriter writer{{.url = place.url()}, Uuid::from_bytes(std::string(16, 'x'))};
};

TEST_F(PostedRowsInAStore, AreThereForWhoeverReadsNextAndOnceMoreIsNothing) {
  post(0, 150);
  EXPECT_EQ(count(), 150);
  post(100, 200);
  post(100, 200);
  EXPECT_EQ(writer.tx().execute("DELETE FROM t WHERE a >= $1", {190}), 10)
      << "what comes behind them is done behind them";
  writer.commit();
  writer.begin();
  EXPECT_EQ(count(), 190);
  writer.rollback();
}

TEST_F(PostedRowsInAStore, AreUndoneWithTheirUnitAndNotWithTheNext) {
  post(0, 10);
  writer.savepoint();
  post(10, 20);
  writer.undo();
  writer.savepoint();
  post(20, 30);
  writer.release();
  writer.savepoint();
  post(30, 40);
  EXPECT_EQ(count(), 30);
  writer.undo();
  writer.commit();
  writer.begin();
  EXPECT_EQ(count(), 20);
  EXPECT_EQ(writer.tx().integer("SELECT count(*) FROM t WHERE a >= 10 AND a < 20"), 0);
  writer.rollback();
}

TEST_F(PostedRowsInAStore, AreForgottenWithTheirTransaction) {
  post(0, 10);
  writer.rollback();
  writer.begin();
  post(20, 21);
  writer.commit();
  writer.begin();
  EXPECT_EQ(count(), 1);
  writer.rollback();
}

}  // namespace
}  // namespace gatehouse::sql::postgres
