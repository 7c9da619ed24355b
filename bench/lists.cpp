// The first 50 users of an organization over HTTP, against SQLite alone reading the same page, at 10 members and at all.
#include <fmt/format.h>

#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::string_view kPage =
    "SELECT m.user_no, u.id, u.user_name, u.email, u.display_name, m.display_name, m.attributes, m.created_at, "
    "g.role_no "
    "FROM (SELECT user_no AS no FROM memberships WHERE organization_no = ?1 ORDER BY user_no LIMIT 50) p "
    "CROSS JOIN memberships m CROSS JOIN users u LEFT JOIN grants g ON g.user_no = p.no AND g.organization_no = ?1 "
    "WHERE m.user_no = p.no AND m.organization_no = ?1 AND u.no = p.no ORDER BY m.user_no, g.role_no";

struct Pair {
  double ours_us = 0;
  double bare_us = 0;
  LoadResult last;
};

Pair measure(Context& context, const Gatehouse& server, const OrganizationId& id, std::uint32_t no,
             std::int64_t members) {
  const auto& store = context.store();
  const auto path = fmt::format("/api/v1/orgs/{}/users?maxResultCount=50", id.to_string());
  std::vector<Exchange> exchanges;
  for (const auto& token : store.callers)
    exchanges.push_back({get(path, token), fmt::format(R"("totalCount":{})", members), 200});
  BareSqlite database(store.data + "/gatehouse.db");
  BareStatement page(database, kPage);
  const auto read_page = [&] {
    database.run("BEGIN");
    page.bind(1, no);
    const auto rows = page.read_all();
    database.run("COMMIT");
    if (rows != std::min<std::int64_t>(50, members))
      throw std::runtime_error("the bare page has another number of rows");
  };
  LoadPlan plan;
  plan.port = context.port;
  plan.server = server.pid();
  plan.seconds = context.round_s();
  plan.spin = true;
  std::vector<double> ours;
  std::vector<double> bares;
  Pair pair;
  for (int i = 0; i < context.rounds(); ++i) {
    pair.last = load(plan, exchanges);
    if (pair.last.wrong != 0) throw std::runtime_error("wrong answer: " + pair.last.last_wrong);
    ours.push_back(pair.last.cpu_us);
    bares.push_back(cpu_ns_each(context.options.quick ? 200 : 3000, read_page) / 1e3);
  }
  pair.ours_us = median(ours);
  pair.bare_us = median(bares);
  return pair;
}

}  // namespace

void measure_lists(Context& context) {
  const auto& store = context.store();
  const auto server = context.serve(store.data, 0);
  const OnCore here(1);
  const auto few = measure(context, *server, store.few, store.few_no, 10);
  const auto hundred = measure(context, *server, store.hundred, store.hundred_no, 100);
  const auto crowd = measure(context, *server, store.crowd, store.crowd_no, context.model().users());
  const double ratio = crowd.ours_us / crowd.bare_us;
  context.report.add(
      {fmt::format("50 of {} users of an organization", context.model().users()),
       fmt::format("{:.0f} µs CPU", crowd.ours_us),
       fmt::format("SQLite reading the page: {:.0f} µs CPU", crowd.bare_us), fmt::format("{:.2f}", ratio), "≤ 1.5×",
       met(ratio <= 1.5),
       fmt::format("With HTTP, total and JSON; one core: {:.0f} requests/s, p50 {:.0f} µs, p99 {:.0f} µs.",
                   crowd.last.rate(), crowd.last.p50_us, crowd.last.p99_us)});
  context.report.add({"all 10 users of an organization", fmt::format("{:.0f} µs CPU", few.ours_us),
                      fmt::format("SQLite reading the page: {:.0f} µs CPU", few.bare_us),
                      fmt::format("{:.2f}", few.ours_us / few.bare_us), "", Met::kNoAim});
  const double growth = crowd.ours_us / hundred.ours_us;
  context.report.add({fmt::format("50 users, from 100 to {} members", context.model().users()),
                      fmt::format("{:.0f} → {:.0f} µs CPU", hundred.ours_us, crowd.ours_us),
                      fmt::format("SQLite reading the page: {:.0f} → {:.0f} µs CPU", hundred.bare_us, crowd.bare_us),
                      fmt::format("{:.2f}", growth), "flat (≤ 1.1×)", met(growth <= 1.1)});
}

}  // namespace gatehouse::bench
