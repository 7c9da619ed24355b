// The read connections of one Database: one for each thread, opened when the thread first reads, closed when the thread
// ends or the Database does, whichever comes first.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/sqlite/transaction.hpp"

namespace gatehouse::sql::sqlite {

class Readers : public std::enable_shared_from_this<Readers> {
 public:
  explicit Readers(Connection::Settings settings);

  // Runs `work` in a snapshot, or in the one that this thread is already in.
  void read(FunctionRef<void(Tx&)> work);
  // No thread may be reading, or begin to.
  void close();
  [[nodiscard]] std::size_t open_connections() const;

 private:
  friend class ThreadReaders;
  struct Reader {
    explicit Reader(const Connection::Settings& settings) : connection(settings) {}
    Connection connection;
    Transaction transaction{connection};
    bool reading = false;
  };

  Reader& mine();
  Reader& open();
  void remove(const Reader& reader);

  const std::uint64_t instance_;  // of all that this process ever had: an address would come back
  const Connection::Settings settings_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> readers_;
};

}  // namespace gatehouse::sql::sqlite
