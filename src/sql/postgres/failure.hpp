// What PostgreSQL says when it cannot, as the exception that tells a caller what that means for him.
#pragma once

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "base/unavailable.hpp"
#include "sql/database.hpp"

namespace gatehouse::sql::postgres {

// The connection is of no use any more. Whatever it was doing has not happened, unless it was a commit.
class ConnectionLost : public TransientError, public Unavailable {
 public:
  using TransientError::TransientError;
};
// Others have all the connections there may be.
class NoConnection : public EngineError, public Unavailable {
 public:
  using EngineError::EngineError;
};

struct Failure {
  std::string state;  // SQLSTATE; empty: the connection itself
  std::string words;  // the server's primary message, never its details: those quote values
};

Failure failure_of(const PGresult* result, const PGconn* connection);
// Whether the server has ended the connection with this, or will not do what it is there for (appendix A: 08, 57P, 25006).
[[nodiscard]] bool ends_connection(const Failure& failure);
// ConnectionLost, TransientError (serialization, deadlock, lock wait over), StatementRefused or EngineError.
[[noreturn]] void fail(const Failure& failure, std::string_view sql = {});

}  // namespace gatehouse::sql::postgres
