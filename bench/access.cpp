// The access surface: acceptance of invitations, lists without paging in flat memory, and a role edit that the next request
// sees. Lists are held against SQLite alone reading the same rows, acceptances against creating organizations, durably too.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"
#include "support/world.hpp"

namespace gatehouse::bench {
namespace {

namespace fs = std::filesystem;

// One whole list after the other, on one connection.
LoadResult list(Context& context, const Gatehouse& server, std::string_view path, std::string_view token,
                std::string_view expected) {
  LoadPlan plan;
  plan.port = context.port;
  plan.connections = 1;
  plan.server = server.pid();
  plan.seconds = context.round_s();
  auto result = load(plan, {{get(path, token), std::string(expected), 200}});
  if (result.wrong != 0) throw std::runtime_error("wrong list: " + result.last_wrong.substr(0, 300));
  return result;
}

double read_ms(BareSqlite& database, const std::string& sql, std::uint32_t organization, std::int64_t rows) {
  BareStatement statement(database, sql);
  return cpu_ns_each(5,
                     [&] {
                       statement.bind(1, organization);
                       if (statement.read_all() != rows)
                         throw std::runtime_error("the bare list has another number of rows");
                     }) /
         1e6;
}

void measure_long_lists(Context& context, const World& world, const Gatehouse& server) {
  BareSqlite database(world.data + "/gatehouse.db");
  const auto row = [&](std::string_view name, std::string_view path, const std::string& sql) {
    const auto ours = list(context, server, path, world.boss, "[{");
    const auto bare = read_ms(database, sql, world.listed_no, kWorldListed);
    context.report.add({std::string(name), fmt::format("{:.1f} ms CPU", ours.cpu_us / 1e3),
                        fmt::format("SQLite reading the rows in this order: {:.1f} ms CPU", bare),
                        fmt::format("{:.2f}", ours.cpu_us / 1e3 / bare), "", Met::kNoAim,
                        fmt::format("Streamed; p50 {:.1f} ms, one connection.", ours.p50_us / 1e3)});
  };
  row("list of 10000 invitations", "/access/invite",
      "SELECT i.id, c.id, i.status, i.relation, i.email, i.company_name, o.name, i.created_at, i.last_sent_at, "
      "i.responded_at FROM invitations i JOIN organizations o ON o.no = i.organization_no LEFT JOIN connections c "
      "ON c.id = i.connection_id WHERE i.organization_no = ?1 ORDER BY i.id DESC");
  row("users of an organization with 10000 members", "/access",
      "SELECT u.no, u.id, u.email, g.role_no FROM memberships m CROSS JOIN users u JOIN grants g ON g.user_no = "
      "m.user_no AND g.organization_no = ?1 WHERE m.organization_no = ?1 AND u.no = m.user_no ORDER BY u.email_key");
}

void measure_memory(Context& context, const World& world, const Gatehouse& server) {
  const auto peak_during = [&](std::string_view token) {
    const auto before = resident_bytes(server.pid());
    std::atomic<bool> done{false};
    std::int64_t peak = before;
    std::thread watch([&] {
      while (!done) peak = std::max(peak, resident_bytes(server.pid()));
    });
    const auto body = body_of(ask(context.port, get("/access", token)));
    done = true;
    watch.join();
    return std::pair(static_cast<double>(peak - before) / 1048576, body.size());
  };
  for (int i = 0; i < 12; ++i) (void)peak_during(world.boss_of_many);  // each reader of the engine has a cache to fill
  const auto [few, few_bytes] = peak_during(world.boss);
  const auto [many, many_bytes] = peak_during(world.boss_of_many);
  context.report.add({"memory of listing users", fmt::format("{:.1f} MiB more for 100000 members", many),
                      fmt::format("{:.1f} MiB of answer ({:.1f} MiB for 10000 members)",
                                  static_cast<double>(many_bytes) / 1048576, static_cast<double>(few_bytes) / 1048576),
                      fmt::format("{:.2f}", many * 1048576 / static_cast<double>(many_bytes)), "flat",
                      met(many < 4 + static_cast<double>(few)),
                      fmt::format("{:.1f} MiB more for 10000 members.", few)});
}

// Gives and takes a role, and asks at once: the very next request must see it.
void measure_role_edit(Context& context, const World& world) {
  const auto edit = [&](std::string_view verb) {
    return post("/access/edit", world.boss,
                fmt::format(R"({{"user_id":"{}","{}":["ORDERS_VIEW"]}})", world.member.to_string(), verb));
  };
  const auto question = post("/access/v1/evaluation", world.boss,
                             fmt::format(R"({{"subject":{{"type":"user","id":"{}"}},"action":{{"name":"orders.view"}},)"
                                         R"("resource":{{"type":"organization","id":"{}"}}}})",
                                         world.member.to_string(), world.listed.to_string()));
  const std::vector<Exchange> exchanges{{edit("add"), "success", 200},
                                        {question, R"("decision":true)", 200},
                                        {edit("remove"), "success", 200},
                                        {question, R"("decision":false)", 200}};
  LoadPlan plan;
  plan.port = context.port;
  plan.connections = 1;
  plan.most = context.options.quick ? 40 : 4000;
  const auto seen = load(plan, exchanges);
  if (seen.wrong != 0) throw std::runtime_error("a role edit was not seen: " + seen.last_wrong);
  plan.most = context.options.quick ? 40 : 2000;
  const auto bare = load(plan, {{question, "decision", 200}});
  context.report.add(
      {"role edit seen by the next request", fmt::format("{} of {} cycles", seen.requests / 4, seen.requests / 4),
       fmt::format("a decision alone: p50 {:.0f} µs", bare.p50_us), "", "every one", met(true),
       fmt::format("Edit, decision, edit, decision on one connection: {:.0f} cycles/s.", seen.rate() / 4)});
}

double per_second(int threads, std::size_t units, FunctionRef<bool(std::size_t)> work) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> refused{0};
  const auto began = wall_ns();
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (std::size_t unit = next++; unit < units; unit = next++) {
        if (!work(unit)) ++refused;
      }
    });
  }
  for (auto& thread : all) thread.join();
  if (refused != 0) throw std::runtime_error("something was refused");
  return static_cast<double>(units) * 1e9 / static_cast<double>(wall_ns() - began);
}

std::string token_of(const domain::DueMail& mail) {
  const auto& link = mail.mail.parameters.at("link");
  return link.substr(link.find("#token=") + 7);
}

void measure_acceptance(Context& context) {
  const std::string data = context.directory + "/accept";
  fs::remove_all(data);
  const auto core = context.open(data);
  const auto boss = make_person(*core, "boss");
  const auto host = make_organization(*core, boss, "Host");
  const auto now = context.clock.now();
  const auto top = core->ledger->policy().system<access::Action::kOrganizationCreateTop>({}, now);
  Principal who;
  core->graph->read([&](const access::View& view) { who = *view.subject_user(boss.id); });
  const auto permit = need(core->ledger->policy().permit<access::Action::kInvitationCreate>(who, host.id, now));
  for (const int threads : {1, 64}) {
    const std::size_t units = context.options.quick ? 64 : (threads == 1 ? 500 : 4000);
    const auto name = [&](std::string_view stem, std::size_t i) {
      return fmt::format("{} {} {:06}", stem, threads, i);
    };
    const auto invited = per_second(64, units, [&](std::size_t i) {
      return core->invitations
          ->create(permit,
                   {fmt::format("i{}-{}@example.com", threads, i), name("Invited", i), domain::Relation::kCustomer})
          .ok();
    });
    std::vector<std::string> tokens;
    for (const auto& mail : core->mails->due(static_cast<std::int64_t>(2 * units))) {
      if (mail.mail.template_name != "invitation") continue;
      tokens.push_back(token_of(mail));
      need(core->mails->sent(mail.id));
    }
    const auto accepted =
        per_second(threads, units, [&](std::size_t i) { return core->invitations->accept(tokens.at(i)).ok(); });
    const auto created = per_second(threads, units, [&](std::size_t i) {
      return core->organizations->create_top(top, {name("Made", i), "made by the bench", {}}).ok();
    });
    context.report.add(
        {fmt::format("acceptances, {} {}", threads, threads == 1 ? "person" : "people"),
         fmt::format("{:.0f} /s", accepted), fmt::format("organizations created in the same way: {:.0f} /s", created),
         fmt::format("{:.2f}", accepted / created), "", Met::kNoAim,
         fmt::format(
             "Each makes an account, an organization, a membership, a connection, a client record, two notifications, "
             "two mails; durable. Invitations made by 64: {:.0f} /s.",
             invited)});
    // The mails about the answers are not of the next round.
    for (const auto& mail : core->mails->due(static_cast<std::int64_t>(3 * units))) need(core->mails->sent(mail.id));
  }
}

}  // namespace

void measure_access(Context& context) {
  measure_acceptance(context);
  const auto world = make_world(context, context.directory + "/access");
  const auto server = context.serve(world.data, -1);
  measure_long_lists(context, world, *server);
  measure_memory(context, world, *server);
  measure_role_edit(context, world);
}

}  // namespace gatehouse::bench
