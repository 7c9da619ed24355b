// Starting: clean, and with the data of the store against scanning its rows.
#include <fmt/format.h>

#include <filesystem>

#include "domain/load_graph.hpp"
#include "domain/roles/catalogue.hpp"
#include "sql/sqlite/sqlite.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

struct Spent {
  double wall_ms = 0;
  double cpu_ms = 0;
};

template <class F>
Spent spend(F&& work) {
  const auto wall = wall_ns();
  const auto cpu = thread_cpu_ns();
  work();
  return {static_cast<double>(wall_ns() - wall) / 1e6, static_cast<double>(thread_cpu_ns() - cpu) / 1e6};
}

// Every row that the graph is made of, in the order of its table, each column looked at.
Spent scan(const std::string& file) {
  BareSqlite database(file);
  return spend([&] {
    for (const auto* sql :
         {"SELECT no, id, parent_no FROM organizations", "SELECT no, id, status FROM users",
          "SELECT user_no, organization_no FROM memberships", "SELECT user_no, organization_no, role_no FROM grants"}) {
      BareStatement(database, sql).read_all();
    }
  });
}

Spent load(const std::string& file) {
  sql::SqliteOptions options;
  options.path = file;
  const auto database = need(sql::open_sqlite(options));
  access::Permissions permissions;
  need(domain::register_permissions(permissions, {}));
  access::Graph graph(permissions);
  return spend([&] { domain::load_graph(*database, graph); });
}

void with_data(Context& context) {
  const auto& store = context.store();
  const std::string file = store.data + "/gatehouse.db";
  std::vector<double> scans;
  std::vector<double> loads;
  std::vector<double> starts;
  std::vector<double> walls;
  std::int64_t resident = 0;
  for (int i = 0; i < context.rounds(); ++i) {
    scans.push_back(scan(file).cpu_ms);
    loads.push_back(load(file).cpu_ms);
    const auto server = context.serve(store.data, -1);
    starts.push_back(server->ready_cpu_ms());
    walls.push_back(server->ready_ms());
    resident = resident_bytes(server->pid());
  }
  const double limit = median(scans);
  const auto add = [&](const std::string& name, double ms, std::string remark) {
    context.report.add({name, fmt::format("{:.0f} ms CPU", ms),
                        fmt::format("SQLite scanning the rows: {:.0f} ms CPU", limit),
                        fmt::format("{:.2f}", ms / limit), "≤ 1.3×", met(ms <= 1.3 * limit), std::move(remark)});
  };
  add("start with the data, until it serves", median(starts),
      fmt::format("{}, and as many again in one organization of all; {:.0f} ms on the wall, {:.0f} MB resident.",
                  context.scale(), median(walls), static_cast<double>(resident) / 1e6));
  add("loading the graph from the store", median(loads), "");
}

void clean(Context& context) {
  std::vector<double> first;
  std::vector<double> again;
  std::int64_t resident = 0;
  const std::string data = context.directory + "/clean";
  for (int i = 0; i < context.rounds(); ++i) {
    std::filesystem::remove_all(data);
    {
      const auto server = context.serve(data, -1);
      first.push_back(server->ready_ms());
    }
    const auto server = context.serve(data, -1);
    again.push_back(server->ready_ms());
    resident = resident_bytes(server->pid());
  }
  const double megabytes = static_cast<double>(resident) / 1e6;
  context.report.add(
      {"clean start (empty directory)", fmt::format("{:.0f} ms", median(first)), "", "", "≤ 100 ms",
       met(median(first) <= 100),
       fmt::format("With schema, keys, roles and the administrator's password hash; the second start takes {:.0f} ms.",
                   median(again))});
  context.report.add(
      {"memory after a clean start", fmt::format("{:.1f} MB", megabytes), "", "", "≤ 30 MB", met(megabytes <= 30)});
}

}  // namespace

void measure_start(Context& context) {
  clean(context);
  with_data(context);
}

}  // namespace gatehouse::bench
