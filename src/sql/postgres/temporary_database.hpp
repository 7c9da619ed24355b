// For tests: a database of its own on the server that GATEHOUSE_TEST_POSTGRES names, gone with the object. `./dev test`
// starts that server; `node tests/support/with_postgres.mjs PROGRAM` does for one program.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include <libpq-fe.h>

#include "sql/postgres/postgres.hpp"

namespace gatehouse::sql {

class TemporaryPostgres {
 public:
  // A copy of `like`, to which nobody may be connected.
  explicit TemporaryPostgres(const std::string& like = "template1") {
    static std::atomic<int> count{0};
    name_ = "t" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    // As files: by way of the log a database with many tables takes three times as long.
    command("CREATE DATABASE " + name_ + " TEMPLATE " + like + " STRATEGY FILE_COPY");
  }
  ~TemporaryPostgres() {
    try {
      command("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {}  // the server goes with the run
  }
  TemporaryPostgres(const TemporaryPostgres&) = delete;
  TemporaryPostgres& operator=(const TemporaryPostgres&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  // The path of the server's URL is the database it is reached by; another one here.
  [[nodiscard]] std::string url() const {
    const std::string server = server_url();
    const std::size_t host = server.find("://") + 3;
    const std::size_t path = server.find('/', host);
    const std::size_t query = server.find('?', host);
    const std::string front = server.substr(0, std::min(path, query));
    return front + "/" + name_ + (query == std::string::npos ? std::string() : server.substr(query));
  }

 private:
  static std::string server_url() {
    const char* url = std::getenv("GATEHOUSE_TEST_POSTGRES");
    if (url == nullptr) {
      throw std::runtime_error(
          "GATEHOUSE_TEST_POSTGRES names no server: run node tests/support/with_postgres.mjs PROGRAM");
    }
    return url;
  }
  static void command(const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> server(PQconnectdb(server_url().c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> done(PQexec(server.get(), sql.c_str()), &PQclear);
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(server.get()));
  }
  std::string name_;
};

// A node on the database at `url`; it must open.
inline std::unique_ptr<Database> open_or_throw(PostgresOptions options) {
  static SystemRandom random;
  if (!options.report) options.report = [](std::string_view) {};
  auto opened = open_postgres(options, random);
  if (!opened) throw std::runtime_error(opened.error().detail);
  return std::move(opened).value();
}

}  // namespace gatehouse::sql
