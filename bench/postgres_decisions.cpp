// Decisions of nodes on PostgreSQL against the service on SQLite with the same store: one node, two at once, and one while
// the other writes.
#include <fmt/format.h>

#include <future>

#include "support/evaluations.hpp"
#include "support/measure.hpp"
#include "support/nodes.hpp"

namespace gatehouse::bench {
namespace {

LoadResult decide(const LoadPlan& plan, const std::vector<Exchange>& exchanges) {
  auto result = load(plan, exchanges);
  if (result.wrong != 0)
    throw std::runtime_error(fmt::format("{} wrong answers, the last: {}", result.wrong, result.last_wrong));
  return result;
}

LoadPlan plan_for(const Context& context, std::uint16_t port, const Gatehouse& server) {
  LoadPlan plan;
  plan.port = port;
  plan.seconds = context.round_s();
  plan.server = server.pid();
  return plan;
}

// One node on a core of its own, and what another one writes meanwhile.
void measure_one(Context& context, const Deployment& deployment, const std::vector<Exchange>& exchanges) {
  const auto file = context.serve(deployment.origin, 0);
  const auto port = free_port();
  const auto node = serve_node(context, deployment, port, 0);
  const auto other_port = free_port();
  const auto other = serve_node(context, deployment, other_port, 1);
  auto at_file = plan_for(context, context.port, *file);
  auto at_node = plan_for(context, port, *node);
  std::vector<double> ours;
  std::vector<double> others;
  std::vector<double> meanwhile;
  std::vector<double> written;
  LoadResult quiet;
  LoadResult busy;
  for (int i = 0; i < context.rounds(); ++i) {
    const OnCore here(1);
    at_file.spin = at_node.spin = true;
    quiet = decide(at_node, exchanges);
    ours.push_back(quiet.cpu_us);
    others.push_back(decide(at_file, exchanges).cpu_us);
    // Whoever writes needs the core of the load as well.
    at_node.spin = false;
    Writing writing(other_port, context.store().callers[0], fmt::format("Meanwhile {}", i));
    busy = decide(at_node, exchanges);
    meanwhile.push_back(busy.cpu_us);
    written.push_back(writing.stop());
  }
  const double ratio = median(ours) / median(others);
  context.report.add(
      {"decision over HTTP, a node on PostgreSQL", fmt::format("{:.1f} µs CPU", median(ours)),
       fmt::format("the service on SQLite: {:.1f} µs CPU", median(others)), fmt::format("{:.2f}", ratio), "≤ 1.1×",
       met(ratio <= 1.1),
       fmt::format("{}; one core, 32 keep-alive connections, half denied, every answer verified; {:.0f} requests/s, "
                   "p50 {:.0f} µs, p99 {:.0f} µs.",
                   context.scale(), quiet.rate(), quiet.p50_us, quiet.p99_us)});
  const double growth = median(meanwhile) / median(ours);
  context.report.add(
      {"decision over HTTP, a node on PostgreSQL while the other writes",
       fmt::format("{:.1f} µs CPU", median(meanwhile)),
       fmt::format("the same node in quiet: {:.1f} µs CPU", median(ours)), fmt::format("{:.2f}", growth), "",
       Met::kNoAim,
       fmt::format("{:.0f} organizations a second are made by 8 clients of the other node, and followed; {:.0f} "
                   "decisions/s, p50 {:.0f} µs, p99 {:.0f} µs. That node, PostgreSQL and the load generators share the "
                   "other core.",
                   median(written), busy.rate(), busy.p50_us, busy.p99_us)});
}

struct Both {
  double rate = 0;
  double cpu_us = 0;
};

// Two loads at once.
Both decide_at(const LoadPlan& a, const LoadPlan& b, const std::vector<Exchange>& exchanges) {
  auto first = std::async(std::launch::async, [&] { return decide(a, exchanges); });
  const auto there = decide(b, exchanges);
  const auto here = first.get();
  const auto asked = static_cast<double>(here.requests + there.requests);
  // One server for both: each of them has counted all that it did.
  if (a.server == b.server)
    return {here.rate() + there.rate(),
            (here.cpu_us * static_cast<double>(here.requests) + there.cpu_us * static_cast<double>(there.requests)) /
                2 / asked};
  return {
      here.rate() + there.rate(),
      (here.cpu_us * static_cast<double>(here.requests) + there.cpu_us * static_cast<double>(there.requests)) / asked};
}

void measure_two(Context& context, const Deployment& deployment, const std::vector<Exchange>& exchanges) {
  const auto file = context.serve(deployment.origin, -1);
  const auto port = free_port();
  const auto other_port = free_port();
  const auto node = serve_node(context, deployment, port, -1);
  const auto other = serve_node(context, deployment, other_port, -1);
  auto at_node = plan_for(context, port, *node);
  auto at_other = plan_for(context, other_port, *other);
  auto at_file = plan_for(context, context.port, *file);
  for (auto* plan : {&at_node, &at_other, &at_file}) plan->connections = 16;
  std::vector<double> ratios;
  std::vector<double> ours;
  std::vector<double> others;
  Both last;
  Both last_of_file;
  for (int i = 0; i < context.rounds(); ++i) {
    last = decide_at(at_node, at_other, exchanges);
    last_of_file = decide_at(at_file, at_file, exchanges);
    ours.push_back(last.rate);
    others.push_back(last_of_file.rate);
    ratios.push_back(last.rate / last_of_file.rate);
  }
  const double ratio = median(ratios);
  context.report.add({"decisions over HTTP, two nodes on PostgreSQL at once",
                      fmt::format("{:.0f} a second", median(ours)),
                      fmt::format("one service on SQLite: {:.0f} a second", median(others)),
                      fmt::format("{:.2f}", ratio), "≥ 0.9", met(ratio >= 0.9),
                      fmt::format("16 connections at each, and 32 at the one; {:.1f} and {:.1f} µs CPU a decision. Two "
                                  "load generators share the {} cores with them.",
                                  last.cpu_us, last_of_file.cpu_us, cores())});
}

}  // namespace

void measure_postgres_decisions(Context& context) {
  const Deployment deployment{context.store_in_postgres(), context.store().data};
  const auto exchanges = evaluations(context, context.options.quick ? 1000 : 20'000, Keys::kUniform, 21);
  measure_two(context, deployment, exchanges);
  measure_one(context, deployment, exchanges);
}

}  // namespace gatehouse::bench
