// Lists of a node on PostgreSQL against the service on SQLite with the same rows, on the wall: the node waits for PostgreSQL,
// whose CPU time is not its own. One connection, everything in memory.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "directory_lists.hpp"
#include "support/measure.hpp"
#include "support/nodes.hpp"
#include "support/world.hpp"

namespace gatehouse::bench {
namespace {

constexpr double kAim = 3;
constexpr int kToWarmUp = 12;  // each reader has caches to fill, and PostgreSQL keeps a plan from the sixth time on

// The same store on both engines, served.
struct Sides {
  Sides(Context& context, const std::string& data, const std::string& url)
      : file(context.serve(data, -1)), port(free_port()), node(serve_node(context, {url, data}, port, -1)) {}
  std::unique_ptr<Gatehouse> file;
  std::uint16_t port;
  std::unique_ptr<Gatehouse> node;
};

struct Compared {
  double file_us = 0;
  double node_us = 0;
  double file_cpu_us = 0;
  double node_cpu_us = 0;
  double database_cpu_us = 0;
  [[nodiscard]] double ratio() const { return node_us / file_us; }
};

LoadPlan plan_for(const Context& context, std::uint16_t port, const Gatehouse& server,
                  const std::vector<Exchange>& asked) {
  LoadPlan plan;
  plan.port = port;
  plan.connections = 1;
  plan.server = server.pid();
  const double part = context.round_s() / 8;
  plan.most = 1;
  double took = load(plan, asked).seconds;
  for (int i = 1; i < kToWarmUp && took < part; ++i) took = load(plan, asked).seconds;
  plan.most = static_cast<std::size_t>(std::clamp(part / took, 1.0, 500.0));
  return plan;
}

struct Asked {
  std::string path;
  std::string expected;
  std::string at_file;  // tokens
  std::string at_node;
};

Compared compare(Context& context, const Sides& sides, const Asked& asked) {
  const std::vector<Exchange> of_file{{get(asked.path, asked.at_file), asked.expected, 200}};
  const std::vector<Exchange> of_node{{get(asked.path, asked.at_node), asked.expected, 200}};
  const auto at_file = plan_for(context, context.port, *sides.file, of_file);
  const auto at_node = plan_for(context, sides.port, *sides.node, of_node);
  std::vector<double> file;
  std::vector<double> node;
  Compared all;
  for (int i = 0; i < context.rounds(); ++i) {
    const auto a = load(at_file, of_file);
    const auto before = context.postgres().cpu_ns();
    const auto b = load(at_node, of_node);
    for (const auto* result : {&a, &b}) {
      if (result->wrong != 0) throw std::runtime_error(asked.path + " answers: " + result->last_wrong.substr(0, 500));
    }
    file.push_back(a.p50_us);
    node.push_back(b.p50_us);
    all.file_cpu_us = a.cpu_us;
    all.node_cpu_us = b.cpu_us;
    all.database_cpu_us =
        static_cast<double>(context.postgres().cpu_ns() - before) / 1e3 / static_cast<double>(b.requests);
  }
  // Neighbours of this machine only ever add.
  all.file_us = *std::min_element(file.begin(), file.end());
  all.node_us = *std::min_element(node.begin(), node.end());
  return all;
}

std::string time(double us) {
  return us < 10'000 ? fmt::format("{:.2f} ms", us / 1e3) : fmt::format("{:.0f} ms", us / 1e3);
}

// One row: the list at every size.
void row(Context& context, const std::string& name, const std::vector<std::string>& sizes,
         const std::vector<Compared>& all) {
  std::vector<std::string> ours;
  std::vector<std::string> others;
  std::vector<std::string> ratios;
  std::vector<std::string> spent;
  bool good = true;
  for (const auto& one : all) {
    ours.push_back(time(one.node_us));
    others.push_back(time(one.file_us));
    ratios.push_back(fmt::format("{:.1f}", one.ratio()));
    spent.push_back(fmt::format("{} of the node and {} of PostgreSQL against {}, {:.1f}×", time(one.node_cpu_us),
                                time(one.database_cpu_us), time(one.file_cpu_us),
                                (one.node_cpu_us + one.database_cpu_us) / one.file_cpu_us));
    good = good && one.ratio() <= kAim;
  }
  context.report.add({fmt::format("{}, PostgreSQL, {}", name, fmt::join(sizes, ", ")),
                      fmt::format("{}", fmt::join(ours, ", ")), fmt::format("SQLite: {}", fmt::join(others, ", ")),
                      fmt::format("{}", fmt::join(ratios, ", ")), "≤ 3×", met(good),
                      fmt::format("p50 of the best round, one connection. CPU: {}.", fmt::join(spent, "; "))});
}

struct Measured {
  std::string name;
  std::vector<Compared> at;  // each size
};

std::vector<DirectoryList> all_lists(const People& people) {
  auto lists = directory_lists(people);
  const std::int64_t all = people.count + std::int64_t{1};
  const auto behind = people.count / 10 * 9;
  lists.push_back(list_of_identity_manager("all, behind nine tenths", fmt::format("&page={}", behind / 100 + 1), all));
  lists.push_back(list_of_partner("by email, behind nine tenths", fmt::format("&skip={}", behind), all));
  const auto active = all - people.inactive_ones;
  lists.push_back(list_of_identity_manager("status=Active, behind nine tenths of all",
                                           fmt::format("&status=Active&page={}", active / 10 * 9 / 100 + 1), active));
  lists.push_back(list_of_partner("search", "&search=" + people.listed(500).user_name.substr(1), 1));
  lists.push_back({"partner/v1/users, a page of 1000", "/partner/v1/users?take=1000", all, kListed});
  return lists;
}

void measure_directories(Context& context) {
  const std::uint32_t some = context.options.quick ? 20 * kListed : context.options.users / kListed * kListed;
  std::vector<std::uint32_t> counts{kListed, some};
  if (!context.options.quick && some >= 100 * kListed) counts.push_back(1000 * kListed);  // also the directory's
  std::vector<Measured> measured;
  std::vector<std::string> sizes;
  for (const auto count : counts) {
    const auto& people = context.people(count);
    sizes.push_back(std::to_string(count));
    const auto url = context.postgres().copy_of(people.data + "/gatehouse.db");
    const Sides sides(context, people.data, url);
    const auto here = sign_in_as_admin(context.port);
    const auto there = sign_in_as_admin(sides.port);
    const auto lists = all_lists(people);
    measured.resize(lists.size());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      measured[i].name = lists[i].name;
      const auto expected = fmt::format("X-Total-Count: {}\r\n", lists[i].total);
      measured[i].at.push_back(compare(context, sides, {lists[i].path, expected, here, there}));
    }
  }
  sizes.back() += " accounts";
  for (const auto& one : measured) row(context, one.name, sizes, one.at);
}

void measure_members(Context& context) {
  const auto& store = context.store();
  const Sides sides(context, store.data, context.store_in_postgres());
  std::vector<Compared> at;
  for (const auto& [id, count] :
       {std::pair(store.few, 10U), {store.hundred, 100U}, {store.crowd, context.model().users()}}) {
    const auto path = fmt::format("/api/v1/orgs/{}/users?maxResultCount=50", id.to_string());
    at.push_back(
        compare(context, sides, {path, fmt::format(R"("totalCount":{})", count), store.callers[0], store.callers[0]}));
  }
  row(context, "the first 50 users of an organization",
      {"10", "100", fmt::format("{} members", context.model().users())}, at);
}

void measure_long_lists(Context& context) {
  const auto world = make_world(context, context.directory + "/long-lists");
  const Sides sides(context, world.data, context.postgres().copy_of(world.data + "/gatehouse.db"));
  const std::vector<std::string> size{fmt::format("{} rows", kWorldListed)};
  row(context, "list of all invitations", size,
      {compare(context, sides, {"/access/invite", "[{", world.boss, world.boss})});
  row(context, "list of all users of an organization", size,
      {compare(context, sides, {"/access", "[{", world.boss, world.boss})});
}

}  // namespace

void measure_postgres_lists(Context& context) {
  measure_directories(context);
  measure_members(context);
  measure_long_lists(context);
}

}  // namespace gatehouse::bench
