#include "sql/sqlite/readers.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace gatehouse::sql::sqlite {
namespace {

std::uint64_t next_instance() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

// What one thread knows of its own connections; gives them back when the thread ends.
class ThreadReaders {
 public:
  ThreadReaders() = default;
  ~ThreadReaders() {
    for (const Mine& mine : mine_) {
      if (const auto readers = mine.readers.lock()) readers->remove(*mine.reader);
    }
  }
  ThreadReaders(const ThreadReaders&) = delete;
  ThreadReaders& operator=(const ThreadReaders&) = delete;

  [[nodiscard]] Readers::Reader* find(std::uint64_t instance) const {
    for (const Mine& mine : mine_) {
      if (mine.instance == instance) return mine.reader;
    }
    return nullptr;
  }
  void add(std::uint64_t instance, std::weak_ptr<Readers> readers, Readers::Reader& reader) {
    std::erase_if(mine_, [](const Mine& mine) { return mine.readers.expired(); });
    mine_.push_back({instance, std::move(readers), &reader});
  }

 private:
  struct Mine {
    std::uint64_t instance;
    std::weak_ptr<Readers> readers;
    Readers::Reader* reader;
  };
  std::vector<Mine> mine_;
};

namespace {
thread_local ThreadReaders thread_readers;
}  // namespace

Readers::Readers(Connection::Settings settings) : instance_(next_instance()), settings_(std::move(settings)) {}

void Readers::read(FunctionRef<void(Tx&)> work) {
  Reader& reader = mine();
  if (reader.reading) return work(reader.transaction);

  struct Snapshot {
    explicit Snapshot(Reader& of) : reader(of) {
      reader.connection.command("BEGIN");
      reader.reading = true;
    }
    ~Snapshot() {
      reader.reading = false;
      // Nothing was written: there is nothing that ending the transaction could lose.
      if (!reader.connection.in_transaction()) return;
      sqlite3_exec(reader.connection.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    Reader& reader;
  };
  const Snapshot snapshot(reader);
  work(reader.transaction);
  if (reader.connection.in_transaction()) reader.connection.command("COMMIT");
}

void Readers::close() {
  const std::lock_guard lock(mutex_);
  readers_.clear();
}

std::size_t Readers::open_connections() const {
  const std::lock_guard lock(mutex_);
  return readers_.size();
}

Readers::Reader& Readers::mine() {
  if (Reader* reader = thread_readers.find(instance_)) return *reader;
  return open();
}

Readers::Reader& Readers::open() {
  auto opened = std::make_unique<Reader>(settings_);
  Reader& reader = *opened;
  {
    const std::lock_guard lock(mutex_);
    readers_.push_back(std::move(opened));
  }
  thread_readers.add(instance_, weak_from_this(), reader);
  return reader;
}

void Readers::remove(const Reader& reader) {
  const std::lock_guard lock(mutex_);
  // Gone already when the Database was closed while this thread held the registry.
  std::erase_if(readers_, [&](const auto& held) { return held.get() == &reader; });
}

}  // namespace gatehouse::sql::sqlite
