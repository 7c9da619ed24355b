// The thread that has the WAL copied into the data file, in the lane's turn, so that no caller's commit pays for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gatehouse::sql::sqlite {

class Checkpointer {
 public:
  Checkpointer() = default;
  ~Checkpointer() { stop(); }
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // `checkpoint` runs on the thread once for one or more asks; it must not throw.
  void start(std::function<void()> checkpoint);
  // From any thread; never waits for a checkpoint.
  void ask();
  // Returns when the thread has ended; an ask that was not begun is dropped.
  void stop();

 private:
  void loop(const std::function<void()>& checkpoint);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::sql::sqlite
