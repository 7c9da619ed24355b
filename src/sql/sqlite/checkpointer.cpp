#include "sql/sqlite/checkpointer.hpp"

#include <utility>

namespace gatehouse::sql::sqlite {

void Checkpointer::start(std::function<void()> checkpoint) {
  thread_ = std::thread([this, checkpoint = std::move(checkpoint)] { loop(checkpoint); });
}

void Checkpointer::ask() {
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::loop(const std::function<void()>& checkpoint) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return asked_ || stopping_; });
    if (stopping_) return;
    asked_ = false;
    lock.unlock();
    checkpoint();
    lock.lock();
  }
}

}  // namespace gatehouse::sql::sqlite
