#include "server/store.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "sql/postgres/postgres.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlite = "sqlite:";

Result<std::unique_ptr<sql::Database>> open_file(const std::string& file, Opening opening,
                                                 std::function<void(std::string_view)> report) {
  std::error_code error;
  if (opening != Opening::kServe && !fs::exists(file, error)) {
    return invalid("config.data",
                   fmt::format("there is no store {}: give its directory with --data, or the store itself "
                               "with --database-url",
                               file));
  }
  sql::SqliteOptions options;
  options.path = file;
  options.exclusive = opening != Opening::kInspect;
  options.report = std::move(report);
  return sql::open_sqlite(options);
}

Result<std::unique_ptr<sql::Database>> open_server(const Config& config, Opening opening, Random& random,
                                                   std::function<void(std::string_view)> report) {
  sql::PostgresOptions options;
  options.url = config.database_url;
  options.read_connections = static_cast<std::size_t>(config.database_connections);
  options.watch_within = std::chrono::milliseconds(config.staleness_bound_ms);
  options.writes = opening != Opening::kInspect;
  options.report = std::move(report);
  auto database = TRY(sql::open_postgres(options, random));
  if (opening != Opening::kServe && is_new(*database)) {
    return invalid("config.data", "there is nothing in the database yet: start `gatehouse serve` first");
  }
  return database;
}

}  // namespace

std::string store_file(const Config& config) {
  if (config.database_url.empty()) return config.data + "/gatehouse.db";
  const std::string_view url = config.database_url;
  return url.starts_with(kSqlite) ? std::string(url.substr(kSqlite.size())) : std::string();
}

Result<std::unique_ptr<sql::Database>> open_store(const Config& config, Opening opening, Random& random,
                                                  std::function<void(std::string_view)> report) {
  const std::string file = store_file(config);
  return file.empty() ? open_server(config, opening, random, std::move(report))
                      : open_file(file, opening, std::move(report));
}

bool is_new(sql::Database& database) {
  bool empty = false;
  database.read([&](sql::Tx& tx) { empty = database.tables(tx).empty(); });
  return empty;
}

}  // namespace gatehouse::server
