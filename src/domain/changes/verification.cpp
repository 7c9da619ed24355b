#include "domain/changes/verification.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/load_graph.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::size_t kMostFaults = 1000;
constexpr std::size_t kFactsPerStep = 100'000;  // the graph keeps what takes them back until it publishes

using Faults = std::vector<std::string>;

// Rebuilds the graph from the log's facts alone.
void replay(sql::Tx& tx, access::Graph& graph, Faults& faults) {
  Revision last = 0;
  std::size_t waiting = 0;
  graph.finish_load(0);
  tx.each("SELECT revision, facts FROM changes ORDER BY revision", {}, [&](const sql::Row& row) {
    const Revision revision = row.integer(0);
    if (revision != last + 1) faults.push_back(fmt::format("the log jumps from revision {} to {}", last, revision));
    last = revision;
    const auto facts = access::decode(row.bytes(1));
    if (!facts) {
      faults.push_back(fmt::format("the facts of revision {} cannot be read", revision));
      return faults.size() < kMostFaults;
    }
    for (const auto& fact : *facts) graph.apply(fact);
    waiting += facts->size();
    if (waiting >= kFactsPerStep) {
      graph.publish(revision);
      waiting = 0;
    }
    return faults.size() < kMostFaults;
  });
  graph.publish(last);
  const Revision head = tx.integer("SELECT revision FROM log_head WHERE one = 1");
  if (head != last) faults.push_back(fmt::format("the log ends at revision {} but its head says {}", last, head));
}

class Comparison {
 public:
  Comparison(sql::Tx& tx, const access::View& rows, const access::View& log, Timestamp now, Faults& faults)
      : tx_(tx), rows_(rows), log_(log), now_(now), faults_(faults) {}

  void run() {
    if (rows_.organization_count() != log_.organization_count())
      complain("organizations", rows_.organization_count(), log_.organization_count());
    if (rows_.user_count() != log_.user_count()) complain("users", rows_.user_count(), log_.user_count());
    each_number("SELECT no FROM organizations", [&](std::uint32_t no) { organization(OrganizationNo{no}); });
    each_number("SELECT no FROM roles", [&](std::uint32_t no) { role(RoleNo{no}); });
    each_number("SELECT no FROM users", [&](std::uint32_t no) { user(UserNo{no}); });
    credentials();
  }

 private:
  template <class F>
  void each_number(std::string_view sql, F&& use) {
    tx_.each(sql, {}, [&](const sql::Row& row) {
      use(static_cast<std::uint32_t>(row.integer(0)));
      return faults_.size() < kMostFaults;
    });
  }
  void complain(std::string_view what, std::int64_t in_rows, std::int64_t in_log) {
    faults_.push_back(fmt::format("{}: {} in the rows, {} by the log", what, in_rows, in_log));
  }
  void differs(std::string_view what, std::uint32_t no) {
    faults_.push_back(fmt::format("{} number {}: the rows and the log differ", what, no));
  }

  void organization(OrganizationNo no) {
    // Older versions kept names out of the log.
    const auto name = log_.name_key(no);
    const bool same = rows_.organization_id(no) == log_.organization_id(no) && rows_.parent(no) == log_.parent(no) &&
                      rows_.member_count(no) == log_.member_count(no) && (name.empty() || name == rows_.name_key(no));
    if (!same || !same_connections(no)) differs("organization", no.value);
  }

  [[nodiscard]] bool same_connections(OrganizationNo customer) const {
    const auto sorted = [&](const access::View& view) {
      auto connections = view.connections_of_customer(customer);
      std::sort(connections.begin(), connections.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
      return connections;
    };
    const auto in_rows = sorted(rows_);
    const auto in_log = sorted(log_);
    return std::equal(in_rows.begin(), in_rows.end(), in_log.begin(), in_log.end(), [](const auto& a, const auto& b) {
      return a.id == b.id && a.agency == b.agency && a.roles == b.roles;
    });
  }

  void role(RoleNo no) {
    const auto* in_rows = rows_.role(no);
    const auto* in_log = log_.role(no);
    const bool same = in_rows != nullptr && in_log != nullptr && in_rows->id == in_log->id &&
                      in_rows->name == in_log->name && in_rows->weight == in_log->weight &&
                      in_rows->permissions == in_log->permissions;
    if (!same) differs("role", no.value);
  }

  void user(UserNo no) {
    const auto in_rows = rows_.holdings(no);
    const auto in_log = log_.holdings(no);
    const bool same =
        rows_.user_is_active(no) == log_.user_is_active(no) &&
        std::equal(in_rows.begin(), in_rows.end(), in_log.begin(), in_log.end(), [](const auto& a, const auto& b) {
          return a.organization == b.organization && a.member == b.member && a.roles == b.roles;
        });
    if (!same) differs("user", no.value);
  }

  void credentials() {
    const auto standing = [&](std::string_view what, std::string_view sql, auto known) {
      tx_.each(sql, {now_}, [&](const sql::Row& row) {
        const auto id = row.id<Uuid>(0);
        if (!known(rows_, id) || !known(log_, id))
          faults_.push_back(fmt::format("{} {}: the rows and the log differ", what, id.to_string()));
        return faults_.size() < kMostFaults;
      });
    };
    standing("session", "SELECT id FROM sessions WHERE expires_at > $1",
             [](const access::View& view, const Uuid& id) { return view.session(SessionId(id)) != nullptr; });
    standing("client", "SELECT id FROM clients WHERE expires_at > $1",
             [](const access::View& view, const Uuid& id) { return view.client(ClientId(id)) != nullptr; });
    standing("API token", "SELECT id FROM api_tokens WHERE expires_at > $1 OR expires_at IS NULL",
             [](const access::View& view, const Uuid& id) { return view.api_token(ApiTokenId(id)) != nullptr; });
  }

  sql::Tx& tx_;
  const access::View& rows_;
  const access::View& log_;
  Timestamp now_;
  Faults& faults_;
};

}  // namespace

std::vector<std::string> find_faults(const Ledger& ledger) {
  Faults faults = ledger.database().check();
  access::Graph by_log(ledger.graph().permissions());
  ledger.database().read_at_length([&](sql::Tx& tx) {
    replay(tx, by_log, faults);
    // Beside a running server the store may have moved on since the graph was built: then one of this snapshot is.
    access::Graph of_snapshot(ledger.graph().permissions());
    const bool moved = by_log.revision() > ledger.graph().revision();
    if (by_log.revision() < ledger.graph().revision()) {
      faults.emplace_back("the graph is ahead of the log");
      return;
    }
    if (moved) load_graph(ledger.database(), of_snapshot);
    by_log.read([&](const access::View& log) {
      const access::Graph& by_rows = moved ? of_snapshot : ledger.graph();
      by_rows.read([&](const access::View& rows) { Comparison(tx, rows, log, ledger.clock().now(), faults).run(); });
    });
  });
  return faults;
}

}  // namespace gatehouse::domain
