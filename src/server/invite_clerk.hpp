// The one who works invite jobs off, in the background: begins at start with what an earlier run left, wakes when a job has
// come, and rests after each unit of work as long as that took, so that the requests of others find the store free. Units are
// as small as the store is slow. Looks every few seconds for what came to another node and was left there. Logs no address.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "domain/invite_jobs/invite_job_pace.hpp"
#include "server/core.hpp"

namespace gatehouse::server {

class InviteClerk {
 public:
  // The core must outlive this.
  explicit InviteClerk(Core& core);
  ~InviteClerk();
  void start();
  // Ends after the unit of work at hand.
  void stop();
  void append_metrics(std::string& out) const;

 private:
  using Pause = std::chrono::steady_clock::duration;
  void work();
  // Both false when it is time to stop.
  bool wait_for_work();
  bool rest(Pause pause);
  // How long to rest after it; nothing: there was nothing to do.
  std::optional<Pause> step();
  void tell(const domain::InviteJobStep& step);

  Core& core_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool called_ = true;  // somebody may have brought work
  bool stopping_ = false;
  domain::InviteJobPace pace_;  // the thread's
  std::atomic<std::uint64_t> rows_{0};
  std::thread thread_;
};

}  // namespace gatehouse::server
