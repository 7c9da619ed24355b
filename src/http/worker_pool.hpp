// A bounded pool of threads for work that may block. Threads come when they are needed and stay.
// Refuses work when its queue is full, so that an overload answers at once instead of growing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::http {

class WorkerPool {
 public:
  struct Options {
    std::size_t threads = 4;
    std::size_t queue = 1024;
    bool background = false;  // runs only when nothing else wants the processor (SCHED_IDLE)
  };
  explicit WorkerPool(const Options& options) : options_(options) {}
  ~WorkerPool();  // finishes what runs; what is queued is dropped, nobody listens any more
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full; the job was not taken.
  bool submit(std::function<void()> job) { return take(std::move(job), options_.queue); }
  // For what goes on with work that was taken: bounded by that, and not refused for a full queue. False when no thread
  // can be had.
  bool submit_continuation(std::function<void()> job) { return take(std::move(job), SIZE_MAX); }
  [[nodiscard]] std::size_t waiting() const;

 private:
  bool take(std::function<void()> job, std::size_t limit);
  bool add_thread();
  void work();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace gatehouse::http
