// Durable writes, by 64 clients and by one, against bare SQLite committing the very same rows in groups of 64 and one by one.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "support/bare_sqlite.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

namespace fs = std::filesystem;

struct Rate {
  double ours = 0;  // units a second
  double bare = 0;
};

// What the service wrote since a store was copied, written again by SQLite alone.
class Replay {
 public:
  Replay(const std::string& before, const std::string& after, std::size_t units) : before_(before), units_(units) {
    BareSqlite old(before);
    BareSqlite now(after);
    const auto copy = [&](const std::string& table, const std::string& where) {
      tables_.push_back(std::make_unique<CopiedRows>(now, table, where));
    };
    const auto last = [&](const std::string& sql) { return old.integer(sql); };
    const auto organizations = last("SELECT MAX(no) FROM organizations");
    copy("organizations", fmt::format("no > {}", organizations));
    copy("memberships", fmt::format("organization_no > {}", organizations));
    copy("grants", fmt::format("organization_no > {}", organizations));
    copy("changes", fmt::format("revision > {}", last("SELECT MAX(revision) FROM changes")));
  }

  [[nodiscard]] std::size_t rows() const {
    std::size_t all = 0;
    for (const auto& table : tables_) all += table->size();
    return all;
  }

  // Units a second, `group` of them a commit.
  double run(std::size_t group) const {
    const std::string file = before_ + ".replay";
    for (const auto* end : {"", "-wal", "-shm"}) fs::remove(file + end);
    fs::copy_file(before_, file);
    BareSqlite database(file);
    std::vector<std::unique_ptr<BareStatement>> inserts;
    for (const auto& table : tables_) inserts.push_back(std::make_unique<BareStatement>(database, table->insert()));
    BareStatement sequence(database, "UPDATE sequences SET last = last + 1 WHERE name = 'organizations'");
    BareStatement head(database, "UPDATE log_head SET revision = revision + 1 WHERE one = 1");
    BareStatement begin(database, "BEGIN IMMEDIATE");
    BareStatement commit(database, "COMMIT");
    const auto began = wall_ns();
    for (std::size_t unit = 0; unit < units_; ++unit) {
      if (unit % group == 0) begin.execute();
      sequence.execute();
      for (std::size_t t = 0; t < tables_.size(); ++t) {
        const auto& rows = *tables_[t];
        for (std::size_t row = rows.size() * unit / units_; row < rows.size() * (unit + 1) / units_; ++row)
          rows.write(*inserts[t], row);
      }
      head.execute();
      if (unit % group == group - 1 || unit + 1 == units_) commit.execute();
    }
    return static_cast<double>(units_) * 1e9 / static_cast<double>(wall_ns() - began);
  }

 private:
  std::string before_;
  std::size_t units_;
  std::vector<std::unique_ptr<CopiedRows>> tables_;
};

// A fresh store with 64 people signed in, and a copy of it as it was.
struct Fresh {
  std::string before;
  std::vector<std::string> tokens;
};

Fresh fresh(Context& context, const std::string& data) {
  Fresh made{data + "/before.db", {}};
  fs::remove_all(data);
  {
    const auto core = context.open(data);
    for (int i = 0; i < 64; ++i) {
      const std::string name = "writer" + std::to_string(i);
      const auto user =
          need(core->ledger->unguarded("bench", Principal::system(), [&](domain::Unit& unit) -> Result<domain::User> {
            return domain::Users::insert(unit, {name, name + "@example.com", name, std::nullopt});
          }));
      made.tokens.push_back(sign_in_as(*core, user.no, user.id));
    }
  }
  BareSqlite(data + "/gatehouse.db").run("PRAGMA wal_checkpoint(TRUNCATE)");
  fs::copy_file(data + "/gatehouse.db", made.before);
  return made;
}

// Units a second of `threads` that create top-level organizations in this process.
double create_in_process(Context& context, const std::string& data, int threads, std::size_t units) {
  const auto core = context.open(data);
  const auto permit = core->ledger->policy().system<access::Action::kOrganizationCreateTop>({}, context.clock.now());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> refused{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < units; i = next++) {
      if (!core->organizations->create_top(permit, {fmt::format("Written {:07}", i), "made by the bench", {}}))
        ++refused;
    }
  };
  const auto began = wall_ns();
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back(work);
  for (auto& thread : all) thread.join();
  const auto took = wall_ns() - began;
  if (refused != 0) throw std::runtime_error("an organization was refused");
  return static_cast<double>(units) * 1e9 / static_cast<double>(took);
}

// The same over HTTP, by people who become each one's admin.
double create_over_http(Context& context, const std::string& data, const std::vector<std::string>& tokens,
                        int connections, std::size_t units) {
  const auto server = context.serve(data, -1);
  std::vector<Exchange> exchanges;
  for (std::size_t i = 0; i < units; ++i) {
    exchanges.push_back({post("/api/v1/orgs", tokens[i % tokens.size()],
                              fmt::format(R"({{"name":"Written {:07}","description":"made by the bench"}})", i)),
                         "", 201});
  }
  LoadPlan plan;
  plan.port = context.port;
  plan.connections = connections;
  plan.most = units;
  plan.server = server->pid();
  const auto result = load(plan, exchanges);
  if (result.wrong != 0) throw std::runtime_error("wrong answer: " + result.last_wrong);
  server->stop();
  return result.rate();
}

template <class Write>
void row(Context& context, const std::string& name, int clients, std::size_t units, const std::string& remark,
         Write&& write) {
  if (context.options.quick) units /= 20;
  std::vector<double> ours;
  std::vector<double> bares;
  std::vector<double> ratios;
  std::size_t rows = 0;
  for (int i = 0; i < context.rounds(); ++i) {
    const std::string data = context.directory + "/writes";
    const auto store = fresh(context, data);
    ours.push_back(write(data, store.tokens, units));
    const Replay replay(store.before, data + "/gatehouse.db", units);
    rows = replay.rows();
    bares.push_back(replay.run(static_cast<std::size_t>(clients)));
    ratios.push_back(ours.back() / bares.back());
  }
  const double ratio = median(ratios);
  context.report.add(
      {name, fmt::format("{:.0f} a second", median(ours)),
       fmt::format("bare SQLite, {}: {:.0f} a second", clients == 1 ? "one by one" : "64 a commit", median(bares)),
       fmt::format("{:.2f}", ratio), "≥ 0.7", met(ratio >= 0.7),
       fmt::format("{} new organizations, {} inserted rows; {}", units, rows, remark)});
}

}  // namespace

void measure_writes(Context& context) {
  using Tokens = std::vector<std::string>;
  const auto in_process = [&](int threads) {
    return [&context, threads](const std::string& data, const Tokens&, std::size_t units) {
      return create_in_process(context, data, threads, units);
    };
  };
  row(context, "durable writes, 64 clients in process", 64, 12'000, "a thread each.", in_process(64));
  row(context, "durable writes, one client in process", 1, 3'000, "no other thread.", in_process(1));
  const auto over_http = [&](int connections) {
    return [&context, connections](const std::string& data, const Tokens& tokens, std::size_t units) {
      return create_over_http(context, data, tokens, connections, units);
    };
  };
  row(context, "durable writes, 64 clients over HTTP", 64, 8'000,
      "with authentication, permit, membership and JSON; the load generator shares the cores.", over_http(64));
  row(context, "durable writes, one client over HTTP", 1, 2'000, "the way over the loopback and back counts.",
      over_http(1));
}

}  // namespace gatehouse::bench
