// Stores of earlier releases: brought up with what they hold, and good for those releases as far as the steps say so.
#include "domain/schema.hpp"

#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::engine;
using gatehouse::testing::Engine;
using gatehouse::testing::need;

// Without any tables.
class EmptyStore {
 public:
  EmptyStore() {
    if (engine() == Engine::kPostgres) {
      database_.emplace();
    } else {
      directory_.emplace();
    }
  }
  [[nodiscard]] std::unique_ptr<sql::Database> open() const {
    if (database_) return sql::open_or_throw({.url = database_->url()});
    return sql::open_or_throw({.path = directory_->file("gatehouse.db")});
  }

 private:
  std::optional<sql::TemporaryDirectory> directory_;
  std::optional<sql::TemporaryPostgres> database_;
};

constexpr std::string_view kInsert =
    "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, status, created_at, updated_at) "
    "VALUES ($1, $2, $3, $3, $3, $3, 'active', $1, $1)";

std::vector<std::string> names(sql::Database& database, const std::string& order) {
  std::vector<std::string> names;
  database.read([&](sql::Tx& tx) {
    tx.each("SELECT user_name FROM users WHERE status IN ('active') ORDER BY " + order, {}, [&](const sql::Row& row) {
      names.emplace_back(row.text(0));
      return true;
    });
  });
  return names;
}

TEST(Schema, OfEachEarlierReleaseIsBroughtUpWithTheAccountsThatAreThere) {
  const auto all = migrations();
  for (std::size_t known = 1; known < all.size(); ++known) {
    const EmptyStore store;
    const auto database = store.open();
    need(database->migrate(std::span(all).first(known)));
    SeededRandom random(known);
    need(database->lane().run([&](sql::Tx& tx) -> Result<void> {
      for (const int no : {1, 2, 3}) {
        const auto name = std::to_string(no * 7 % 4) + "@example.com";
        tx.execute(kInsert, {no, Uuid::v7({no}, random), name});
      }
      return {};
    }));
    need(database->migrate(all));
    need(database->migrate(all));
    const std::vector<std::string> by_name{"1@example.com", "2@example.com", "3@example.com"};
    EXPECT_EQ(names(*database, "user_name_key"), by_name) << "from schema " << known;
    EXPECT_EQ(names(*database, "email_key"), by_name);
    EXPECT_EQ(names(*database, "created_at DESC, no DESC"), by_name);
    EXPECT_EQ(names(*database, "last_name DESC, first_name DESC, no DESC"), by_name);
  }
}

TEST(Schema, OfTheOrdersOfListsIsGoodForTheReleaseBefore) {
  constexpr std::size_t kOrders = 6;
  const auto all = migrations();
  const EmptyStore store;
  const auto database = store.open();
  need(database->migrate(std::span(all).first(kOrders)));
  need(database->migrate(std::span(all).first(kOrders - 1)));
  EXPECT_FALSE(database->migrate(std::span(all).first(kOrders - 2)).ok());
}

}  // namespace
}  // namespace gatehouse::domain
