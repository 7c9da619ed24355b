// The write lane: units of work from many threads, run one after another, committed in groups with one flush.
//
// The first thread to find the lane idle leads: it runs every waiting unit, each under a savepoint of one transaction,
// commits, and only then are the units acknowledged. While it flushes, the next ones queue. A unit that returns an
// Error or throws is rolled back to its savepoint alone. When the commit itself fails, every unit of the group fails
// with ErrorKind::kUnavailable and none of them has happened. A transaction that failed for a reason of the engine's own and
// has certainly not happened is run again for a while, units and all; when nobody knows whether it has happened, the lane
// finds out, and only if it cannot within its patience does it say so (store.outcome_unknown).
#pragma once

#include <cstddef>

#include "sql/database.hpp"

namespace gatehouse::sql {

class Lane {
 public:
  // Told, on the leading thread, what becomes of the work; never called by two threads at once. Must not throw.
  class Observer {
   public:
    virtual ~Observer() = default;
    // Inside the new transaction, before its first unit: the place to take the lock that orders the transactions of
    // several nodes. May throw EngineError.
    virtual void group_begins(Tx& /*tx*/) {}
    // Inside the transaction, after its last unit. May throw EngineError.
    virtual void group_commits(Tx& /*tx*/) {}
    // The transaction is over, whatever became of it; after group_committed or group_undone.
    virtual void group_ends() {}
    virtual void unit_begins() = 0;
    virtual void unit_undone() = 0;      // since the last unit_begins
    virtual void group_committed() = 0;  // durable; runs before any unit of the group is acknowledged
    virtual void group_undone() = 0;     // nothing since the last group_committed has happened
  };

  virtual ~Lane() = default;
  // Runs `unit` on the lane and returns when its commit is durable (or it was refused). The unit may be run again,
  // after its effects were undone, so it must be free of outside effects. Throws what the unit throws, except
  // EngineError, which becomes kUnavailable. A unit that calls run itself is a broken invariant: std::logic_error.
  virtual Result<void> run(FunctionRef<Result<void>(Tx&)> unit) = 0;
  // At most one; set before the first run.
  virtual void observe(Observer* observer) = 0;
  // Units that wait for their turn now, those of the group at work not counted: for metrics and back pressure.
  [[nodiscard]] virtual std::size_t waiting() const = 0;
  // Whether the engine failed at the last group, so that its changes were refused: until a later one is committed.
  [[nodiscard]] virtual bool failing() const = 0;
};

}  // namespace gatehouse::sql
