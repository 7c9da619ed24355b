// Requests that wait for a newer picture, without a thread: so many places and no more. Who brings the picture calls back
// when it likes, maybe when the router has gone; so it is told a place in here, and not the request.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "http/router_job.hpp"

namespace gatehouse::http {

class Router::Waiting {
 public:
  static constexpr std::size_t kPlaces = 256;
  using Place = std::uint64_t;
  explicit Waiting(Router& router) : router_(router) {}

  // Takes the job; nothing when no place is free: the job is still its owner's then.
  std::optional<Place> enter(Job& job);
  // What was waited for has come, or its time is over. Any thread, once or more for each place, also after close().
  void call(Place place, bool reached);
  // Ends what waits and takes no more; returns when nobody uses the router from in here.
  void close();

 private:
  Router& router_;
  std::mutex mutex_;
  std::condition_variable quiet_;
  std::unordered_map<Place, std::shared_ptr<Job>> jobs_;
  Place next_ = 0;
  std::size_t calling_ = 0;
  bool closed_ = false;
};

}  // namespace gatehouse::http
