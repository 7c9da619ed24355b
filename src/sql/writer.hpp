// What an engine gives the lane: the one transaction that writes. Used by one thread at a time, the lane sees to that.
// Knows nothing of units or groups. Everything throws EngineError unless it says otherwise.
#pragma once

#include <string_view>

#include "sql/database.hpp"

namespace gatehouse::sql {

class Writer {
 public:
  virtual ~Writer() = default;
  virtual void begin() = 0;
  // Returns when it is durable; after a failure call rollback(). Throws TransientError when it has certainly not happened
  // and may be tried again, OutcomeUnknown when nobody can tell.
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;  // whatever state the transaction is in
  virtual void savepoint() = 0;          // not nested
  virtual void release() = 0;            // keeps what happened since savepoint()
  virtual void undo() = 0;               // undoes what happened since savepoint()
  // Whether the transaction of begin() is still open: some failures end it, and everything in it, on their own.
  [[nodiscard]] virtual bool alive() const noexcept = 0;
  virtual Tx& tx() = 0;
  // Inside a transaction that holds the lock which the unknown one held: has that one happened?
  virtual bool happened() { return false; }
  // Several statements without parameters, inside the open transaction.
  virtual void script(std::string_view sql) = 0;
};

}  // namespace gatehouse::sql
