// The write lane over any engine's Writer: leader and followers, group commit.
//
// A thread that finds the lane idle leads. It serves one group, then the first waiting thread is woken to lead the
// next, so that no caller serves the others for ever. A thread that runs only when nothing else wants the processor
// (SCHED_IDLE) never leads: while it were kept waiting, so would everybody, and with several nodes all of them; a thread of
// the lane's own leads in its stead. The order is that of arrival. Units that arrive while a group is
// being run still join it, up to a bound. Knows no engine, and never sees a unit's Result but to pass it on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "sql/lane.hpp"
#include "sql/writer.hpp"

namespace gatehouse::sql {

class GroupLane final : public Lane {
 public:
  // `report` is told the engine's own words when a unit or a group fails with kUnavailable. `patience`: how long a group is
  // tried again, when the engine says that it may be; zero for engines that never do.
  GroupLane(Writer& writer, std::function<void(std::string_view)> report, std::chrono::milliseconds patience = {});
  ~GroupLane() override;
  GroupLane(const GroupLane&) = delete;
  GroupLane& operator=(const GroupLane&) = delete;

  Result<void> run(FunctionRef<Result<void>(Tx&)> unit) override;
  void observe(Observer* observer) override;
  [[nodiscard]] std::size_t waiting() const override;
  [[nodiscard]] bool failing() const override { return failing_.load(std::memory_order_relaxed); }

  // Runs `work` between two groups, in its turn, on this thread; the observer is not told. Throws what `work` throws.
  void exclusive(FunctionRef<void(Writer&)> work);
  // Lets everything that waits finish; what comes later is refused with kUnavailable. May be called twice.
  void close();

 private:
  enum class Turn : int { kWaits, kLeads, kDone };
  // What became of one try at a group.
  enum class Fate : int { kOver, kAgain, kUnknown };

  // Lives on the stack of the thread that waits: nobody may touch it once `turn` is kDone.
  struct Waiting {
    FunctionRef<Result<void>(Tx&)>* unit;  // null: wants the lane for itself
    Result<void> result{};
    std::exception_ptr thrown{};
    std::atomic<Turn> turn{Turn::kWaits};
    Waiting* next = nullptr;
    bool may_lead = true;
  };

  bool enter(Waiting& self);
  void refuse_reentry() const;
  bool take();
  void lead(Waiting* self);
  void hand_over(Waiting& next);
  void stand_in();
  void serve_group();
  Fate try_group();
  bool settle_doubt();
  bool serve_all();
  bool serve(Waiting& waiting);
  void attempt(Waiting& waiting);
  void begin();
  void end();
  void commit();
  void undo_group(std::string_view why);
  void refuse_group(const Error& error);
  void pass_on();

  static void wake(Waiting& waiting, Turn turn);

  Writer& writer_;
  const std::function<void(std::string_view)> report_;
  const std::chrono::milliseconds patience_;
  Observer* observer_ = nullptr;
  std::atomic<std::thread::id> leader_{};
  std::atomic<bool> failing_{false};

  mutable std::mutex mutex_;  // guards the queue, `busy_`, `closed_`
  Waiting* first_ = nullptr;
  Waiting* last_ = nullptr;
  std::size_t waiting_ = 0;
  bool busy_ = false;
  bool closed_ = false;
  bool stand_in_wanted_ = false;
  bool ending_ = false;
  std::condition_variable stand_in_called_;

  // Of the leading thread alone.
  std::vector<Waiting*> group_;
  bool open_ = false;     // the transaction has begun
  std::size_t kept_ = 0;  // units that the transaction holds
  bool doubt_ = false;    // the last commit may have happened
  bool reported_ = false;

  std::thread stand_in_;  // last: it uses the rest
};

}  // namespace gatehouse::sql
