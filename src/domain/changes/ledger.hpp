// The ledger: the one way to change state. It joins the write lane, the log of changes and the graph.
//
// A unit of work asks its permit again against the lane's own view, changes rows through its Tx, and records what it
// changed; recording appends to the log in the same transaction and moves the working graph forward. When the group is
// durable the graph is published, and only then is the unit acknowledged: whoever sees the answer sees its effect.
// Refuses to run anything without a permit, but for units that say why they need none.
#pragma once

#include <memory>
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
  Unit(sql::Tx& tx, access::Graph& graph, const Principal& actor, Timestamp now, Random& random)
      : tx_(tx), graph_(graph), actor_(actor), now_(now), random_(random) {}
  sql::Tx& tx_;
  access::Graph& graph_;
  const Principal& actor_;
  Timestamp now_;
  Random& random_;
  Revision last_ = 0;
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

  void unit_begins() override;
  void unit_undone() override;
  void group_committed() override;
  void group_undone() override;

  sql::Database& database_;
  access::Graph& graph_;
  const Clock& clock_;
  Random& random_;
  // Only the lane's leader touches these.
  Revision working_revision_ = 0;
  Revision unit_revision_ = 0;
  access::Graph::Mark group_mark_ = 0;
  access::Graph::Mark unit_mark_ = 0;
};

}  // namespace gatehouse::domain
