#include "support/neighbours.hpp"

#include <fmt/format.h>

#include <thread>

#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {

Noticed neighbours(Context& context, const Served& served) {
  LoadPlan plan;
  plan.port = served.port;
  plan.connections = 8;
  plan.seconds = 2 * context.round_s();
  std::vector<Exchange> reads;
  std::vector<Exchange> writes;
  for (const auto no : served.people.organizations()) {
    if (no % 7 != 0) continue;  // few of them are among those that are invited into
    const auto path = fmt::format("/api/v1/orgs/{}/users?maxResultCount=50", Model::organization_id(no).to_string());
    reads.push_back({get(path, served.token), R"("totalCount":)", 200});
  }
  for (std::uint32_t n = 0; n < 500; ++n) {
    const auto id = Model::user_id(served.people.unlisted(n + 5000).no).to_string();
    const auto body = fmt::format(R"({{"userId":"{}","phone":"{}"}})", id, wall_ns());
    auto request = post("/api/User", served.token, body);
    request.replace(0, 4, "PUT");
    writes.push_back({std::move(request), id, 200});
  }
  LoadResult written;
  std::thread writer([&] {
    auto paced = plan;
    paced.rate = 50;
    written = load(paced, writes);
  });
  plan.rate = 300;
  const auto read = load(plan, reads);
  writer.join();
  if (read.wrong != 0 || written.wrong != 0)
    throw std::runtime_error("wrong answer: " + read.last_wrong + written.last_wrong);
  return {read.p99_us, written.p99_us};
}

void report_noticed(Context& context, std::string_view what, const Noticed& quiet, const Noticed& busy) {
  const auto row = [&](std::string_view who, double then, double now, bool aimed) {
    context.report.add({fmt::format("{}' p99 while {}", who, what), fmt::format("{:.1f} ms", now / 1e3),
                        fmt::format("the same in quiet: {:.1f} ms", then / 1e3), fmt::format("{:.1f}", now / then),
                        aimed ? "≤ 2×" : "", aimed ? met(now <= 2 * then) : Met::kNoAim,
                        aimed ? "300 pages of 50 members and 50 changes of an account a second, evenly; the load "
                                "generator shares the cores with the server."
                              : ""});
  };
  row("reads", quiet.read_us, busy.read_us, true);
  row("small writes", quiet.write_us, busy.write_us, false);
}

}  // namespace gatehouse::bench
