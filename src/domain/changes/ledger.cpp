#include "domain/changes/ledger.hpp"

#include "domain/changes/change_store.hpp"

namespace gatehouse::domain {

Revision Unit::record(const Change& change) {
  last_ = change_store::append(tx_, actor_, now_, change);
  for (const auto& fact : change.facts) graph_.apply(fact);
  return last_;
}

std::uint32_t Unit::next_number(std::string_view sequence) { return change_store::next_number(tx_, sequence); }

Ledger::Ledger(sql::Database& database, access::Graph& graph, const Clock& clock, Random& random)
    : database_(database), graph_(graph), clock_(clock), random_(random) {
  working_revision_ = graph_.revision();
  group_mark_ = graph_.mark();
  database_.lane().observe(this);
}

Ledger::~Ledger() { database_.lane().observe(nullptr); }

Revision Ledger::head(sql::Tx& tx) { return change_store::head(tx); }

Result<void> Ledger::run(const access::Pass* pass, const Principal& actor, FunctionRef<Result<void>(Unit&)> unit) {
  return database_.lane().run([&](sql::Tx& tx) -> Result<void> {
    Unit context(tx, graph_, actor, clock_.now(), random_);
    if (pass != nullptr) TRY(access::Policy::again(context.view(), context.permissions(), *pass));
    TRY(unit(context));
    if (context.last_ != 0) working_revision_ = context.last_;
    return {};
  });
}

void Ledger::unit_begins() {
  unit_mark_ = graph_.mark();
  unit_revision_ = working_revision_;
}

void Ledger::unit_undone() {
  graph_.undo_to(unit_mark_);
  working_revision_ = unit_revision_;
}

void Ledger::group_committed() {
  if (working_revision_ != graph_.revision()) graph_.publish(working_revision_);
  group_mark_ = graph_.mark();
}

void Ledger::group_undone() {
  graph_.undo_to(group_mark_);
  working_revision_ = graph_.revision();
}

}  // namespace gatehouse::domain
