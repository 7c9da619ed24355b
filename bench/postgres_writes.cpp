// Durable writes on PostgreSQL, by one node and by two, against SQLite taking the same ones; in process and over HTTP.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "support/bare_sqlite.hpp"
#include "support/measure.hpp"
#include "support/nodes.hpp"

namespace gatehouse::bench {
namespace {

namespace fs = std::filesystem;

// A young deployment with 64 people signed in, on both engines; each round starts with a copy.
struct Origin {
  std::string data;
  std::string url;
  std::vector<std::string> tokens;
};

Origin make_origin(Context& context) {
  Origin origin{context.directory + "/writes-origin", {}, {}};
  {
    const auto core = context.open(origin.data);
    for (int i = 0; i < 64; ++i) {
      const std::string name = "writer" + std::to_string(i);
      const auto user =
          need(core->ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::User> {
            return domain::Users::insert(unit, {name, name + "@example.com", name, std::nullopt});
          }));
      origin.tokens.push_back(sign_in_as(*core, user.no, user.id));
    }
  }
  BareSqlite(origin.data + "/gatehouse.db").run("PRAGMA wal_checkpoint(TRUNCATE)");
  origin.url = context.postgres().copy_of(origin.data + "/gatehouse.db");
  return origin;
}

std::string copy_of_data(const Context& context, const Origin& origin) {
  const std::string data = context.directory + "/writes-copy";
  fs::remove_all(data);
  fs::copy(origin.data, data, fs::copy_options::recursive);
  return data;
}

// Units a second of so many threads at each core, which create top-level organizations.
double create(Context& context, const std::vector<server::Core*>& cores, int clients, std::size_t units) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> refused{0};
  const auto work = [&](server::Core& core) {
    const auto permit = core.ledger->policy().system<access::Action::kOrganizationCreateTop>({}, context.clock.now());
    for (std::size_t i = next++; i < units; i = next++) {
      if (!core.organizations->create_top(permit, {fmt::format("Written {:07}", i), "made by the bench", {}}))
        ++refused;
    }
  };
  const auto began = wall_ns();
  std::vector<std::thread> all;
  for (auto* core : cores) {
    for (int i = 0; i < clients; ++i) all.emplace_back(work, std::ref(*core));
  }
  for (auto& thread : all) thread.join();
  const auto took = wall_ns() - began;
  if (refused != 0) throw std::runtime_error("an organization was refused");
  return static_cast<double>(units) * 1e9 / static_cast<double>(took);
}

// Units a second of so many connections to each port.
double create_over_http(const std::vector<std::uint16_t>& ports, const std::vector<std::string>& tokens, int clients,
                        std::size_t units) {
  std::vector<std::vector<Exchange>> asked;
  for (const auto port : ports)
    asked.push_back(organizations_to_make(tokens, fmt::format("Written {}", port), units / ports.size()));
  std::vector<std::future<LoadResult>> results;
  const auto began = wall_ns();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    results.push_back(std::async(std::launch::async, [&, i] {
      LoadPlan plan;
      plan.port = ports[i];
      plan.connections = clients;
      plan.most = asked[i].size();
      return load(plan, asked[i]);
    }));
  }
  double done = 0;
  for (auto& one : results) {
    const auto result = one.get();
    if (result.wrong != 0) throw std::runtime_error("wrong answer: " + result.last_wrong);
    done += static_cast<double>(result.requests);
  }
  return done * 1e9 / static_cast<double>(wall_ns() - began);
}

struct Ways {
  std::string name;
  // Units a second: on SQLite, and by so many nodes on PostgreSQL.
  std::function<double(int clients, std::size_t units)> sqlite;
  std::function<double(int nodes, int clients, std::size_t units)> postgres;
};

Ways in_process(Context& context, const Origin& origin) {
  return {"in process",
          [&](int clients, std::size_t units) {
            const auto core = context.open(copy_of_data(context, origin));
            return create(context, {core.get()}, clients, units);
          },
          [&](int count, int clients, std::size_t units) {
            const Deployment deployment{context.postgres().database_like(origin.url), origin.data};
            std::vector<std::unique_ptr<Node>> nodes;
            std::vector<server::Core*> cores;
            for (int i = 0; i < count; ++i) {
              nodes.push_back(std::make_unique<Node>(context, deployment));
              cores.push_back(&nodes.back()->core());
            }
            return create(context, cores, clients, units);
          }};
}

Ways over_http(Context& context, const Origin& origin) {
  return {"over HTTP",
          [&](int clients, std::size_t units) {
            const auto server = context.serve(copy_of_data(context, origin), -1);
            return create_over_http({context.port}, origin.tokens, clients, units);
          },
          [&](int count, int clients, std::size_t units) {
            const Deployment deployment{context.postgres().database_like(origin.url), origin.data};
            std::vector<std::unique_ptr<Gatehouse>> nodes;
            std::vector<std::uint16_t> ports;
            for (int i = 0; i < count; ++i) {
              ports.push_back(free_port());
              nodes.push_back(serve_node(context, deployment, ports.back(), -1));
            }
            return create_over_http(ports, origin.tokens, clients, units);
          }};
}

void rows(Context& context, const Ways& ways, int clients, std::size_t units) {
  if (context.options.quick) units = std::max<std::size_t>(64, units / 20);
  std::vector<double> file;
  std::vector<double> one;
  std::vector<double> two;
  for (int i = 0; i < context.rounds(); ++i) {
    file.push_back(ways.sqlite(clients, units));
    one.push_back(ways.postgres(1, clients, units));
    two.push_back(ways.postgres(2, clients, units));
  }
  const auto who = fmt::format("{} client{} {}", clients, clients == 1 ? "" : "s", ways.name);
  const auto add = [&](const std::string& name, const std::vector<double>& ours, const std::string& than,
                       const std::vector<double>& others, std::string remark) {
    context.report.add({name, fmt::format("{:.0f} a second", median(ours)),
                        fmt::format("{}: {:.0f} a second", than, median(others)),
                        fmt::format("{:.2f}", median(ours) / median(others)), "", Met::kNoAim, std::move(remark)});
  };
  add("durable writes on PostgreSQL, " + who, one, "on SQLite", file,
      fmt::format("{} new organizations; in the same rounds, each on a new copy of a young deployment.", units));
  add("durable writes on PostgreSQL, two nodes, each " + who, two, "one node", one, "");
}

}  // namespace

void measure_postgres_writes(Context& context) {
  const auto origin = make_origin(context);
  const auto inside = in_process(context, origin);
  rows(context, inside, 1, 1'500);
  rows(context, inside, 8, 6'000);
  rows(context, inside, 64, 12'000);
  const auto outside = over_http(context, origin);
  rows(context, outside, 1, 1'000);
  rows(context, outside, 8, 4'000);
  rows(context, outside, 64, 8'000);
}

}  // namespace gatehouse::bench
