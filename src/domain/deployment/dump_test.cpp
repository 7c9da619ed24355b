#include "domain/deployment/dump.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <sstream>
#include <thread>

#include "crypto/digest.hpp"
#include "domain/changes/verification.hpp"
#include "domain/deployment/dump_tables.hpp"
#include "support_cpp/all_rows.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::domain {
namespace {

using gatehouse::testing::all_rows;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::engine;
using gatehouse::testing::Engine;
using gatehouse::testing::need;
using gatehouse::testing::TestStore;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Like a new one: the schema and nothing else.
class Store {
 public:
  Store() { need(database->migrate(migrations())); }
  void write(const std::function<void(sql::Tx&)>& work) const {
    need(database->lane().run([&](sql::Tx& tx) -> Result<void> {
      work(tx);
      return {};
    }));
  }
  [[nodiscard]] std::int64_t integer(std::string_view sql) const {
    std::int64_t found = 0;
    database->read([&](sql::Tx& tx) { found = tx.integer(sql); });
    return found;
  }

 private:
  TestStore store_;

 public:
  std::unique_ptr<sql::Database> database = store_.open();
};

const auto kAnyKey = [](std::string_view, std::string_view) -> Result<void> { return {}; };

std::string dump_of(sql::Database& database) {
  std::string all;
  need(write_dump(database, "1.2.3", [&](std::string_view line) {
    all += line;
    return true;
  }));
  return all;
}

Result<DumpCounts> read_into(sql::Database& database, const std::string& dump, KeyCheck check_key = kAnyKey) {
  std::istringstream file(dump);
  return read_dump(database, file, check_key);
}

Result<DumpCounts> check(const std::string& dump, KeyCheck check_key = kAnyKey) {
  std::istringstream file(dump);
  return check_dump(file, check_key);
}

// With the digest that belongs to it, as somebody who edits it on purpose would make it.
std::string sealed(std::string dump) {
  const auto last = dump.rfind("{\"tables\"");
  std::string end = dump.substr(last);
  dump.resize(last);
  std::string digest;
  for (const auto byte : crypto::sha256(dump)) {
    digest.push_back("0123456789abcdef"[byte >> 4U]);
    digest.push_back("0123456789abcdef"[byte & 15U]);
  }
  return dump + end.substr(0, end.size() - 67) + digest + "\"}\n";
}

std::string with(std::string text, const std::string& old, const std::string& other) {
  const auto at = text.find(old);
  if (at == std::string::npos) throw std::runtime_error("not there: " + old);
  return text.replace(at, old.size(), other);
}

void expect_untouched(const Store& store) {
  EXPECT_EQ(all_rows(*store.database), all_rows(*Store().database)) << "like a new one";
}

TEST(Dump, CarriesALivingDeployment) {
  Domain domain;
  const auto ann = domain.user("ann");
  const auto top = domain.organization("Top");
  domain.organization("Below", top.no);
  domain.join(ann, top.no, {"Super Admin"});
  domain.as(ann);
  const std::string dump = dump_of(*domain.database);

  const Store store;
  const auto counts = need(read_into(*store.database, dump));
  EXPECT_EQ(counts.rows + counts.tables + 2, std::count(dump.begin(), dump.end(), '\n'));
  EXPECT_EQ(dump_of(*store.database), dump);
  EXPECT_EQ(all_rows(*store.database), all_rows(*domain.database));
  access::Graph graph(domain.permissions);
  load_graph(*store.database, graph);
  Ledger ledger(*store.database, graph, domain.clock, domain.random);
  EXPECT_THAT(find_faults(ledger), IsEmpty());
}

TEST(Dump, CarriesEveryValueAsItIs) {
  const Store source;
  const std::string zeros("\0a\0", 3);
  const std::string hostile = "\"\\\n\r\t\x01\x7f '; DROP TABLE users; -- \u2028\u2029 Zürich 🏛 {\"hex\":\"00\"}";
  const auto most = std::numeric_limits<std::int64_t>::max();
  const auto least = std::numeric_limits<std::int64_t>::min();
  source.write([&](sql::Tx& tx) {
    const std::string_view insert =
        "INSERT INTO changes (revision, at, actor_kind, actor_id, action, organization_no, target_kind, target_id, "
        "before, "
        "after, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    tx.execute(insert, {least, most, hostile, sql::Value::bytes(zeros), "", 0, "", sql::Value::bytes(""), nullptr, "",
                        sql::Value::bytes("")});
    tx.execute(insert, {most, least, "", nullptr, "[]", nullptr, "null", nullptr, "1", nullptr,
                        sql::Value::bytes(std::string(100'000, '\xff'))});
    tx.execute(insert, {9'007'199'254'740'993, -1, "", nullptr, "", nullptr, "", nullptr, nullptr, nullptr,
                        sql::Value::bytes(hostile)});
    tx.execute("UPDATE log_head SET revision = 9007199254740993");
  });
  const std::string dump = dump_of(*source.database);
  EXPECT_THAT(dump, HasSubstr("9007199254740993"));
  EXPECT_THAT(dump, HasSubstr("{\"hex\":\"006100\"}"));
  EXPECT_LT(dump.find("[-9223372036854775808,"), dump.find("[9223372036854775807,")) << "by number, not by digits";
  const Store target;
  need(read_into(*target.database, dump));
  EXPECT_EQ(all_rows(*target.database), all_rows(*source.database));
  EXPECT_EQ(dump_of(*target.database), dump);
}

TEST(Dump, CarriesTextThatIsNone) {
  if (gatehouse::testing::engine() == gatehouse::testing::Engine::kPostgres) GTEST_SKIP() << "it lets no such text in";
  const Store source;
  const std::string path = "/imports/\xff\xfe.csv";
  source.write([&](sql::Tx& tx) {
    tx.execute(
        "INSERT INTO imports (path, id, fingerprint, position, line, done, created, updated, unchanged, bad) "
        "VALUES ($1, $2, '', 0, 0, 0, 0, 0, 0, 0)",
        {path, sql::Value::bytes("id")});
  });
  const std::string dump = dump_of(*source.database);
  EXPECT_THAT(dump, HasSubstr("{\"text_hex\":"));
  const Store target;
  need(read_into(*target.database, dump));
  EXPECT_EQ(all_rows(*target.database), all_rows(*source.database));
}

TEST(Dump, CarriesTheCharacterNulToWhereverItMayBe) {
  Domain domain;
  domain.user("ann");
  const std::string dump = sealed(with(dump_of(*domain.database), "\"ann@example.com\"", "\"ann\\u0000@example.com\""));
  const Store store;
  const auto counts = read_into(*store.database, dump);
  if (gatehouse::testing::engine() == gatehouse::testing::Engine::kPostgres) {
    ASSERT_FALSE(counts.ok()) << "and is not cut off there";
    EXPECT_EQ(counts.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(all_rows(*store.database), all_rows(*Store().database));
  } else {
    EXPECT_EQ(dump_of(*store.database), dump);
  }
}

TEST(Dump, CarriesParentsWithHigherNumbersThanTheirChildren) {
  Domain domain;
  std::vector<Organization> made;
  made.reserve(600);
  for (int i = 0; i < 600; ++i) made.push_back(domain.organization("O" + std::to_string(i)));
  domain.unit([&](Unit& unit) {
    // Each below the next one.
    for (std::size_t i = 0; i + 1 < made.size(); ++i) {
      unit.tx().execute("UPDATE organizations SET parent_no = $1 WHERE no = $2",
                        {made[i + 1].no.value, made[i].no.value});
    }
  });
  const std::string dump = dump_of(*domain.database);
  const Store store;
  need(read_into(*store.database, dump));
  EXPECT_EQ(dump_of(*store.database), dump);
  EXPECT_THAT(store.database->check(), IsEmpty());
}

TEST(Dump, PutsTablesBehindThoseTheyReferTo) {
  const Store store;
  store.database->read([&](sql::Tx& tx) {
    std::vector<std::string> seen;
    for (const auto& table : deployment_tables(*store.database, tx)) {
      for (const auto& reference : table.references) {
        if (reference.table != table.name) { EXPECT_THAT(seen, ::testing::Contains(reference.table)) << table.name; }
      }
      seen.push_back(table.name);
    }
    EXPECT_THAT(seen,
                ::testing::IsSupersetOf({"users", "refresh_tokens", "changes", "log_head", "mails", "deployment"}));
    EXPECT_THAT(seen, ::testing::Not(::testing::Contains("schema_version")));
    EXPECT_THAT(seen, ::testing::Not(::testing::Contains("node_turns"))) << "of one node's own life";
  });
}

TEST(Dump, IsOneSnapshot) {
  Domain domain;
  std::string dump;
  bool written = false;
  need(write_dump(*domain.database, "1", [&](std::string_view line) {
    dump += line;
    if (!std::exchange(written, true)) std::thread([&] { domain.user("late"); }).join();
    return true;
  }));
  EXPECT_THAT(dump, ::testing::Not(HasSubstr("late@example.com")));
  EXPECT_TRUE(check(dump).ok());
}

TEST(Dump, StopsWhenItsLinesAreNotTaken) {
  Domain domain;
  int lines = 0;
  need(write_dump(*domain.database, "1", [&](std::string_view) { return ++lines < 3; }));
  EXPECT_EQ(lines, 3);
}

struct RefusedDump : public ::testing::Test {
  void SetUp() override {
    domain.user("ann");
    dump = dump_of(*domain.database);
  }
  void TearDown() override { expect_untouched(store); }

  Domain domain;
  std::string dump;
  Store store;
};

TEST_F(RefusedDump, CutAnywhere) {
  for (std::size_t size = 0; size < dump.size(); size += 1 + size / 40) {
    const auto refused = check(dump.substr(0, size));
    ASSERT_FALSE(refused.ok()) << size;
    EXPECT_THAT(std::string(refused.error().code), ::testing::StartsWith("deployment.")) << size;
  }
  for (const std::size_t part : {1U, 2U, 3U, 7U}) {
    EXPECT_EQ(code(read_into(*store.database, dump.substr(0, dump.size() * part / 8))), "deployment.damaged") << part;
  }
  EXPECT_EQ(code(read_into(*store.database, dump.substr(0, dump.size() - 1))), "deployment.damaged")
      << "the last newline";
}

TEST_F(RefusedDump, EditedAnywhere) {
  for (std::size_t at = 0; at < dump.size(); at += 13) {
    std::string edited = dump;
    edited[at] = edited[at] == '1' ? '2' : '1';
    EXPECT_FALSE(check(edited).ok()) << at;
    if (at % 1300 == 0) { EXPECT_FALSE(read_into(*store.database, edited).ok()) << at; }
  }
  EXPECT_EQ(code(check(with(dump, "ann@example.com", "eve@example.com"))), "deployment.damaged");
}

TEST_F(RefusedDump, WithSomethingBehindItsEnd) {
  for (const std::string more : {"\n", "x", "[1]\n"}) EXPECT_EQ(code(check(dump + more)), "deployment.damaged");
  EXPECT_EQ(code(read_into(*store.database, dump + dump)), "deployment.damaged");
}

TEST_F(RefusedDump, ThatIsSomethingElse) {
  for (const std::string other : {"", "\n", "{}", "[]\n", "SQLite format 3\n", "{\"external_key\":\"a\"}\n"}) {
    EXPECT_EQ(code(check(other)), "deployment.not_a_dump") << other;
  }
  const auto newer = check(with(dump, "\"version\":1", "\"version\":2"));
  EXPECT_EQ(code(newer), "deployment.not_a_dump");
  EXPECT_THAT(newer.error().detail, HasSubstr("import it with release 1.2.3"));
}

TEST_F(RefusedDump, OfAnotherSchema) {
  const auto known = std::to_string(migrations().size());
  const std::string other = sealed(with(dump, "\"schema\":" + known, "\"schema\":99"));
  EXPECT_EQ(code(check(other)), "deployment.other_schema");
  EXPECT_EQ(code(read_into(*store.database, other)), "deployment.other_schema");
}

TEST_F(RefusedDump, WithTablesOrColumnsThatThisOneDoesNotKnow) {
  for (const auto& [old, other] : std::vector<std::pair<std::string, std::string>>{
           {"{\"table\":\"users\"", "{\"table\":\"people\""},
           {"{\"table\":\"users\"", "{\"table\":\"organizations\""},
           {"{\"table\":\"users\"", "{\"table\":\"schema_version\""},
           {"\"user_name\"", "\"user\\\"name\""},
           {"\"user_name\"", "\"display_name\""},
       }) {
    const auto refused = read_into(*store.database, sealed(with(dump, old, other)));
    EXPECT_THAT(code(refused), ::testing::AnyOf("deployment.other_tables", "deployment.damaged")) << other;
  }
}

TEST_F(RefusedDump, WithCellsOfAnotherType) {
  const std::string row = with(dump, "\"ann@example.com\"", "CELL");
  for (const std::string cell : {"1", "1.5", "true", "[]", "{\"hex\":\"00\"}", "{\"text_hex\":\"0g\"}",
                                 "{\"text_hex\":\"0\"}", "\"a\",\"b\"", "\"\xff\"", ""}) {
    const auto refused = read_into(*store.database, sealed(with(row, "CELL", cell)));
    EXPECT_EQ(code(refused), "deployment.damaged") << cell;
  }
  const std::string head = "{\"table\":\"log_head\",\"columns\":[\"one\",\"revision\"]}\n[1,";
  for (const std::string number : {"1.0", "1e3", "9223372036854775808", "\"1\""}) {
    const auto at = dump.find(head) + head.size();
    const auto end = dump.find(']', at);
    const auto refused = read_into(*store.database, sealed(dump.substr(0, at) + number + dump.substr(end)));
    EXPECT_EQ(code(refused), "deployment.damaged") << number;
  }
}

TEST_F(RefusedDump, WithARowThatRefersToNone) {
  const std::string head = "{\"table\":\"memberships\",\"columns\":[";
  ASSERT_THAT(dump, HasSubstr(head));
  const auto end = dump.find('\n', dump.find(head)) + 1;
  std::string edited = dump;
  edited.insert(end, "[404,404,null,null,0]\n");
  const auto rows = need(check(dump)).rows;
  edited = sealed(with(edited, "\"rows\":" + std::to_string(rows), "\"rows\":" + std::to_string(rows + 1)));
  EXPECT_TRUE(check(edited).ok()) << "whole, as far as that goes";
  const auto refused = read_into(*store.database, edited);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable) << "the engine sees that";
}

TEST_F(RefusedDump, WithoutOneOfItsTables) {
  const auto at = dump.find("{\"table\":\"api_token_grants\"");
  const auto end = dump.find('\n', at) + 1;
  const auto tables = need(check(dump)).tables;
  const std::string less = with(dump.substr(0, at) + dump.substr(end), "\"tables\":" + std::to_string(tables),
                                "\"tables\":" + std::to_string(tables - 1));
  EXPECT_EQ(code(read_into(*store.database, sealed(less))), "deployment.other_tables");
}

TEST_F(RefusedDump, OfAnotherKey) {
  domain.unit([](Unit& unit) {
    unit.tx().execute("INSERT INTO deployment (one, id, key_check) VALUES (1, $1, $2)",
                      {sql::Value::bytes("the id"), sql::Value::bytes("the check")});
  });
  dump = dump_of(*domain.database);
  const auto other = [](std::string_view id, std::string_view key_check) -> Result<void> {
    EXPECT_EQ(id, "the id");
    EXPECT_EQ(key_check, "the check");
    return invalid("config.master_key", "another");
  };
  EXPECT_EQ(code(check(dump, other)), "config.master_key");
  EXPECT_EQ(code(read_into(*store.database, dump, other)), "config.master_key");
  const Store fitting;
  EXPECT_TRUE(read_into(*fitting.database, dump).ok());
}

TEST(Dump, IsNotReadIntoAStoreThatHoldsSomething) {
  const std::string dump = dump_of(*Domain().database);
  const auto id = sql::Value::bytes("id");
  using Something = std::function<void(sql::Tx&)>;
  for (const auto& something : std::vector<Something>{
           [](sql::Tx& tx) { tx.execute("UPDATE sequences SET last = 1 WHERE name = 'users'"); },
           [](sql::Tx& tx) { tx.execute("UPDATE log_head SET revision = 1"); },
           [&](sql::Tx& tx) { tx.execute("INSERT INTO deployment (one, id, key_check) VALUES (1, $1, $1)", {id}); },
           [&](sql::Tx& tx) {
             tx.execute("INSERT INTO providers (id, name, name_key, active, created_at) VALUES ($1, '', '', 1, 0)",
                        {id});
           },
       }) {
    const Store store;
    store.write(something);
    const std::string before = all_rows(*store.database);
    EXPECT_EQ(code(read_into(*store.database, dump)), "deployment.not_empty");
    EXPECT_EQ(all_rows(*store.database), before);
  }
}

TEST(Dump, BringsANewStoreToTheSchema) {
  const std::string dump = dump_of(*Domain().database);
  const TestStore place;
  const auto database = place.open();
  need(read_into(*database, dump));
  EXPECT_EQ(dump_of(*database), dump);
}

// One without tables; a TestStore has them already where making them takes long.
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

TEST(Dump, LeavesAnOlderStoreThatHoldsSomethingAsItIs) {
  const std::string dump = dump_of(*Domain().database);
  const EmptyStore place;
  const auto database = place.open();
  const auto all = migrations();
  need(database->migrate(std::span(all).first(2)));
  need(database->lane().run([](sql::Tx& tx) -> Result<void> {
    tx.execute("UPDATE log_head SET revision = 1");
    return {};
  }));
  const std::string before = all_rows(*database);
  EXPECT_EQ(code(read_into(*database, dump)), "deployment.not_empty");
  EXPECT_EQ(all_rows(*database), before);
  EXPECT_EQ(code(write_dump(*database, "1", [](std::string_view) { return true; })), "store.older");
}

}  // namespace
}  // namespace gatehouse::domain
