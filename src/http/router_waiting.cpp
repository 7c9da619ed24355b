#include "http/router_waiting.hpp"

#include <utility>

namespace gatehouse::http {

std::optional<Router::Waiting::Place> Router::Waiting::enter(Job& job) {
  const std::lock_guard lock(mutex_);
  if (closed_ || jobs_.size() >= kPlaces) return std::nullopt;
  const auto waiting = std::make_shared<Job>(std::move(job));
  waiting->call.request_id = waiting->request_id;
  jobs_.emplace(next_, waiting);
  return next_++;
}

void Router::Waiting::call(Place place, bool reached) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(place);
    if (found == jobs_.end()) return;
    job = std::move(found->second);
    jobs_.erase(found);
    ++calling_;
  }
  struct Leave {
    Waiting& room;
    ~Leave() {
      const std::lock_guard lock(room.mutex_);
      if (--room.calling_ == 0) room.quiet_.notify_all();
    }
  } const leave{*this};
  router_.go_on(*job, reached);
}

void Router::Waiting::close() {
  std::unordered_map<Place, std::shared_ptr<Job>> jobs;
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    jobs.swap(jobs_);
    quiet_.wait(lock, [this] { return calling_ == 0; });
  }
  for (const auto& [place, job] : jobs) router_.go_on(*job, false);
}

}  // namespace gatehouse::http
