// Conformance of Tx, Row, snapshots, migrations and backups.
#pragma once

#include <limits>
#include <optional>
#include <stdexcept>

#include "conformance/sql_fixture.hpp"

namespace gatehouse::sql::conformance {

template <class Engine>
class SqlStatements : public SqlSuite<Engine> {};
TYPED_TEST_SUITE_P(SqlStatements);

TYPED_TEST_P(SqlStatements, GiveBackEveryValueAsItWas) {
  const std::string raw("\0a\0\xff", 4);
  const std::string text = "Zürich 🏛 日本";
  const auto most = std::numeric_limits<std::int64_t>::max();
  const auto least = std::numeric_limits<std::int64_t>::min();
  this->write([&](Tx& tx) {
    tx.execute("INSERT INTO thing (id, name, raw, at) VALUES ($1, $2, $3, $4)", {most, text, Value::bytes(raw), least});
    tx.execute("INSERT INTO thing (id, name, raw, at) VALUES ($1, $2, $3, $4)", {least, nullptr, nullptr, nullptr});
  });
  int rows = 0;
  this->database().read([&](Tx& tx) {
    tx.each("SELECT id, name, raw, at FROM thing ORDER BY id DESC", {}, [&](const Row& row) {
      const bool filled = rows++ == 0;
      EXPECT_EQ(row.integer(0), filled ? most : least);
      EXPECT_EQ(row.is_null(1), !filled);
      EXPECT_EQ(row.text(1), filled ? text : "");
      EXPECT_EQ(row.is_null(2), !filled);
      EXPECT_EQ(row.bytes(2), filled ? raw : "");
      EXPECT_EQ(row.is_null(3), !filled);
      EXPECT_EQ(row.integer(3), filled ? least : 0);
      EXPECT_EQ(row.maybe_time(3).has_value(), filled);
      return true;
    });
  });
  EXPECT_EQ(rows, 2);
}

TYPED_TEST_P(SqlStatements, TellEmptyFromNull) {
  this->write([&](Tx& tx) {
    tx.execute("INSERT INTO thing (id, name, raw) VALUES (1, $1, $2)", {std::string_view{}, Value::bytes({})});
    tx.execute("INSERT INTO thing (id, name, raw) VALUES (2, $1, $2)",
               {std::optional<std::string>{}, std::optional<Uuid>{}});
  });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing WHERE name = '' AND raw IS NOT NULL AND id = 1"), 1);
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing WHERE name IS NULL AND raw IS NULL AND id = 2"), 1);
  this->database().read([](Tx& tx) {
    tx.each("SELECT name, raw FROM thing ORDER BY id", {}, [first = true](const Row& row) mutable {
      EXPECT_EQ(row.is_null(0), !first);
      EXPECT_EQ(row.is_null(1), !first);
      first = false;
      return true;
    });
  });
}

TYPED_TEST_P(SqlStatements, BindByNameWhateverTheOrderAndRepetition) {
  this->write([](Tx& tx) {
    tx.execute("INSERT INTO thing (name, id, raw, at) VALUES ($2, $1, $3, $1)", {7, "seven", Value::bytes("7")});
  });
  this->database().read([](Tx& tx) {
    EXPECT_TRUE(tx.exists("SELECT 1 FROM thing WHERE name = $3 AND at = $2 AND id = $2 AND raw = $1",
                          {Value::bytes("7"), 7, "seven"}));
    EXPECT_FALSE(tx.exists("SELECT 1 FROM thing WHERE name = $3 AND at = $2 AND id = $2 AND raw = $1",
                           {Value::bytes("7"), 8, "seven"}));
    EXPECT_EQ(tx.integer("SELECT CAST($10 AS BIGINT) - CAST($2 AS BIGINT) + CAST($1 AS BIGINT) * 0 + "
                         "CAST($3 AS BIGINT) + CAST($4 AS BIGINT) + CAST($5 AS BIGINT) + CAST($6 AS BIGINT) + "
                         "CAST($7 AS BIGINT) + CAST($8 AS BIGINT) + CAST($9 AS BIGINT)",
                         {1, 2, 0, 0, 0, 0, 0, 0, 0, 10}),
              8);
  });
}

TYPED_TEST_P(SqlStatements, RefuseTheWrongNumberOfValues) {
  this->database().read(
      [](Tx& tx) { EXPECT_THROW(tx.integer("SELECT id FROM thing WHERE id = $1 AND at = $2", {1}), EngineError); });
  this->database().read([](Tx& tx) {
    EXPECT_THROW(tx.integer("SELECT id FROM thing WHERE id = $1", {1, 2}), EngineError);
  });
}

TYPED_TEST_P(SqlStatements, SayWhatIsWrongWithAStatement) {
  this->database().read([](Tx& tx) { EXPECT_THROW(tx.integer("SELECT nothing FROM nowhere"), EngineError); });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 0) << "and the connection is of use afterwards";
}

// Whoever works through the input of many must know whose fault it is.
TYPED_TEST_P(SqlStatements, TellARefusedValueFromAStoreThatFails) {
  const auto refused = this->lane().run([](Tx& tx) -> Result<void> {
    tx.execute("INSERT INTO thing (id) VALUES (1)");
    EXPECT_THROW(tx.execute("INSERT INTO thing (id) VALUES (1)"), StatementRefused);
    return conflict("test.undone", "Not this.");
  });
  EXPECT_EQ(refused.error().code, "test.undone");
  this->database().read([](Tx& tx) {
    try {
      tx.integer("SELECT nothing FROM nowhere");
      ADD_FAILURE() << "there is no such table";
    } catch (const StatementRefused& failure) { ADD_FAILURE() << failure.what(); } catch (const EngineError&) {
      SUCCEED();
    }
  });
}

TYPED_TEST_P(SqlStatements, CountTheRowsTheyChange) {
  this->write([](Tx& tx) {
    EXPECT_EQ(tx.execute("INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"), 3);
    EXPECT_EQ(tx.execute("UPDATE thing SET at = $1 WHERE id > $2", {5, 1}), 2);
    EXPECT_EQ(tx.execute("UPDATE thing SET at = 0 WHERE id > 9"), 0);
    EXPECT_EQ(tx.execute("DELETE FROM thing WHERE id = 1"), 1);
    EXPECT_EQ(tx.execute("DELETE FROM thing WHERE id = 1"), 0);
    EXPECT_EQ(tx.execute("CREATE TABLE other (id BIGINT)"), 0);
  });
}

TYPED_TEST_P(SqlStatements, AnswerAClashWithNoRow) {
  const auto insert = [](Tx& tx, std::int64_t id, std::string_view name) {
    return tx.first("INSERT INTO thing (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING id",
                    {id, name}, [](const Row& row) { return row.integer(0); });
  };
  this->write([&](Tx& tx) {
    EXPECT_EQ(insert(tx, 1, "a"), 1);
    EXPECT_EQ(insert(tx, 2, "a"), std::nullopt);
    EXPECT_EQ(insert(tx, 2, "b"), 2);
    EXPECT_EQ(tx.first("INSERT INTO thing (id, name) VALUES (9, 'a') ON CONFLICT (name) DO UPDATE SET at = 4 "
                       "RETURNING id, at",
                       {}, [](const Row& row) { return row.integer(0) * 10 + row.integer(1); }),
              14);
  });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 2);
}

TYPED_TEST_P(SqlStatements, PageByRowValues) {
  this->write([](Tx& tx) {
    for (int id = 0; id < 20; ++id) { tx.execute("INSERT INTO thing (id, at) VALUES ($1, $2)", {id, id / 3}); }
  });
  std::vector<std::int64_t> seen;
  this->database().read([&](Tx& tx) {
    std::int64_t at = -1;
    std::int64_t id = -1;
    for (bool more = true; more;) {
      more = false;
      tx.each("SELECT at, id FROM thing WHERE (at, id) > ($1, $2) ORDER BY at, id LIMIT $3", {at, id, 7},
              [&](const Row& row) {
                at = row.integer(0);
                id = row.integer(1);
                seen.push_back(id);
                return more = true;
              });
    }
  });
  ASSERT_EQ(seen.size(), 20U);
  for (std::size_t index = 0; index < seen.size(); ++index) EXPECT_EQ(seen[index], static_cast<std::int64_t>(index));
}

TYPED_TEST_P(SqlStatements, MayRunOthersAndThemselvesFromTheirRows) {
  this->write([](Tx& tx) {
    tx.execute("INSERT INTO thing (id, at) VALUES (1, 0), (2, 1), (3, 1), (4, 2), (5, 4)");
    std::vector<std::int64_t> walked;
    const std::function<void(std::int64_t)> below = [&](std::int64_t parent) {
      tx.each("SELECT id FROM thing WHERE at = $1 ORDER BY id", {parent}, [&](const Row& row) {
        const std::int64_t id = row.integer(0);
        walked.push_back(id);
        EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 5);
        below(id);
        EXPECT_EQ(row.integer(0), id) << "still the row it was";
        tx.execute("INSERT INTO part (id, thing) VALUES ($1, $1)", {id});
        return true;
      });
    };
    below(0);
    EXPECT_EQ(walked, (std::vector<std::int64_t>{1, 2, 4, 5, 3}));
  });
  EXPECT_EQ(this->integer("SELECT count(*) FROM part"), 5);
}

TYPED_TEST_P(SqlStatements, StopWhenToldTo) {
  this->write([](Tx& tx) {
    tx.execute("INSERT INTO thing (id) VALUES (1), (2), (3), (4)");
    int rows = 0;
    tx.each("SELECT id FROM thing ORDER BY id", {}, [&](const Row&) { return ++rows < 2; });
    EXPECT_EQ(rows, 2);
    rows = 0;
    tx.each("UPDATE thing SET at = 1 RETURNING id", {}, [&](const Row&) {
      ++rows;
      return false;
    });
    EXPECT_EQ(rows, 1) << "one row asked for";
  });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing WHERE at = 1"), 4) << "and all of them written";
}

TYPED_TEST_P(SqlStatements, AreCheckedToTheirEndEvenWhenOneRowWasAskedFor) {
  const auto written = this->lane().run([](Tx& tx) -> Result<void> {
    tx.first("INSERT INTO part (id, thing) VALUES (1, 404) RETURNING id", {},
             [](const Row& row) { return row.integer(0); });
    return {};
  });
  ASSERT_FALSE(written.ok()) << "there is no thing 404";
  EXPECT_EQ(written.error().kind, ErrorKind::kUnavailable);
}

TYPED_TEST_P(SqlStatements, ReadOneSnapshotWhileOthersWrite) {
  this->database().read([&](Tx& tx) {
    EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 0);
    std::thread([&] { this->write([](Tx& other) { other.execute("INSERT INTO thing (id) VALUES (1)"); }); }).join();
    EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 0);
    this->database().read([&](Tx& nested) {
      EXPECT_EQ(nested.integer("SELECT count(*) FROM thing"), 0) << "a nested read is the same snapshot";
    });
    EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 0) << "and does not end it";
  });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 1);
}

TYPED_TEST_P(SqlStatements, SeeTheirOwnUnitAndNobodyElseDoes) {
  this->write([&](Tx& tx) {
    tx.execute("INSERT INTO thing (id) VALUES (1)");
    EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 1);
    EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 0);
  });
}

TYPED_TEST_P(SqlStatements, EndTheSnapshotOfAReadThatThrows) {
  EXPECT_THROW(this->database().read([](Tx& tx) {
    tx.integer("SELECT count(*) FROM thing");
    throw std::runtime_error("enough");
  }),
               std::runtime_error);
  this->write([](Tx& tx) { tx.execute("INSERT INTO thing (id) VALUES (1)"); });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 1);
}

TYPED_TEST_P(SqlStatements, RefuseToWriteInARead) {
  this->database().read([](Tx& tx) { EXPECT_THROW(tx.execute("INSERT INTO thing (id) VALUES (1)"), EngineError); });
  EXPECT_EQ(this->integer("SELECT count(*) FROM thing"), 0);
}

constexpr Migration kMore{2, "more", "CREATE TABLE more (id BIGINT); INSERT INTO more (id) VALUES (1);"};
constexpr Migration kBroken{3, "broken", "CREATE TABLE half (id BIGINT); CREATE TABLE more (id BIGINT);"};

TYPED_TEST_P(SqlStatements, MigrateUpwardsOnceAndRefuseANewerStore) {
  const std::array<Migration, 2> two{kSchema[0], kMore};
  ASSERT_TRUE(this->database().migrate(two).ok());
  ASSERT_TRUE(this->database().migrate(two).ok());
  EXPECT_EQ(this->integer("SELECT count(*) FROM more"), 1) << "applied once";
  const auto refused = this->database().migrate(kSchema);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "store.newer");
  EXPECT_EQ(refused.error().detail,
            "the data was written by a newer version of gatehouse (schema 2, this one knows 1): start that version");
  EXPECT_EQ(this->integer("SELECT count(*) FROM more"), 1);
}

TYPED_TEST_P(SqlStatements, UndoAMigrationThatFailsAndNoneBeforeIt) {
  const std::array<Migration, 3> three{kSchema[0], kMore, kBroken};
  EXPECT_THROW((void)this->database().migrate(three), EngineError);
  EXPECT_EQ(this->integer("SELECT count(*) FROM more"), 1);
  EXPECT_THROW(this->integer("SELECT count(*) FROM half"), EngineError);
  EXPECT_TRUE(this->database().migrate(std::array<Migration, 2>{kSchema[0], kMore}).ok()) << "the store is of schema 2";
}

TYPED_TEST_P(SqlStatements, BackUpOneSnapshotWhileTheServiceWrites) {
  const std::string filler(2000, 'x');
  const auto write_pair = [&](std::int64_t id) {
    this->write([&](Tx& tx) {
      tx.execute("INSERT INTO thing (id, name) VALUES ($1, $2)", {id, filler + std::to_string(id)});
      tx.execute("INSERT INTO part (id, thing) VALUES ($1, $1)", {id});
    });
  };
  for (std::int64_t id = 0; id < 100; ++id) write_pair(id);
  const std::string path = TypeParam::backup_path();
  std::int64_t next = 100;
  std::int64_t done = 0;
  std::int64_t total = 0;
  const auto backed_up = this->database().backup(path, [&](std::int64_t done_now, std::int64_t total_now) {
    write_pair(next++);
    done = done_now;
    total = total_now;
  });
  ASSERT_TRUE(backed_up.ok()) << backed_up.error().detail;
  EXPECT_GT(next, 100);
  EXPECT_GT(total, 0);
  EXPECT_EQ(done, total);

  const auto restored = TypeParam::restored(path);
  ASSERT_NE(restored, nullptr);
  EXPECT_THAT(restored->check(), testing::IsEmpty());
  ASSERT_TRUE(restored->migrate(kSchema).ok());
  restored->read([](Tx& tx) {
    EXPECT_EQ(tx.integer("SELECT count(*) FROM thing"), 100) << "what was there when it began";
    EXPECT_EQ(tx.integer("SELECT count(*) FROM part"), 100);
  });
  EXPECT_THAT(this->database().check(), testing::IsEmpty());
}

REGISTER_TYPED_TEST_SUITE_P(SqlStatements, GiveBackEveryValueAsItWas, TellEmptyFromNull,
                            BindByNameWhateverTheOrderAndRepetition, RefuseTheWrongNumberOfValues,
                            SayWhatIsWrongWithAStatement, TellARefusedValueFromAStoreThatFails, CountTheRowsTheyChange,
                            AnswerAClashWithNoRow, PageByRowValues, MayRunOthersAndThemselvesFromTheirRows,
                            StopWhenToldTo, AreCheckedToTheirEndEvenWhenOneRowWasAskedFor,
                            ReadOneSnapshotWhileOthersWrite, SeeTheirOwnUnitAndNobodyElseDoes,
                            EndTheSnapshotOfAReadThatThrows, RefuseToWriteInARead,
                            MigrateUpwardsOnceAndRefuseANewerStore, UndoAMigrationThatFailsAndNoneBeforeIt,
                            BackUpOneSnapshotWhileTheServiceWrites);

}  // namespace gatehouse::sql::conformance
