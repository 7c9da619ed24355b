#include "sql/sqlite/connection.hpp"

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "sql/sqlite/files.hpp"
#include "sql/sqlite/readers.hpp"
#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql::sqlite {
namespace {

class Statements : public testing::Test {
 protected:
  void SetUp() override { connection_.script("CREATE TABLE thing (id BIGINT PRIMARY KEY)"); }

  Connection::Settings fresh() {
    const std::string path = directory_.file("store.db");
    EXPECT_TRUE(make_private_file(path).ok());
    return {.path = path, .access = Access::kWrite};
  }

  TemporaryDirectory directory_;
  Connection connection_{fresh()};
};

TEST_F(Statements, AreKeptByTheirTextNotItsAddress) {
  const std::string one = "SELECT id FROM thing WHERE id = $1";
  const std::string same = one;
  sqlite3_stmt* first = connection_.lease(one).handle();
  EXPECT_EQ(connection_.lease(same).handle(), first);
  std::string reused = one;
  (void)connection_.lease(reused);
  reused.replace(7, 2, "42");  // the same place, another text
  EXPECT_NE(connection_.lease(reused).handle(), first);
  EXPECT_EQ(connection_.cached_statements(), 2U);
}

TEST_F(Statements, AreLentToOneAtATime) {
  const Lease outer = connection_.lease("SELECT id FROM thing");
  const Lease inner = connection_.lease("SELECT id FROM thing");
  EXPECT_NE(outer.handle(), inner.handle());
  EXPECT_EQ(connection_.cached_statements(), 1U);
}

TEST_F(Statements, GoOldestFirstWhenThereAreTooMany) {
  const std::string often = "SELECT 'often'";
  sqlite3_stmt* kept = connection_.lease(often).handle();
  const Lease lent = connection_.lease("SELECT 'lent'");
  for (std::size_t number = 0; number < 2 * Connection::kCacheLimit; ++number) {
    (void)connection_.lease("SELECT " + std::to_string(number));
    ASSERT_EQ(connection_.lease(often).handle(), kept);
  }
  EXPECT_EQ(connection_.cached_statements(), Connection::kCacheLimit);
  EXPECT_EQ(sqlite3_step(lent.handle()), SQLITE_ROW) << "what is lent stays";
}

TEST_F(Statements, AreOneEach) {
  EXPECT_THROW((void)connection_.lease("SELECT 1; SELECT 2"), EngineError);
  EXPECT_THROW((void)connection_.lease("  "), EngineError);
  EXPECT_NO_THROW((void)connection_.lease("SELECT 1 ;\n "));
}

TEST_F(Statements, NumberTheirParametersWithoutGaps) {
  EXPECT_THROW((void)connection_.lease("SELECT $1, $3"), EngineError);
  EXPECT_THROW((void)connection_.lease("SELECT ?"), EngineError);
  EXPECT_THROW((void)connection_.lease("SELECT :name"), EngineError);
  EXPECT_NO_THROW((void)connection_.lease("SELECT $2, $1, $2"));
}

using ReadConnections = Statements;

TEST_F(ReadConnections, AreOneAThreadAndGoWithIt) {
  connection_.script("PRAGMA journal_mode=WAL");
  const auto readers = std::make_shared<Readers>(Connection::Settings{.path = directory_.file("store.db")});
  const auto look = [&] { readers->read([](Tx& tx) { EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 0); }); };
  look();
  look();
  EXPECT_EQ(readers->open_connections(), 1U);
  std::thread([&] {
    look();
    EXPECT_EQ(readers->open_connections(), 2U);
  }).join();
  EXPECT_EQ(readers->open_connections(), 1U);
}

TEST_F(ReadConnections, OfAClosedStoreAreNotMistakenForThoseOfTheNext) {
  connection_.script("PRAGMA journal_mode=WAL");
  for (int round = 0; round < 3; ++round) {
    connection_.script("DELETE FROM thing; INSERT INTO thing (id) VALUES (" + std::to_string(round) + ")");
    auto readers = std::make_shared<Readers>(Connection::Settings{.path = directory_.file("store.db")});
    readers->read([&](Tx& tx) { EXPECT_EQ(tx.integer("SELECT id FROM thing"), round); });
    readers->close();
  }
}

}  // namespace
}  // namespace gatehouse::sql::sqlite
