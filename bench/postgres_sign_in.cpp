// Sign-ins and machine tokens of a node on PostgreSQL against the service on SQLite with the same store.
#include <fmt/format.h>

#include "support/evaluations.hpp"
#include "support/measure.hpp"
#include "support/nodes.hpp"

namespace gatehouse::bench {
namespace {

void row(Context& context, const std::string& name, LoadPlan plan, std::uint16_t port, const Gatehouse& node,
         const Gatehouse& file, const std::vector<Exchange>& asked) {
  plan.seconds = context.round_s();
  auto at_node = plan;
  at_node.port = port;
  at_node.server = node.pid();
  auto at_file = plan;
  at_file.port = context.port;
  at_file.server = file.pid();
  std::vector<double> ratios;
  std::vector<double> ours;
  std::vector<double> others;
  LoadResult last;
  LoadResult last_of_file;
  std::int64_t database_ns = 0;
  for (int i = 0; i < context.rounds(); ++i) {
    const auto before = context.postgres().cpu_ns();
    last = load(at_node, asked);
    database_ns = context.postgres().cpu_ns() - before;
    last_of_file = load(at_file, asked);
    for (const auto* result : {&last, &last_of_file}) {
      if (result->wrong != 0) throw std::runtime_error("wrong answer: " + result->last_wrong);
    }
    ours.push_back(last.rate());
    others.push_back(last_of_file.rate());
    ratios.push_back(last.rate() / last_of_file.rate());
  }
  context.report.add(
      {name + " on PostgreSQL", fmt::format("{:.0f} a second", median(ours)),
       fmt::format("on SQLite: {:.0f} a second", median(others)), fmt::format("{:.2f}", median(ratios)), "",
       Met::kNoAim,
       fmt::format("{} connections; p50 {:.1f} ms and {:.1f} ms; CPU for each: the node {:.0f} µs and "
                   "PostgreSQL {:.0f} µs, on SQLite {:.0f} µs.",
                   plan.connections, last.p50_us / 1e3, last_of_file.p50_us / 1e3, last.cpu_us,
                   static_cast<double>(database_ns) / 1e3 / static_cast<double>(last.requests), last_of_file.cpu_us)});
}

}  // namespace

void measure_postgres_sign_in(Context& context) {
  const auto& store = context.store();
  const Deployment deployment{context.store_in_postgres(), store.data};
  const auto file = context.serve(store.data, -1);
  const auto port = free_port();
  const auto node = serve_node(context, deployment, port, -1);
  LoadPlan plan;
  plan.connections = 4 * cores();
  row(context, "sign-in over HTTP", plan, port, *node, *file, sign_ins(context.model()));
  const auto body =
      fmt::format("grant_type=client_credentials&client_id={}&client_secret={}", store.client_id, store.client_secret);
  plan.connections = 32;
  row(context, "machine token, POST /connect/token,", plan, port, *node, *file,
      {{post("/connect/token", "", body, "application/x-www-form-urlencoded"), R"("access_token":")", 200}});
}

}  // namespace gatehouse::bench
