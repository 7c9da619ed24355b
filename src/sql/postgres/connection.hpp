// One connection to PostgreSQL in pipeline mode, with its prepared statements. For one thread at a time. What needs no
// answer of its own (BEGIN, SAVEPOINT, posted statements) travels with the next statement that does, so that a statement
// costs one round trip, whatever came before it.
//
// Knows nothing of units. Every failure is an exception of failure.hpp, without the values bound; after ConnectionLost the
// connection is of no more use.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <libpq-fe.h>

#include "sql/database.hpp"
#include "sql/postgres/failure.hpp"
#include "sql/postgres/posted_rows.hpp"
#include "sql/postgres/result_row.hpp"

namespace gatehouse::sql::postgres {

struct ConnectionSettings {
  std::string url;  // as libpq reads it: a postgresql:// URI or key=value pairs
  std::chrono::milliseconds connect_within{5000};
  std::chrono::milliseconds answer_within{35'000};  // no word from the server for longer: the connection is lost
  std::string session;                              // SET …; SET …: run once, at the beginning
};

class Connection {
 public:
  explicit Connection(const ConnectionSettings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Without parameters and rows; goes along with the next statement. `command` must be a literal.
  void defer(std::string_view command);
  // Sent along with the next statement; a failure shows there. The values are copied.
  void post(std::string_view sql, Values values);
  // Calls `on_row` for each row until it returns false; rows changed by an INSERT, UPDATE or DELETE. `on_row` may run other
  // statements here.
  std::int64_t run(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row);
  // Waits until everything deferred and posted is done; throws the first failure of it.
  void settle();
  // COMMIT, after everything deferred and posted; what the server says it did: "COMMIT", or "ROLLBACK".
  std::string commit();
  // Sends what is deferred and waits for nothing.
  void send();
  // Forgets what was deferred, and what became of what was posted.
  void discard();
  // Several statements in one go, outside the pipeline.
  void script(const std::string& sql);

  // Whether something was deferred or posted since the last answer.
  [[nodiscard]] bool owes() const { return !deferred_.empty() || !awaited_.empty() || !rows_posted_.empty(); }
  [[nodiscard]] bool lost() const { return lost_; }
  // Whether something posted or deferred has failed: then nobody can say which of the statements since have run, and the
  // transaction must not be committed. Until discard().
  [[nodiscard]] bool spoiled() const { return spoiled_; }
  // Received since the connection began.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  // Warnings since the connection began. A warning during a commit says that it is less durable than was asked for.
  [[nodiscard]] std::uint64_t warnings() const { return warnings_; }
  [[nodiscard]] PGconn* raw() const { return connection_.get(); }
  // From now on; negative: for ever.
  void wait_at_most(std::chrono::milliseconds patience) { answer_within_ = patience; }
  // Takes in what the server sent unasked, without waiting. Throws ConnectionLost.
  void take_in();

  static constexpr std::size_t kCacheLimit = 256;

 private:
  struct Statement {
    std::string name;
    std::uint64_t last_used = 0;
  };
  enum class What : std::uint8_t { kPrepare, kCommand, kRows, kSync };
  struct Awaited {
    What what;
    std::string statement{};  // kPrepare: its key, to forget it when it fails
  };
  class Stream;
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  void connect();
  void submit(std::string_view sql, Values values, What what);
  // The rows that wait to go as one statement: before whatever comes after them.
  void submit_rows();
  const std::string& prepare(std::string_view sql, Values values);
  void drop_oldest();
  void submit_deferred();
  void sync();
  void flush();
  PgResult next_result();
  void wait_for(short events);
  What take_answer();  // of the first that is awaited
  void throw_failure(std::string_view sql = {});
  void check(int sent);
  [[noreturn]] void lose(std::string_view why);

  const ConnectionSettings settings_;
  std::chrono::milliseconds answer_within_;
  std::unique_ptr<PGconn, Close> connection_;
  std::unordered_map<std::string, Statement> statements_;  // by types and text
  std::deque<std::string_view> deferred_;
  PostedRows rows_posted_;          // after what is deferred
  std::deque<Awaited> awaited_;     // what was sent, in its order
  std::optional<Failure> failure_;  // the first since the last settling
  Stream* stream_ = nullptr;        // whose rows are still on their way
  std::uint64_t uses_ = 0;
  std::uint64_t names_ = 0;
  std::uint64_t warnings_ = 0;
  std::uint64_t rows_ = 0;
  bool lost_ = false;
  bool spoiled_ = false;
  std::string key_;  // reused
  std::string tag_;  // of the last command that was done
};

}  // namespace gatehouse::sql::postgres
