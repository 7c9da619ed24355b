#include "domain/nodes/turns.hpp"

#include "domain/nodes/turn_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = turn_store;

bool has_ended(const store::Row& row, Timestamp now) {
  if (row.until.plus_s(kClockTolerance_s) <= now) return true;
  // Of a clock that was far off: no turn lasts so long.
  return row.until > now.plus_s(Turns::kLength_s + kClockTolerance_s);
}

}  // namespace

bool Turns::is_elsewhere(sql::Tx& tx, std::string_view work, const NodeId& node, Timestamp now) {
  const auto row = store::find(tx, work);
  return row && row->node != node && !has_ended(*row, now);
}

bool Turns::is_held_by(sql::Tx& tx, std::string_view work, const NodeId& node) {
  const auto row = store::find(tx, work);
  return row && row->node == node;
}

bool Turns::take(Unit& unit, std::string_view work, const NodeId& node) {
  const auto now = unit.now();
  const auto row = store::find(unit.tx(), work);
  const bool own = row && row->node == node;
  if (row && !own && !has_ended(*row, now)) return false;
  if (!own || row->until < now.plus_s(kLength_s / 2)) store::put(unit.tx(), work, {node, now.plus_s(kLength_s)});
  return true;
}

void Turns::give_back(Unit& unit, std::string_view work, const NodeId& node) { store::remove(unit.tx(), work, node); }

}  // namespace gatehouse::domain
