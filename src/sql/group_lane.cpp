#include "sql/group_lane.hpp"

#include <sched.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace gatehouse::sql {
namespace {

// More units a commit gain nothing (512 were no faster than 64), and a unit must not wait for ever for its group's
// commit.
constexpr std::size_t kGroupLimit = 256;

constexpr std::chrono::milliseconds kFirstPause(5);
constexpr std::chrono::milliseconds kLongestPause(100);

Error unavailable() {
  Error error{ErrorKind::kUnavailable, "store.unavailable", "The store cannot take changes now; nothing was changed."};
  error.retry_after_s = 1;
  return error;
}

Error outcome_unknown() {
  Error error{ErrorKind::kUnavailable, "store.outcome_unknown",
              "The store did not say whether the change was taken; look before you repeat it."};
  error.retry_after_s = 1;
  return error;
}

// Runs only when nothing else wants the processor. A thread keeps what it was given when it began.
bool is_idle_thread() {
  thread_local const bool idle = ::sched_getscheduler(0) == SCHED_IDLE;
  return idle;
}

class NoObserver final : public Lane::Observer {
 public:
  void unit_begins() override {}
  void unit_undone() override {}
  void group_committed() override {}
  void group_undone() override {}
};
NoObserver no_observer;

}  // namespace

GroupLane::GroupLane(Writer& writer, std::function<void(std::string_view)> report, std::chrono::milliseconds patience)
    : writer_(writer), report_(std::move(report)), patience_(patience), observer_(&no_observer) {
  group_.reserve(kGroupLimit);
  // Made here, for it has the priority of the thread that makes it.
  stand_in_ = std::thread([this] { stand_in(); });
}

GroupLane::~GroupLane() {
  close();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  stand_in_called_.notify_one();
  stand_in_.join();
}

void GroupLane::observe(Observer* observer) { observer_ = observer != nullptr ? observer : &no_observer; }

std::size_t GroupLane::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

Result<void> GroupLane::run(FunctionRef<Result<void>(Tx&)> unit) {
  Waiting self{&unit};
  self.may_lead = !is_idle_thread();
  if (enter(self)) lead(&self);
  if (self.thrown) std::rethrow_exception(self.thrown);
  return std::move(self.result);
}

void GroupLane::exclusive(FunctionRef<void(Writer&)> work) {
  Waiting self{nullptr};
  if (!enter(self)) return;
  {
    const std::lock_guard lock(mutex_);
    first_ = self.next;
    if (first_ == nullptr) last_ = nullptr;
    --waiting_;
  }
  leader_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  try {
    work(writer_);
  } catch (...) {
    pass_on();
    throw;
  }
  pass_on();
}

void GroupLane::close() {
  exclusive([this](Writer&) {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  });
  exclusive([](Writer&) {});  // those that queued behind the first turn are through
}

void GroupLane::refuse_reentry() const {
  if (leader_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    throw std::logic_error("a unit of work called the lane that runs it");
  }
}

// Queues `self` and waits. True: this thread leads, and `self` is the first of the queue. False: it was served or
// refused.
bool GroupLane::enter(Waiting& self) {
  refuse_reentry();
  {
    const std::lock_guard lock(mutex_);
    if (closed_ && self.unit != nullptr) {
      self.result = unavailable();
      return false;
    }
    (last_ != nullptr ? last_->next : first_) = &self;
    last_ = &self;
    ++waiting_;
    if (!std::exchange(busy_, true)) {
      if (self.may_lead) return true;
      stand_in_wanted_ = true;
    }
  }
  if (!self.may_lead) stand_in_called_.notify_one();
  Turn turn = self.turn.load(std::memory_order_acquire);
  while (turn == Turn::kWaits) {
    self.turn.wait(Turn::kWaits, std::memory_order_acquire);
    turn = self.turn.load(std::memory_order_acquire);
  }
  return turn == Turn::kLeads;
}

void GroupLane::wake(Waiting& waiting, Turn turn) {
  // The store releases the waiting thread, and with it `waiting`; the notification uses no more than the address.
  std::atomic<Turn>& place = waiting.turn;
  place.store(turn, std::memory_order_release);
  place.notify_one();
}

// Moves waiting units into the group; false when there is none, or the group is full, or somebody wants the lane alone.
bool GroupLane::take() {
  const std::lock_guard lock(mutex_);
  const std::size_t before = group_.size();
  while (first_ != nullptr && first_->unit != nullptr && group_.size() < kGroupLimit) {
    group_.push_back(first_);
    first_ = first_->next;
    --waiting_;
  }
  if (first_ == nullptr) last_ = nullptr;
  return group_.size() > before;
}

// `self`: of the thread that leads, or null.
void GroupLane::lead(Waiting* self) {
  leader_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  serve_group();
  // Before the lane is passed on: those who come back at once join the next group. The other way round measured groups
  // of 34 instead of 57 with 64 callers, and a sixth fewer units a second.
  for (Waiting* waiting : group_) {
    if (waiting != self) wake(*waiting, Turn::kDone);
  }
  group_.clear();
  pass_on();
}

// Gives the lane to the first that waits, or leaves it idle. The last that a leader does with the lane.
void GroupLane::pass_on() {
  leader_.store(std::thread::id{}, std::memory_order_relaxed);
  Waiting* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    next = first_;
    if (next == nullptr) busy_ = false;
  }
  if (next != nullptr) hand_over(*next);
}

// `next` is the first that waits, and nobody else leads.
void GroupLane::hand_over(Waiting& next) {
  if (next.may_lead) return wake(next, Turn::kLeads);
  {
    const std::lock_guard lock(mutex_);
    stand_in_wanted_ = true;
  }
  stand_in_called_.notify_one();
}

void GroupLane::stand_in() {
  std::unique_lock lock(mutex_);
  for (;;) {
    stand_in_called_.wait(lock, [this] { return stand_in_wanted_ || ending_; });
    if (ending_) return;
    stand_in_wanted_ = false;
    lock.unlock();
    lead(nullptr);
    lock.lock();
  }
}

void GroupLane::serve_group() {
  const auto until = std::chrono::steady_clock::now() + patience_;
  std::chrono::milliseconds pause = kFirstPause;
  doubt_ = false;
  reported_ = false;
  for (;;) {
    const Fate fate = try_group();
    if (fate == Fate::kOver) return;
    doubt_ = doubt_ || fate == Fate::kUnknown;
    if (std::chrono::steady_clock::now() + pause > until)
      return refuse_group(doubt_ ? outcome_unknown() : unavailable());
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

GroupLane::Fate GroupLane::try_group() {
  open_ = false;
  kept_ = 0;
  try {
    if (doubt_ && settle_doubt()) return Fate::kOver;
    if (!serve_all()) {
      undo_group("the transaction ended inside a unit");
      refuse_group(unavailable());
    }
    return Fate::kOver;
  } catch (const TransientError& failure) {
    undo_group(failure.what());
    return Fate::kAgain;
  } catch (const OutcomeUnknown& failure) {
    undo_group(failure.what());
    return Fate::kUnknown;
  } catch (const std::exception& failure) {
    undo_group(failure.what());
    refuse_group(doubt_ ? outcome_unknown() : unavailable());
    return Fate::kOver;
  }
}

// Whether the group that was in doubt has happened. If not, its transaction is over, for this one holds the lock that it
// held, and it has left nothing: the units may run again, in this one.
bool GroupLane::settle_doubt() {
  begin();
  if (!writer_.happened()) {
    doubt_ = false;
    return false;
  }
  writer_.commit();  // as durable as this one is: the one in doubt came before it
  doubt_ = false;
  end();
  return true;
}

// False when the transaction died.
bool GroupLane::serve_all() {
  for (std::size_t at = 0; at < group_.size() || take(); ++at) {
    if (!serve(*group_[at])) return false;
  }
  if (open_) commit();
  return true;
}

void GroupLane::commit() {
  observer_->group_commits(writer_.tx());
  writer_.commit();
  failing_.store(false, std::memory_order_relaxed);
  // It has happened: a failure of what follows must never be taken for one of the change. It ends the process.
  [this]() noexcept { observer_->group_committed(); }();
  end();
}

void GroupLane::begin() {
  writer_.begin();
  open_ = true;
  observer_->group_begins(writer_.tx());
}

void GroupLane::end() {
  open_ = false;
  observer_->group_ends();
}

// Runs one unit and keeps or undoes it; false when the transaction died.
bool GroupLane::serve(Waiting& waiting) {
  if (!open_) begin();
  // What the transaction holds so far is this unit's alone when nothing was kept: then it needs no savepoint.
  const bool saved = kept_ > 0;
  if (saved) writer_.savepoint();
  observer_->unit_begins();
  attempt(waiting);
  if (!writer_.alive()) return false;
  if (!waiting.thrown && waiting.result.ok()) {
    if (saved) writer_.release();
    ++kept_;
    return true;
  }
  observer_->unit_undone();
  if (saved) {
    writer_.undo();
  } else {
    writer_.rollback();
    end();
  }
  return true;
}

void GroupLane::attempt(Waiting& waiting) {
  waiting.result = {};
  waiting.thrown = {};
  try {
    waiting.result = (*waiting.unit)(writer_.tx());
  } catch (const TransientError&) {
    throw;  // the whole transaction is over
  } catch (const EngineError& failure) {
    report_(failure.what());
    waiting.result = unavailable();
  } catch (...) { waiting.thrown = std::current_exception(); }
}

void GroupLane::undo_group(std::string_view why) {
  if (!std::exchange(reported_, true)) report_(why);  // once for all tries
  writer_.rollback();
  if (!std::exchange(open_, false)) return;
  observer_->group_undone();
  observer_->group_ends();
}

// A refusal is refused too: it was decided on a state that now never was.
void GroupLane::refuse_group(const Error& error) {
  failing_.store(true, std::memory_order_relaxed);
  for (Waiting* waiting : group_) {
    waiting->result = error;
    waiting->thrown = {};
  }
}

}  // namespace gatehouse::sql
