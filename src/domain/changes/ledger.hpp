// The ledger: the one way to change state. It joins the write lane, the log of changes and the graph.
//
// A unit of work asks its permit again against the lane's own view, changes rows through its Tx, and records what it
// changed; recording appends to the log in the same transaction and moves the working graph forward. When the group is
// durable the graph is published, and only then is the unit acknowledged: whoever sees the answer sees its effect.
// Refuses to run anything without a permit, but for units that say why they need none.
//
// Several nodes may write to one store. Each group of units first locks the head of the log, so that all groups of all
// nodes stand in one order, and then brings the graph to that head, so that its units decide on what is. Between its own
// groups a node follows the log (`follow`).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/policy.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "sql/lane.hpp"

namespace gatehouse::domain {

// One entry of the log. `before` and `after` are JSON objects of what changed, without any secret; empty when there is none.
struct Change {
  std::string_view action;       // "organization.created": noun and past participle, stable
  OrganizationNo organization;   // whose log it belongs to; 0 for none
  std::string_view target_kind;  // "organization", "user", "membership", …
  Uuid target;
  std::string before;
  std::string after;
  std::vector<access::Fact> facts;  // what the graph must know; may be empty
};

// A place in the log: a revision, and a print of that entry, by which it is known again.
struct LogPlace {
  Revision revision = 0;
  std::uint64_t print = 0;
};

// What a unit of work sees. Lives on the lane only.
class Unit {
 public:
  [[nodiscard]] sql::Tx& tx() const { return tx_; }
  // The graph as this transaction sees it.
  [[nodiscard]] const access::View& view() const { return graph_.working(); }
  [[nodiscard]] const access::Permissions& permissions() const { return graph_.permissions(); }
  [[nodiscard]] const Principal& actor() const { return actor_; }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] Random& random() const { return random_; }
  // Appends to the log and applies the facts; the revision it got.
  Revision record(const Change& change);
  // The next dense number of a sequence: "organizations", "users", "roles".
  std::uint32_t next_number(std::string_view sequence);

 private:
  friend class Ledger;
  Unit(sql::Tx& tx, access::Graph& graph, LogPlace& place, const Principal& actor, Timestamp now, Random& random)
      : tx_(tx), graph_(graph), place_(place), actor_(actor), now_(now), random_(random) {}
  sql::Tx& tx_;
  access::Graph& graph_;
  LogPlace& place_;
  const Principal& actor_;
  Timestamp now_;
  Random& random_;
};

class Ledger final : sql::Lane::Observer {
 public:
  // Database and graph must outlive the ledger.
  Ledger(sql::Database& database, access::Graph& graph, const Clock& clock, Random& random);
  ~Ledger() override;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Runs `unit` (Result<T>(Unit&)) with the permit asked again first; returns when it is durable.
  // `unit` may run more than once and must be free of outside effects.
  template <class F>
  auto write(const access::Pass& pass, F&& unit) -> decltype(unit(std::declval<Unit&>())) {
    return run_typed(&pass, pass.principal(), std::forward<F>(unit));
  }
  // A unit that needs no permit, and says why: proofs (sign-in, tokens) and the service's own housekeeping.
  template <class F>
  auto unguarded(std::string_view why, const Principal& actor, F&& unit) -> decltype(unit(std::declval<Unit&>())) {
    (void)why;
    return run_typed(nullptr, actor, std::forward<F>(unit));
  }
  // One consistent snapshot of the store, on this thread.
  void read(FunctionRef<void(sql::Tx&)> work) const { database_.read(work); }

  // The revision of the last change in the store, 0 at the beginning.
  static Revision head(sql::Tx& tx);

  // Brings the graph on to what other nodes have committed before this call; false: there is more to come, call again.
  // For one thread. Error: store.diverged when the store is not the one that this graph was made from: it was set back to an
  // earlier time, and nothing that this node knows can be trusted. Throws EngineError.
  Result<bool> follow(sql::Watch& watch);
  // `tell` is called, on the lane, after each group of this node that made the log longer; it must not wait. Before the first
  // write and after the last; nothing takes it away.
  void on_growth(std::function<void()> tell) { tell_ = std::move(tell); }

  [[nodiscard]] const access::Graph& graph() const { return graph_; }
  [[nodiscard]] access::Policy policy() const { return access::Policy(graph_); }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() const { return random_; }
  [[nodiscard]] sql::Database& database() const { return database_; }

 private:
  Result<void> run(const access::Pass* pass, const Principal& actor, FunctionRef<Result<void>(Unit&)> unit);

  template <class F>
  auto run_typed(const access::Pass* pass, const Principal& actor, F&& unit) -> decltype(unit(std::declval<Unit&>())) {
    using Out = decltype(unit(std::declval<Unit&>()));
    std::optional<Out> out;
    auto outcome = run(pass, actor, [&](Unit& context) -> Result<void> {
      out.emplace(unit(context));
      if (!*out) return out->error();
      return {};
    });
    if (!outcome) return std::move(outcome).error();
    return *std::move(out);
  }

  void group_begins(sql::Tx& tx) override;
  void group_commits(sql::Tx& tx) override;
  void group_ends() override;
  void unit_begins() override;
  void unit_undone() override;
  void group_committed() override;
  void group_undone() override;
  void catch_up(sql::Tx& tx, Revision head);
  void publish();
  [[nodiscard]] LogPlace place() const;  // any thread

  sql::Database& database_;
  access::Graph& graph_;
  const Clock& clock_;
  Random& random_;
  std::function<void()> tell_;
  std::mutex turn_;       // whose holder may change the graph: the lane's leader during a group, or who follows
  bool in_turn_ = false;  // of the leader alone
  // Only whoever has the turn touches these; `published_` is written under the other lock as well.
  mutable std::mutex place_mutex_;
  LogPlace published_;  // print 0: not known yet
  LogPlace working_;
  LogPlace at_unit_;
  access::Graph::Mark group_mark_ = 0;
  access::Graph::Mark unit_mark_ = 0;
};

}  // namespace gatehouse::domain
