#include "domain/changes/ledger.hpp"

#include <algorithm>

#include "domain/changes/change_store.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::int64_t kFollowedAtOnce = 10'000;  // entries

// FNV-1a: it tells entries of a restored store from those that were lost, it protects nothing.
std::uint64_t print_of(Timestamp at, std::string_view facts) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (int shift = 0; shift < 64; shift += 8)
    mix(static_cast<std::uint8_t>(static_cast<std::uint64_t>(at.micros) >> static_cast<unsigned>(shift)));
  for (const char c : facts) mix(static_cast<std::uint8_t>(c));
  return hash == 0 ? 1 : hash;
}

struct Followed {
  LogPlace place;
  std::vector<access::Fact> facts;
};

// The entries from `first` on, as this program understands them. Throws EngineError for facts that it cannot read, because a
// later release wrote them, and for a gap: a graph without what is missing would be wrong.
std::vector<Followed> entries_from(sql::Tx& tx, Revision first) {
  std::vector<Followed> entries;
  change_store::each_since(tx, first, kFollowedAtOnce, [&](const change_store::Entry& entry) {
    auto facts = access::decode(entry.facts);
    if (!facts) throw sql::EngineError("the log holds a change that this version cannot read");
    const Revision due = entries.empty() ? std::max<Revision>(first, 1) : entries.back().place.revision + 1;
    if (entry.revision != due && !(entries.empty() && first > 0)) throw sql::EngineError("the log has a gap");
    entries.push_back({{entry.revision, print_of(entry.at, entry.facts)}, std::move(*facts)});
  });
  return entries;
}

// Whether they begin with the entry that was at `place`.
bool begin_at(const std::vector<Followed>& entries, const LogPlace& place) {
  return !entries.empty() && entries.front().place.revision == place.revision &&
         (place.print == 0 || entries.front().place.print == place.print);
}

// What of them comes after `at`; `at` is the last then, and has its print.
void apply(const std::vector<Followed>& entries, access::Graph& graph, LogPlace& at) {
  for (const auto& [place, facts] : entries) {
    if (place.revision == at.revision) at.print = place.print;
    if (place.revision <= at.revision) continue;
    for (const auto& fact : facts) graph.apply(fact);
    at = place;
  }
}

}  // namespace

Revision Unit::record(const Change& change) {
  const std::string facts = access::encode(change.facts);
  place_ = {place_.revision + 1, place_.print == 0 ? 0 : print_of(now_, facts)};  // kept once somebody follows
  change_store::append(tx_, place_.revision, actor_, now_, change, facts);
  for (const auto& fact : change.facts) graph_.apply(fact);
  return place_.revision;
}

std::uint32_t Unit::next_number(std::string_view sequence) { return change_store::next_number(tx_, sequence); }

Ledger::Ledger(sql::Database& database, access::Graph& graph, const Clock& clock, Random& random)
    : database_(database), graph_(graph), clock_(clock), random_(random) {
  published_.revision = graph_.revision();
  database_.lane().observe(this);
}

Ledger::~Ledger() { database_.lane().observe(nullptr); }

Revision Ledger::head(sql::Tx& tx) { return change_store::head(tx); }

Result<void> Ledger::run(const access::Pass* pass, const Principal& actor, FunctionRef<Result<void>(Unit&)> unit) {
  return database_.lane().run([&](sql::Tx& tx) -> Result<void> {
    Unit context(tx, graph_, working_, actor, clock_.now(), random_);
    if (pass != nullptr) TRY(access::Policy::again(context.view(), context.permissions(), *pass));
    return unit(context);
  });
}

void Ledger::group_begins(sql::Tx& tx) {
  const Revision head = change_store::lock_head(tx);
  turn_.lock();
  in_turn_ = true;
  group_mark_ = graph_.mark();
  catch_up(tx, head);
  working_ = published_;
  group_mark_ = graph_.mark();
}

// Only other nodes' groups can be missing here, and they are committed: they may be published at once.
void Ledger::catch_up(sql::Tx& tx, Revision head) {
  // While somebody follows, other nodes write. Then the last entry is looked at again even if none is missing, lest this
  // group builds on what a restored store, or a standby that was behind, does not have.
  const bool followed = published_.print != 0;
  if (!followed && published_.revision == head) return;
  do {
    const auto entries = entries_from(tx, published_.revision);
    const bool known = published_.revision == 0 || begin_at(entries, published_);
    const bool reaches = !entries.empty() && entries.back().place.revision <= head;
    if (!known || (!reaches && head > 0)) throw sql::EngineError("the store was set back to an earlier time");
    const Revision before = published_.revision;
    working_ = published_;
    apply(entries, graph_, working_);
    publish();
    group_mark_ = graph_.mark();
    if (published_.revision == before && before != head) throw sql::EngineError("the log ends before its head");
  } while (published_.revision < head);
}

Result<bool> Ledger::follow(sql::Watch& watch) {
  const LogPlace from = place();
  std::vector<Followed> entries;
  // With the entry that this graph ends with, to see that it is still there. Nothing comes before the first.
  watch.read([&](sql::Tx& tx) { entries = entries_from(tx, from.revision); });
  if (from.revision > 0 && !begin_at(entries, from)) {
    return Error{ErrorKind::kInternal, "store.diverged",
                 "the store was set back to an earlier time: restart this node"};
  }
  const bool all = entries.size() < static_cast<std::size_t>(kFollowedAtOnce);
  // Mostly there is nothing, and then a long group of this node's own must not keep it from being known.
  if (from.print != 0 && (entries.empty() || entries.back().place.revision <= place().revision)) return all;
  const std::lock_guard lock(turn_);
  working_ = published_;  // perhaps further by now, by a group of this node
  apply(entries, graph_, working_);
  publish();
  return all;
}

LogPlace Ledger::place() const {
  const std::lock_guard lock(place_mutex_);
  return published_;
}

void Ledger::publish() {
  if (working_.revision != graph_.revision()) graph_.publish(working_.revision);
  const std::lock_guard lock(place_mutex_);
  published_ = working_;
}

void Ledger::unit_begins() {
  unit_mark_ = graph_.mark();
  at_unit_ = working_;
}

void Ledger::unit_undone() {
  graph_.undo_to(unit_mark_);
  working_ = at_unit_;
}

void Ledger::group_commits(sql::Tx& tx) {
  if (working_.revision != published_.revision) change_store::set_head(tx, working_.revision);
}

void Ledger::group_committed() {
  const bool grew = working_.revision != published_.revision;
  publish();
  if (grew && tell_) tell_();
}

void Ledger::group_undone() {
  if (!in_turn_) return;
  graph_.undo_to(group_mark_);
  working_ = published_;
}

void Ledger::group_ends() {
  if (!in_turn_) return;
  in_turn_ = false;
  turn_.unlock();
}

}  // namespace gatehouse::domain
