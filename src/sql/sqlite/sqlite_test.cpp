#include "sql/sqlite/sqlite.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/lane.hpp"
#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::sql {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array<Migration, 1> kSchema{{{1, "things", "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT)"}}};

Result<void> insert(Database& database, std::int64_t id, std::string_view name) {
  return database.lane().run([&](Tx& tx) -> Result<void> {
    tx.execute("INSERT INTO thing (id, name) VALUES ($1, $2)", {id, name});
    return {};
  });
}

std::int64_t count(Database& database) {
  std::int64_t found = 0;
  database.read([&](Tx& tx) { found = tx.integer("SELECT count(*) FROM thing"); });
  return found;
}

std::string pragma(Tx& tx, std::string_view name) {
  return tx.first("PRAGMA " + std::string(name), {}, [](const Row& row) { return std::string(row.text(0)); })
      .value_or("");
}

TEST(SqliteStore, KeepsWhatWasWrittenForTheNextOpening) {
  const TemporaryDirectory directory;
  {
    const auto database = open_or_throw({.path = directory.file("store.db")});
    ASSERT_TRUE(database->migrate(kSchema).ok());
    ASSERT_TRUE(insert(*database, 1, "one").ok());
  }
  EXPECT_FALSE(std::filesystem::exists(directory.file("store.db-wal"))) << "a clean close leaves one file";
  const auto database = open_or_throw({.path = directory.file("store.db")});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  EXPECT_EQ(count(*database), 1);
}

TEST(SqliteStore, MakesFilesForItsOwnerOnly) {
  const TemporaryDirectory directory;
  const auto database = open_or_throw({.path = directory.file("store.db")});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "store.db.lock"}) {
    struct stat file {};
    ASSERT_EQ(::stat(directory.file(name).c_str(), &file), 0) << name;
    EXPECT_EQ(file.st_mode & 0777U, 0600U) << name;
  }
}

TEST(SqliteStore, SetsItsConnectionsForDurabilityAndOneCheckpointer) {
  const TemporaryDirectory directory;
  const auto database = open_or_throw({.path = directory.file("store.db")});
  const auto examine = [](Tx& tx) {
    EXPECT_EQ(pragma(tx, "journal_mode"), "wal");
    EXPECT_EQ(pragma(tx, "synchronous"), "2");
    EXPECT_EQ(pragma(tx, "foreign_keys"), "1");
    EXPECT_EQ(pragma(tx, "wal_autocheckpoint"), "0");
    EXPECT_NE(pragma(tx, "mmap_size"), "0");
  };
  database->read(examine);
  ASSERT_TRUE(database->lane()
                  .run([&](Tx& tx) -> Result<void> {
                    examine(tx);
                    return {};
                  })
                  .ok());
}

TEST(SqliteStore, BelongsToOneProcess) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  auto database = open_or_throw({.path = path});
  // The child opens it anew: the lock is of the open file, not of the process.
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto second = open_sqlite({.path = path});
    const std::string said = second.ok() ? "opened" : std::string(second.error().code) + " " + second.error().detail;
    const bool sent = ::write(pipe[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(sent ? 0 : 1);
  }
  ::close(pipe[1]);
  std::array<char, 512> said{};
  const ssize_t size = ::read(pipe[0], said.data(), said.size());
  ::close(pipe[0]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(std::string(said.data(), static_cast<std::size_t>(size)),
            "store.in_use " + path + " is already in use by another gatehouse process (pid " + std::to_string(parent) +
                "): stop it or choose another --data");
  database.reset();
  EXPECT_TRUE(open_sqlite({.path = path}).ok()) << "free again";
}

TEST(SqliteStore, SaysThatItsDirectoryIsMissing) {
  const TemporaryDirectory directory;
  const auto opened = open_sqlite({.path = directory.file("nowhere/store.db")});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "store.no_directory");
  EXPECT_EQ(opened.error().detail,
            directory.file("nowhere") + " is not a directory: create it or choose another --data");
}

TEST(SqliteStore, SaysThatItsDirectoryCannotBeWritten) {
  const TemporaryDirectory directory;
  using std::filesystem::perms;
  std::filesystem::permissions(directory.path(),
                               perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
  // To root every directory is writable.
  const bool root = ::geteuid() == 0;
  if (root) { ASSERT_EQ(::seteuid(65534), 0); }
  const auto opened = open_sqlite({.path = directory.file("store.db")});
  if (root) { ASSERT_EQ(::seteuid(0), 0); }
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "store.not_writable");
  EXPECT_THAT(opened.error().detail, HasSubstr("cannot be written by this user"));
}

TEST(SqliteStore, RefusesAFileThatIsNotADatabase) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = open_sqlite({.path = path});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "store.not_a_database");
  EXPECT_THAT(opened.error().detail, HasSubstr("choose another --data or restore a backup"));
}

TEST(SqliteStore, IsOnlyReadByATool) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  EXPECT_EQ(open_sqlite({.path = path, .exclusive = false}).error().code, "store.missing");
  const auto database = open_or_throw({.path = path});
  const auto tool = open_or_throw({.path = path, .exclusive = false});
  EXPECT_THROW((void)tool->migrate(kSchema), EngineError) << "a store without a schema";
  ASSERT_TRUE(database->migrate(kSchema).ok());
  ASSERT_TRUE(insert(*database, 1, "one").ok());
  EXPECT_TRUE(tool->migrate(kSchema).ok());
  EXPECT_EQ(count(*tool), 1);
  EXPECT_EQ(insert(*tool, 2, "two").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(tool->migrate({}).error().code, "store.newer");
}

TEST(SqliteStore, AnswersUnavailableWhenItIsFullAndGoesOn) {
  const TemporaryDirectory directory;
  std::string reported;
  const auto database =
      open_or_throw({.path = directory.file("store.db"), .report = [&](std::string_view line) { reported += line; }});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  ASSERT_TRUE(database->lane()
                  .run([](Tx& tx) -> Result<void> {
                    tx.integer("PRAGMA max_page_count = 20");
                    return {};
                  })
                  .ok());
  const std::string big(200'000, 'x');
  EXPECT_EQ(insert(*database, 1, big).error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(reported, HasSubstr("full"));
  EXPECT_TRUE(insert(*database, 2, "small").ok());
  EXPECT_EQ(count(*database), 1);
}

TEST(SqliteStore, RunsNothingInATransactionThatEndedUnderAUnit) {
  const TemporaryDirectory directory;
  const auto database = open_or_throw({.path = directory.file("store.db")});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  const auto ended = database->lane().run([](Tx& tx) -> Result<void> {
    tx.execute("INSERT INTO thing (id) VALUES (1)");
    tx.execute("ROLLBACK");  // as SQLite does by itself when the disk fails
    tx.execute("INSERT INTO thing (id) VALUES (2)");
    return {};
  });
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(insert(*database, 3, "three").ok());
}

TEST(SqliteStore, CopiesTheWalIntoTheDataFileBehindTheCallersBacks) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  const auto database = open_or_throw({.path = path, .checkpoint_pages = 50});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  const std::string name(3000, 'n');
  const auto before = std::filesystem::file_size(path);
  std::int64_t id = 0;
  while (std::filesystem::file_size(path) == before && id < 5'000) ASSERT_TRUE(insert(*database, ++id, name).ok());
  EXPECT_GT(std::filesystem::file_size(path), before);
  EXPECT_THAT(database->check(), IsEmpty());
  EXPECT_EQ(count(*database), id);
}

TEST(SqliteStore, FindsDamage) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  {
    const auto database = open_or_throw({.path = path});
    ASSERT_TRUE(database->migrate(kSchema).ok());
    ASSERT_TRUE(database->lane()
                    .run([](Tx& tx) -> Result<void> {
                      for (int id = 0; id < 500; ++id)
                        tx.execute("INSERT INTO thing (id, name) VALUES ($1, 'a thing')", {id});
                      return {};
                    })
                    .ok());
    EXPECT_THAT(database->check(), IsEmpty());
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 * 3);
  file << std::string(4096, '\x7f');
  file.close();
  EXPECT_THAT(open_or_throw({.path = path})->check(), testing::Not(IsEmpty()));
}

TEST(SqliteBackup, RefusesToReplaceAStore) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("store.db");
  const auto database = open_or_throw({.path = path});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  const auto ignore = [](std::int64_t, std::int64_t) {};
  EXPECT_EQ(database->backup(path, ignore).error().code, "backup.target_in_use");
  const auto other = open_or_throw({.path = directory.file("other.db")});
  ASSERT_TRUE(other->migrate(kSchema).ok());
  EXPECT_EQ(database->backup(directory.file("other.db"), ignore).error().code, "backup.target_in_use");
  EXPECT_EQ(database->backup(directory.file("nowhere/b.db"), ignore).error().code, "store.no_directory");
}

TEST(SqliteBackup, IsOneFileForItsOwnerOnly) {
  const TemporaryDirectory directory;
  const auto database = open_or_throw({.path = directory.file("store.db")});
  ASSERT_TRUE(database->migrate(kSchema).ok());
  std::filesystem::create_directory(directory.file("backups"));
  const std::string target = directory.file("backups/b.db");
  for (int round = 0; round < 2; ++round) {  // the second replaces the first
    ASSERT_TRUE(insert(*database, round, "n").ok());
    ASSERT_TRUE(database->backup(target, [](std::int64_t, std::int64_t) {}).ok());
  }
  struct stat file {};
  ASSERT_EQ(::stat(target.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.file("backups")), {}), 1);
  EXPECT_EQ(count(*open_or_throw({.path = target})), 2);
}

}  // namespace
}  // namespace gatehouse::sql
