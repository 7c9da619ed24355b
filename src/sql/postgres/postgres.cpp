#include "sql/postgres/postgres.hpp"

#include <array>
#include <cstdio>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "sql/group_lane.hpp"
#include "sql/postgres/dump.hpp"
#include "sql/postgres/listener.hpp"
#include "sql/postgres/readers.hpp"
#include "sql/postgres/tables.hpp"
#include "sql/postgres/writer.hpp"
#include "sql/schema.hpp"

namespace gatehouse::sql {
namespace {

using postgres::Connection;
using postgres::ConnectionSettings;
using std::chrono::milliseconds;

constexpr int kOldestServer = 130'000;
// Any number, the same in every release: who holds its advisory lock may bring the schema up.
constexpr std::int64_t kAloneLock = 7'236'512'904'411;

// A node that was stopped, or cut off, while it held the lock of the log's head must not hold all others up for longer.
constexpr milliseconds kIdleInTransaction(2'000);
constexpr milliseconds kGrace(2'000);
// A statement of a unit. It waits for nothing but the lock, and while it runs all nodes' changes wait.
constexpr milliseconds kWritingStatement(5'000);
// Looking whether another node still brings the store up, and telling the operator that it does.
constexpr milliseconds kAloneLook(200);
constexpr int kAloneReport = 25;  // looks

void report_to_stderr(std::string_view line) { fmt::print(stderr, "{}\n", line); }

// The statements are written so that nested loops in the order of their tables find few rows by index, on every engine. Left
// to its guesses of recursive queries, the planner would read and hash whole tables for one page of a list, and compile that.
constexpr std::string_view kPlans =
    "SET jit = off; SET random_page_cost = 1.1; SET join_collapse_limit = 1; SET enable_hashjoin = off; "
    "SET enable_mergejoin = off; ";

ConnectionSettings reading(const PostgresOptions& options) {
  return {.url = options.url,
          .connect_within = options.connect_within,
          .answer_within = options.statement_within + kGrace,
          .session = fmt::format("SET default_transaction_read_only = on; SET statement_timeout = {}; "
                                 "SET idle_in_transaction_session_timeout = 0; {}",
                                 options.statement_within.count(), kPlans)};
}

ConnectionSettings watching(const PostgresOptions& options) {
  auto settings = reading(options);
  settings.answer_within = options.watch_within;
  return settings;
}

// The server's own synchronous_commit stays when it is stronger than on.
ConnectionSettings writing(const PostgresOptions& options) {
  if (!options.writes) return reading(options);
  return {.url = options.url,
          .connect_within = options.connect_within,
          .answer_within = kWritingStatement + kGrace,
          .session = fmt::format(
              "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
              "SET tcp_user_timeout = {}; SELECT set_config('synchronous_commit', 'on', false) "
              "WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write'); {}",
              kWritingStatement.count(), options.lock_within.count(), kIdleInTransaction.count(),
              kIdleInTransaction.count(), kPlans)};
}

// Of this process alone.
Uuid made_up(Random& random) {
  std::array<char, 16> raw{};
  random.fill(raw.data(), raw.size());
  return Uuid::from_bytes({raw.data(), raw.size()});
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const PostgresOptions& options, Random& random)
      : options_(options),
        writer_(writing(options), made_up(random)),
        lane_(writer_, options.report, options.write_within),
        readers_(reading(options), options.read_connections, options.write_within) {}

  ~PostgresDatabase() override { lane_.close(); }

  void read(FunctionRef<void(Tx&)> work) override { readers_.read(work, false); }
  void read_at_length(FunctionRef<void(Tx&)> work) override { readers_.read(work, true); }
  Lane& lane() override { return lane_; }

  Result<void> migrate(std::span<const Migration> migrations) override {
    Result<void> result;
    if (!options_.writes) {
      read([&](Tx& tx) { result = check_migrations(tx, migrations); });
      return result;
    }
    alone([&] {
      lane_.exclusive([&](Writer& writer) {
        prepare_marks(writer);
        result = apply_migrations(writer, migrations);
      });
    });
    return result;
  }

  Result<void> backup(const std::string& path, FunctionRef<void(std::int64_t, std::int64_t)> progress) override {
    Result<void> result;
    read_at_length([&](Tx& tx) {
      std::string snapshot;
      tx.each("SELECT pg_export_snapshot()", {}, [&](const Row& row) {
        snapshot = row.text(0);
        return true;
      });
      progress(0, 1);
      result = postgres::dump(options_.url, snapshot, path);
      progress(1, 1);
    });
    return result;
  }

  // What PostgreSQL can say of itself without extensions: that it answers. Its constraints hold by themselves.
  std::vector<std::string> check() override {
    try {
      read([](Tx& tx) { tx.integer("SELECT 1"); });
    } catch (const EngineError& failure) { return {failure.what()}; }
    return {};
  }

  std::vector<TableShape> tables(Tx& tx) override { return postgres::tables(tx); }

  void alone(FunctionRef<void()> work) override {
    if (alone_) return work();
    Connection connection(reading(options_));  // its end lets go of the lock
    wait_for_lock(connection);
    alone_ = true;
    try {
      work();
    } catch (...) {
      alone_ = false;
      throw;
    }
    alone_ = false;
  }

  std::unique_ptr<Watch> watch() override {
    // It has found the server that takes writes: whatever was connected to before may be another.
    return std::make_unique<postgres::Listener>(watching(options_), [this] { readers_.renew(); });
  }

 private:
  void wait_for_lock(Connection& connection) const {
    for (int looks = 1;; ++looks) {
      bool got = false;
      connection.run("SELECT pg_try_advisory_lock($1)", std::initializer_list<Value>{kAloneLock}, [&](const Row& row) {
        got = row.boolean(0);
        return true;
      });
      if (got) return;
      if (looks % kAloneReport == 0) options_.report("another node starts or moves the store just now; waiting for it");
      std::this_thread::sleep_for(kAloneLook);
    }
  }

  // With what processes left that are long gone.
  static void prepare_marks(Writer& writer) {
    writer.begin();
    try {
      writer.script(
          fmt::format("{}; DELETE FROM lane_marks WHERE left_at < now() - interval '7 days'", postgres::kMarksTable));
      writer.commit();
    } catch (...) {
      writer.rollback();
      throw;
    }
  }

  const PostgresOptions options_;
  postgres::LaneWriter writer_;
  GroupLane lane_;
  postgres::Readers readers_;
  bool alone_ = false;  // at start, by one thread
};

Error refused(std::string why) { return {ErrorKind::kUnavailable, "store.not_usable", std::move(why)}; }

// What cannot be read as it was meant: libpq would quote parts of it, and a part of it may be a piece of the password.
Result<void> look_at_url(const std::string& url) {
  constexpr std::string_view kHow =
      "the database URL cannot be read: write what is special in its password (such as @ : / # %) percent-encoded";
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &message),
                                                                             &PQconninfoFree);
  PQfreemem(message);
  if (!options) return refused(std::string(kHow));
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const std::string_view value = option->val == nullptr ? "" : option->val;
    const bool fits = keyword == "port" ? value.find_first_not_of("0123456789,") == std::string_view::npos
                      : keyword == "host"
                          ? value.starts_with('/') || value.find_first_of("@#%") == std::string_view::npos
                      : keyword == "dbname" ? value.find('@') == std::string_view::npos
                                            : true;
    if (!fits) return refused(std::string(kHow));
  }
  return {};
}

Result<void> look_at_server(const PostgresOptions& options) {
  const Connection connection(writing(options));
  if (PQserverVersion(connection.raw()) < kOldestServer) {
    return refused("the database server is older than PostgreSQL 13: upgrade it");
  }
  if (const char* encoding = PQparameterStatus(connection.raw(), "server_encoding");
      encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return refused("the database's encoding is not UTF8: make one with ENCODING 'UTF8' TEMPLATE template0");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options, Random& random) {
  PostgresOptions used = options;
  if (!used.report) used.report = report_to_stderr;
  TRY(look_at_url(used.url));
  try {
    TRY(look_at_server(used));
    return std::unique_ptr<Database>(std::make_unique<PostgresDatabase>(used, random));
  } catch (const EngineError& failure) {
    return refused(
        fmt::format("the database cannot be used ({}): check --database-url and the server", failure.what()));
  }
}

}  // namespace gatehouse::sql
