// The read connections of one Database: a bounded pool. A thread that reads within its own reading gets the same snapshot.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/postgres/transaction.hpp"

namespace gatehouse::sql::postgres {

class Readers {
 public:
  // `patience`: how long a thread waits for a connection before it throws EngineError.
  Readers(ConnectionSettings settings, std::size_t most, std::chrono::milliseconds patience);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  void read(FunctionRef<void(Tx&)> work, bool at_length);
  // What was connected before is used no more, once what is being read with it is read.
  void renew();

 private:
  class Reading;
  struct Lent {
    std::unique_ptr<Connection> connection;
    std::uint64_t generation = 0;
  };
  Lent take();
  void give_back(Lent lent);

  const ConnectionSettings settings_;
  const std::size_t most_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t lent_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace gatehouse::sql::postgres
