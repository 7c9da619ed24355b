// A PostgreSQL server of the run's own, as durable as one that somebody relies on, and stores in it: empty ones, and copies of
// SQLite's, so that both engines are measured on the same rows with the same tokens.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "support/process.hpp"

namespace gatehouse::bench {

// One connection with nothing in between. Everything throws when it fails.
class BarePostgres {
 public:
  explicit BarePostgres(const std::string& url);
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  void run(const std::string& script);
  // The first column of every row.
  std::vector<std::string> column(const std::string& sql);
  [[nodiscard]] PGconn* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Close> handle_;
};

class Postgres {
 public:
  Postgres();

  // The URL of a new database: an empty one, or one like another, to which nobody is connected.
  std::string database();
  std::string database_like(const std::string& url);
  // Of a new database with everything that the SQLite store at `file` holds, its statistics up to date.
  std::string copy_of(const std::string& file);
  // CPU time of its processes that live now.
  [[nodiscard]] std::int64_t cpu_ns() const;

 private:
  [[nodiscard]] std::string url(const std::string& database) const;
  std::string create(const std::string& ending);

  Process process_;
  pid_t pid_ = 0;
  std::string url_;
  int made_ = 0;
};

}  // namespace gatehouse::bench
