// Real input and made-up input through `gatehouse import`, then walked through the v1 API.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTables[] = {"organizations", "users", "memberships", "grants", "changes"};

std::int64_t lines_of(const fs::path& directory, std::vector<std::string>& files) {
  std::int64_t lines = 0;
  for (const auto* name : {"organizations", "users", "memberships"}) {
    for (const auto* ending : {".jsonl", ".csv"}) {
      const fs::path file = directory / (std::string(name) + ending);
      if (!fs::exists(file)) continue;
      files.push_back(file.string());
      std::ifstream in(file);
      for (std::string line; std::getline(in, line);) ++lines;
    }
  }
  return lines;
}

// SQLite alone copying the imported rows into an empty store, in one transaction.
double bare_copy_s(Context& context, const std::string& imported, const std::string& data) {
  fs::remove_all(data);
  context.open(data).reset();
  BareSqlite database(data + "/gatehouse.db");
  database.run("PRAGMA foreign_keys=OFF; ATTACH '" + imported + "' AS imported");
  for (const auto* table : {"grants", "memberships", "changes", "users", "organizations"})
    database.run(fmt::format("DELETE FROM main.{}", table));
  const auto began = wall_ns();
  database.run("BEGIN");
  for (const auto* table : kTables) database.run(fmt::format("INSERT INTO main.{0} SELECT * FROM imported.{0}", table));
  database.run("COMMIT");
  return static_cast<double>(wall_ns() - began) / 1e9;
}

std::int64_t total_of(const std::string& answer) {
  const auto parsed = json::parse(body_of(answer));
  return parsed && parsed->is_object() ? parsed->at("totalCount").to_number<std::int64_t>() : -1;
}

// Pages through all organizations and lists the users of each; requests, and the memberships seen.
std::pair<std::int64_t, std::int64_t> walk(std::uint16_t port, const std::string& token, std::int64_t most) {
  std::int64_t requests = 0;
  std::int64_t members = 0;
  for (std::int64_t skip = 0; skip < most; skip += 1000) {
    const auto answer = ask(port, get(fmt::format("/api/v1/orgs?skipCount={}&maxResultCount=1000", skip), token));
    ++requests;
    const auto page = json::parse(body_of(answer));
    if (!page) throw std::runtime_error("no list of organizations: " + answer.substr(0, 500));
    const auto& items = page->at("items").as_array();
    for (const auto& item : items) {
      const auto id = item.as_object().at("orgId").as_string();
      const auto users =
          total_of(ask(port, get(fmt::format("/api/v1/orgs/{}/users?maxResultCount=50", std::string_view(id)), token)));
      if (users < 0) throw std::runtime_error("no list of users");
      members += users;
      ++requests;
    }
    if (items.size() < 1000) break;
  }
  return {requests, members};
}

void import(Context& context, const std::string& name, std::vector<std::string> script) {
  if (!fs::exists(script[1])) return context.report.note(name + ": the script is not there.");
  const fs::path files = fs::path(context.directory) / name;
  const std::string data = context.directory + "/imported";
  fs::remove_all(data);
  script.insert(script.begin() + 2, files.string());
  std::string output;
  if (Process(script, {}, -1).wait(output) != 0) return context.report.note(name + ": the script made no files.");
  std::vector<std::string> command{GATEHOUSE_BINARY, "import", "--data", data};
  const auto rows = lines_of(files, command);
  context.open(data).reset();
  const auto began = wall_ns();
  Process import(command, {}, -1, false);
  const int status = import.wait(output);
  const double seconds = static_cast<double>(wall_ns() - began) / 1e9;
  if (status > 1) throw std::runtime_error("gatehouse import ended with " + std::to_string(status));

  const std::string database = data + "/gatehouse.db";
  const double bare = bare_copy_s(context, database, context.directory + "/copied");
  const auto held = BareSqlite(database).integer("SELECT COUNT(*) FROM memberships WHERE organization_no > 1");
  context.report.add({"import, " + name, fmt::format("{:.0f} rows/s", static_cast<double>(rows) / seconds),
                      fmt::format("SQLite copying the rows: {:.0f} rows/s", static_cast<double>(rows) / bare),
                      fmt::format("{:.2f}", bare / seconds), "", Met::kNoAim,
                      fmt::format("{} rows in {:.1f} s, {} memberships stored.", rows, seconds, held)});

  std::string token;
  {
    const auto core = context.open(data);
    const auto admin = core->users->find_by_email("admin@localhost");
    token = sign_in_as(*core, admin->no, admin->id);
  }
  const auto server = context.serve(data, -1);
  const auto walk_began = wall_ns();
  const auto most = context.options.quick ? 1000 : 20'000;
  const auto [requests, members] = walk(context.port, token, most);
  context.report.add({"walking " + name + " through v1",
                      fmt::format("{:.0f} requests/s, one client",
                                  static_cast<double>(requests) * 1e9 / static_cast<double>(wall_ns() - walk_began)),
                      "", "", "", Met::kNoAim,
                      fmt::format("{} requests, a connection each, saw {} memberships.", requests, members)});
}

}  // namespace

void measure_imports(Context& context) {
  const std::string scripts = GATEHOUSE_SOURCE_DIR "/bench/datasets/";
  const auto& options = context.options;
  std::vector<std::string> debian{"node", scripts + "debian_packages.mjs"};
  if (options.quick) debian.insert(debian.end(), {"--packages", "500"});
  import(context, "debian_packages", debian);
  std::vector<std::string> synthetic{"node", scripts + "synthetic.mjs"};
  if (!options.whole) {
    const int users = options.quick ? 1000 : 20'000;
    synthetic.insert(synthetic.end(), {"--users", std::to_string(users), "--organizations", std::to_string(users / 10),
                                       "--memberships", std::to_string(users * 10)});
  }
  import(context, "synthetic", synthetic);
}

}  // namespace gatehouse::bench
