#include "server/waiting_room.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace gatehouse::server {

WaitingRoom::WaitingRoom() : porter_([this] { turn_out(); }) {}

void WaitingRoom::close() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  changed_.notify_all();
  porter_.join();
}

void WaitingRoom::enter(Ready ready, std::chrono::milliseconds patience, Then then) {
  if (ready()) return then(true);
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      return then(false);
    }
    guests_.push_back({std::move(ready), Clock::now() + patience, std::move(then)});
  }
  changed_.notify_all();
  look();  // it may have become ready in between
}

void WaitingRoom::look() {
  std::vector<Guest> leaving;
  {
    const std::lock_guard lock(mutex_);
    const auto first =
        std::stable_partition(guests_.begin(), guests_.end(), [](const Guest& guest) { return !guest.ready(); });
    std::move(first, guests_.end(), std::back_inserter(leaving));
    guests_.erase(first, guests_.end());
  }
  for (const auto& guest : leaving) guest.then(true);
}

void WaitingRoom::turn_out() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto now = Clock::now();
    const auto first = std::stable_partition(guests_.begin(), guests_.end(),
                                             [&](const Guest& guest) { return !stopping_ && guest.until > now; });
    std::vector<Guest> leaving(std::make_move_iterator(first), std::make_move_iterator(guests_.end()));
    guests_.erase(first, guests_.end());
    if (!leaving.empty()) {
      lock.unlock();
      for (const auto& guest : leaving) guest.then(false);
      lock.lock();
      continue;
    }
    if (stopping_) return;
    if (guests_.empty()) {
      changed_.wait(lock);
    } else {
      const auto earliest = std::min_element(guests_.begin(), guests_.end(),
                                             [](const Guest& a, const Guest& b) { return a.until < b.until; });
      const auto until = earliest->until;  // they may move while the lock is away
      changed_.wait_until(lock, until);
    }
  }
}

}  // namespace gatehouse::server
