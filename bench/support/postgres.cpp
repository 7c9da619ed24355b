#include "support/postgres.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/random.hpp"
#include "domain/schema.hpp"
#include "sql/postgres/postgres.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::string_view kPlace = "DATABASE";

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

[[noreturn]] void fail(PGconn* connection) {
  throw std::runtime_error(std::string("bare PostgreSQL: ") + PQerrorMessage(connection));
}

Answer ask(PGconn* connection, const std::string& sql, ExecStatusType expected) {
  Answer answer(PQexec(connection, sql.c_str()), &PQclear);
  const auto status = PQresultStatus(answer.get());
  if (status != expected && (expected != PGRES_COMMAND_OK || status != PGRES_TUPLES_OK)) fail(connection);
  return answer;
}

void append_hex(std::string& line, std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  line += "\\\\x";
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    line += kDigits[value >> 4U];
    line += kDigits[value & 15U];
  }
}

void append_text(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (c == '\\')
      line += "\\\\";
    else if (c == '\n')
      line += "\\n";
    else if (c == '\r')
      line += "\\r";
    else if (c == '\t')
      line += "\\t";
    else
      line += c;
  }
}

// As COPY reads it. SQLite lets text stand where bytes belong; PostgreSQL does not.
void append_value(std::string& line, sqlite3_stmt* row, int column, sql::ColumnType type) {
  if (sqlite3_column_type(row, column) == SQLITE_NULL) {
    line += "\\N";
  } else if (type == sql::ColumnType::kInteger) {
    line += std::to_string(sqlite3_column_int64(row, column));
  } else {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
    const std::string_view value(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    type == sql::ColumnType::kBytes ? append_hex(line, value) : append_text(line, value);
  }
}

void copy_table(BareSqlite& from, PGconn* to, const sql::TableShape& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back('"' + column.name + '"');
  const auto columns = fmt::format("{}", fmt::join(names, ", "));
  BareStatement rows(from, fmt::format("SELECT {} FROM {}", columns, table.name));
  ask(to, fmt::format("COPY {} ({}) FROM STDIN", table.name, columns), PGRES_COPY_IN);
  std::string lines;
  const auto put = [&] {
    if (PQputCopyData(to, lines.data(), static_cast<int>(lines.size())) != 1) fail(to);
    lines.clear();
  };
  while (rows.step()) {
    for (int i = 0; i < static_cast<int>(names.size()); ++i) {
      if (i > 0) lines += '\t';
      append_value(lines, rows.handle(), i, table.columns[static_cast<std::size_t>(i)].type);
    }
    lines += '\n';
    if (lines.size() > 65'536) put();
  }
  put();
  if (PQputCopyEnd(to, nullptr) != 1) fail(to);
  const Answer done(PQgetResult(to), &PQclear);
  if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) fail(to);
  while (const Answer rest{PQgetResult(to), &PQclear}) {}
}

std::vector<sql::TableShape> make_tables(const std::string& url) {
  SystemRandom random;
  sql::PostgresOptions options;
  options.url = url;
  const auto database = need(sql::open_postgres(options, random));
  const auto migrations = domain::migrations();
  need(database->migrate(migrations));
  std::vector<sql::TableShape> tables;
  database->read([&](sql::Tx& tx) { tables = database->tables(tx); });
  return tables;
}

// Secondary indexes, to be made again (what it gives, run) once the rows are in.
std::vector<std::string> drop_indexes(BarePostgres& database) {
  static const std::string kFrom =
      " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT "
      "EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY c.relname";
  auto made = database.column("SELECT pg_get_indexdef(i.indexrelid)" + kFrom);
  for (const auto& drop : database.column("SELECT format('DROP INDEX %I', c.relname)" + kFrom)) database.run(drop);
  return made;
}

pid_t parent_of(const std::filesystem::path& process) {
  std::ifstream stat(process / "stat");
  std::string line;
  std::getline(stat, line);
  const auto end = line.rfind(')');
  return end == std::string::npos ? 0 : static_cast<pid_t>(std::strtol(line.c_str() + end + 4, nullptr, 10));
}

}  // namespace

BarePostgres::BarePostgres(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
  if (PQstatus(handle_.get()) != CONNECTION_OK) fail(handle_.get());
}

void BarePostgres::run(const std::string& script) { ask(handle_.get(), script, PGRES_COMMAND_OK); }

std::vector<std::string> BarePostgres::column(const std::string& sql) {
  const auto answer = ask(handle_.get(), sql, PGRES_TUPLES_OK);
  std::vector<std::string> values;
  for (int row = 0; row < PQntuples(answer.get()); ++row) values.emplace_back(PQgetvalue(answer.get(), row, 0));
  return values;
}

Postgres::Postgres() : process_({"node", GATEHOUSE_SOURCE_DIR "/bench/support/postgres.mjs"}, {}, -1) {
  const std::string files = process_.line("files ").substr(6);
  url_ = process_.line("url ").substr(4);
  std::ifstream(files + "/postmaster.pid") >> pid_;
}

std::string Postgres::url(const std::string& database) const {
  std::string made = url_;
  return made.replace(made.find(kPlace), kPlace.size(), database);
}

std::string Postgres::create(const std::string& ending) {
  const auto name = fmt::format("bench{}", ++made_);
  BarePostgres(url("postgres")).run("CREATE DATABASE " + name + ending);
  return url(name);
}

std::string Postgres::database() { return create(""); }

std::string Postgres::database_like(const std::string& url) {
  const auto name = BarePostgres(url).column("SELECT current_database()").front();
  return create(" TEMPLATE " + name);
}

std::string Postgres::copy_of(const std::string& file) {
  const auto to = database();
  const auto tables = make_tables(to);
  BareSqlite from(file);
  BarePostgres database(to);
  // The rows are whole already: nobody has to look whether what they refer to is there.
  database.run("SET session_replication_role = replica; SET synchronous_commit = off");
  const auto indexes = drop_indexes(database);
  std::vector<std::string> names;
  for (const auto& table : tables) names.push_back(table.name);
  database.run(fmt::format("BEGIN; TRUNCATE {}", fmt::join(names, ", ")));
  for (const auto& table : tables) copy_table(from, database.handle(), table);
  database.run("COMMIT");
  for (const auto& index : indexes) database.run(index);
  database.run("VACUUM (ANALYZE)");
  database.run("CHECKPOINT");
  return to;
}

std::int64_t Postgres::cpu_ns() const {
  std::int64_t total = process_cpu_ns(pid_);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto pid = static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (pid > 0 && parent_of(entry.path()) == pid_) total += process_cpu_ns(pid);
  }
  return total;
}

}  // namespace gatehouse::bench
