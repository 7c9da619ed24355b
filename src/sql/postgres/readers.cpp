#include "sql/postgres/readers.hpp"

#include <utility>

namespace gatehouse::sql::postgres {

// One snapshot. A connection that was lost while it lay idle is replaced as long as nothing was read yet.
class Readers::Reading final : public Tx {
 public:
  Reading(Readers& readers, bool at_length) : readers_(readers), at_length_(at_length), outer_(innermost) {
    auto lent = readers_.take();
    connection_ = std::move(lent.connection);
    generation_ = lent.generation;
    begin();
    innermost = this;
  }
  ~Reading() override {
    innermost = outer_;
    try {
      connection_->discard();
      connection_->wait_at_most(readers_.settings_.answer_within);
      if (begun_ && !connection_->lost()) {
        connection_->defer("ROLLBACK");
        connection_->send();
      }
    } catch (const std::exception&) {}  // it knows that it is lost
    readers_.give_back({std::move(connection_), generation_});
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  // The one that this thread is in.
  static Reading* current(const Readers& of) {
    Reading* found = innermost;
    while (found != nullptr && &found->readers_ != &of) found = found->outer_;
    return found;
  }

  using Tx::each;
  using Tx::execute;
  void each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) override {
    run([&] { connection_->run(sql, values, on_row); });
  }
  std::int64_t execute(std::string_view sql, Values values) override {
    std::int64_t changed = 0;
    run([&] { changed = connection_->run(sql, values, [](const Row&) { return true; }); });
    return changed;
  }

 private:
  void begin() {
    connection_->defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (!at_length_) return;
    connection_->defer("SET LOCAL statement_timeout = 0");
    connection_->wait_at_most(std::chrono::milliseconds(-1));
  }

  template <class Statement>
  void run(Statement&& statement) {
    const bool first = !std::exchange(begun_, true);
    const std::uint64_t rows = connection_->rows();
    try {
      statement();
    } catch (const ConnectionLost&) {
      if (!first || connection_->rows() != rows) throw;
      connection_ = std::make_unique<Connection>(readers_.settings_);
      begin();
      statement();
    }
  }

  static inline thread_local Reading* innermost = nullptr;
  Readers& readers_;
  const bool at_length_;
  Reading* const outer_;
  std::unique_ptr<Connection> connection_;
  std::uint64_t generation_ = 0;
  bool begun_ = false;  // the first statement was run
};

Readers::Readers(ConnectionSettings settings, std::size_t most, std::chrono::milliseconds patience)
    : settings_(std::move(settings)), most_(most), patience_(patience) {}

Readers::~Readers() = default;

void Readers::read(FunctionRef<void(Tx&)> work, bool at_length) {
  if (Reading* outer = Reading::current(*this)) return work(*outer);
  Reading reading(*this, at_length);
  work(reading);
}

Readers::Lent Readers::take() {
  std::uint64_t generation = 0;
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, patience_, [this] { return lent_ < most_; })) {
      throw NoConnection("PostgreSQL: all connections are in use");
    }
    ++lent_;
    generation = generation_;
    if (!idle_.empty()) {
      auto last = std::move(idle_.back());
      idle_.pop_back();
      return {std::move(last), generation};
    }
  }
  try {
    return {std::make_unique<Connection>(settings_), generation};
  } catch (...) {
    give_back({});
    throw;
  }
}

// Lost ones are closed, and those of before.
void Readers::give_back(Lent lent) {
  if (lent.connection && lent.connection->lost()) lent.connection.reset();
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (lent.connection && lent.generation == generation_) idle_.push_back(std::move(lent.connection));
  }
  returned_.notify_one();
}

void Readers::renew() {
  std::vector<std::unique_ptr<Connection>> old;
  const std::lock_guard lock(mutex_);
  ++generation_;
  old.swap(idle_);
}

}  // namespace gatehouse::sql::postgres
