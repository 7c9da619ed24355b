// POST /access/v1/evaluation on one core with real tokens, against the bare responder sending the same bytes.
#include <fmt/format.h>

#include "support/context.hpp"
#include "support/evaluations.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"
#include "support/responder.hpp"

namespace gatehouse::bench {
namespace {

void compare(Context& context, const Gatehouse& server, const std::string& name, const std::vector<Exchange>& exchanges,
             double aim) {
  const std::vector<std::string> answers{ask(context.port, exchanges[0].request),
                                         ask(context.port, exchanges[1].request)};
  const BareResponder bare(context.directory, answers, 0);
  LoadPlan plan;
  plan.port = context.port;
  plan.seconds = context.round_s();
  plan.spin = true;
  plan.server = server.pid();
  std::vector<double> ours;
  std::vector<double> limits;
  LoadResult last;
  LoadResult last_bare;
  for (int i = 0; i < context.rounds(); ++i) {
    last = load(plan, exchanges);
    if (last.wrong != 0)
      throw std::runtime_error(fmt::format("{} wrong answers, the last: {}", last.wrong, last.last_wrong));
    ours.push_back(last.cpu_us);
    last_bare = bare.load(plan, exchanges);
    limits.push_back(last_bare.cpu_us);
  }
  const double ratio = median(ours) / median(limits);
  context.report.add({"decision over HTTP, " + name, fmt::format("{:.1f} µs CPU", median(ours)),
                      fmt::format("bare responder, same bytes: {:.1f} µs CPU", median(limits)),
                      fmt::format("{:.2f}", ratio), fmt::format("≤ {:.1f}×", aim), met(ratio <= aim),
                      fmt::format("{}; one core, 32 keep-alive connections, half denied, every answer verified; {:.0f} "
                                  "requests/s, p50 {:.0f} µs, "
                                  "p99 {:.0f} µs (bare: {:.0f} requests/s, {:.0f}, {:.0f}).",
                                  context.scale(), last.rate(), last.p50_us, last.p99_us, last_bare.rate(),
                                  last_bare.p50_us, last_bare.p99_us)});
}

}  // namespace

void measure_decisions_over_http(Context& context) {
  const auto& store = context.store();
  const auto server = context.serve(store.data, 0);
  const OnCore here(1);
  const std::size_t count = context.options.quick ? 1000 : 20'000;
  compare(context, *server, "uniform keys", evaluations(context, count, Keys::kUniform, 11), 2.0);
  compare(context, *server, "skewed keys", evaluations(context, count, Keys::kSkewed, 12), 2.0);
}

}  // namespace gatehouse::bench
