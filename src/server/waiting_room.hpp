// Callbacks that wait for something to become true, each with its own patience.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gatehouse::server {

class WaitingRoom {
 public:
  using Ready = std::function<bool()>;
  using Then = std::function<void(bool reached)>;

  WaitingRoom();
  ~WaitingRoom() { close(); }
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;

  // `ready` is asked now and at every `look`, on any thread; `then` is called once, on any thread.
  void enter(Ready ready, std::chrono::milliseconds patience, Then then);
  // Lets go those who are ready. From any thread.
  void look();
  // Lets go everybody, with false, and whoever comes later at once. May be called twice.
  void close();

 private:
  using Clock = std::chrono::steady_clock;
  struct Guest {
    Ready ready;
    Clock::time_point until;
    Then then;
  };
  void turn_out();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Guest> guests_;
  bool stopping_ = false;
  std::thread porter_;
};

}  // namespace gatehouse::server
