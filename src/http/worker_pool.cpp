#include "http/worker_pool.hpp"

#include <sched.h>

#include <system_error>
#include <utility>

namespace gatehouse::http {

WorkerPool::~WorkerPool() {
  std::deque<std::function<void()>> unheard;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    unheard.swap(jobs_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::take(std::function<void()> job, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || jobs_.size() >= limit) return false;
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < options_.threads && !add_thread() && threads_.empty()) {
    jobs_.pop_back();
    return false;
  }
  wake_.notify_one();
  return true;
}

// The machine may have no thread left to give: those that are there then do the work.
bool WorkerPool::add_thread() {
  try {
    threads_.emplace_back([this] { work(); });
    return true;
  } catch (const std::system_error&) { return false; }
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void WorkerPool::work() {
  // A nice thread still keeps its turn of some milliseconds; an idle one gives way at once. Failure only costs priority.
  if (options_.background) {
    const sched_param none{};
    (void)sched_setscheduler(0, SCHED_IDLE, &none);
  }
  std::unique_lock lock(mutex_);
  for (;;) {
    if (jobs_.empty()) {
      if (stopping_) return;
      ++idle_;
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      --idle_;
      continue;
    }
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace gatehouse::http
