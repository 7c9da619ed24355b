// What it means that other nodes change the same store: this node's picture of it may be out of touch, which refuses
// everything; behind what the caller knows, which lets the request wait; or behind what a refusal should have known, which
// is found out before anybody is told of it.
#include <exception>
#include <memory>
#include <utility>

#include "http/revision_headers.hpp"
#include "http/router_waiting.hpp"

namespace gatehouse::http {
namespace {

Error stale() {
  return {
      ErrorKind::kUnavailable, "node.stale", "This node has lost touch with the store; try again in a moment.", {}, 1};
}

Error not_reached() {
  return {ErrorKind::kUnavailable,
          "revision.not_reached",
          "This node has not reached the demanded revision; try again in a moment.",
          {},
          1};
}

Error overloaded() {
  return {ErrorKind::kUnavailable, "request.overloaded", "The service is busy; try again in a moment.", {}, 1};
}

}  // namespace

// In the queue of a pool, which drops what it has not begun when it goes; the exchange must end even so.
class Router::Queued {
 public:
  explicit Queued(Job&& job) : job_(std::move(job)) { job_.call.request_id = job_.request_id; }
  ~Queued() {
    if (!taken_) job_.exchange.finish();
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;

  Job& take() {
    taken_ = true;
    return job_;
  }

 private:
  Job job_;
  bool taken_ = false;
};

Result<Revision> Router::revision_to_await(const Job& job) const {
  if (job.route->endpoint.timeless) return Revision{0};
  if (!freshness_.is_fresh()) return stale();
  const Request& request = job.call.request;
  const Revision demanded = TRY(demanded_revision(request));
  // Without a credential it is refused whatever the picture.
  if (demanded == 0 || (job.route->action && !request.header("Authorization"))) return Revision{0};
  return demanded > freshness_.revision() ? demanded : Revision{0};
}

void Router::await_revision(Job&& job, Revision at_least) {
  const auto place = waiting_->enter(job);
  if (!place) {
    refuse(job, overloaded());
    return finish(job);
  }
  try {
    freshness_.await(at_least, kRevisionPatience,
                     [room = waiting_, place = *place](bool reached) { room->call(place, reached); });
  } catch (const std::exception&) { waiting_->call(*place, false); }
}

// Who was refused may have been let in a moment ago, on another node. Not asked again: what a hashing handler refused, which
// is about a secret and may have been counted.
bool Router::may_be_behind(const Job& job) const {
  if (!job.judged || !job.refused || job.confirmed || job.call.spool != nullptr) return false;
  if (job.refused_as != ErrorKind::kUnauthenticated && job.refused_as != ErrorKind::kForbidden &&
      job.refused_as != ErrorKind::kNotFound)
    return false;
  return freshness_.has_others() && !(job.handled && work_of(job) == Work::kHash);
}

void Router::confirm(Job&& job) {
  job.confirmed = true;
  const auto place = doubted_->enter(job);
  if (!place) return finish(job);
  try {
    freshness_.await_head(kRevisionPatience,
                          [room = doubted_, place = *place](bool reached) { room->call(place, reached); });
  } catch (const std::exception&) { doubted_->call(*place, false); }
}

// On whatever thread: what takes longer than an answer that is ready moves to the reading pool, from where it goes its
// usual way. Not through the pool's door: it was taken in before, and there are no more than have places.
void Router::go_on(Job& job, bool reached) {
  if (job.confirmed) {
    // Out of touch by now: the refusal may be of what others have allowed since.
    if (!reached && !freshness_.is_fresh()) {
      job.start_over();
      refuse(job, stale());
      return finish(job);
    }
    if (!reached || (freshness_.revision() == job.seen && !job.key_given_back)) return finish(job);
  } else if (!reached) {
    refuse(job, not_reached());
    return finish(job);
  }
  job.start_over();
  const auto queued = std::make_shared<Queued>(std::move(job));
  if (read_pool_.submit_continuation([this, queued] { begin_again(queued->take()); })) return;
  Job& left = queued->take();
  refuse(left, overloaded());
  finish(left);
}

void Router::begin_again(Job& job) {
  job.call.now = clock_.now();
  if (still_fresh(job)) begin(job);
}

bool Router::still_fresh(Job& job) {
  if (job.route->endpoint.timeless || freshness_.is_fresh()) return true;
  job.start_over();
  refuse(job, stale());
  finish(job);
  return false;
}

void Router::dispatch(Job&& job) {
  const Work work = work_of(job);
  WorkerPool* pool = &read_pool_;
  if (work == Work::kWrite) pool = &write_pool_;
  if (work == Work::kHash) pool = &hash_pool_;
  // std::function must be copyable; the pool runs each job exactly once.
  const auto queued = std::make_shared<Queued>(std::move(job));
  const auto start = [this, queued] {
    Job& begun = queued->take();
    if (still_fresh(begun)) run(begun);
  };
  if (pool->submit(start)) return;
  Job& left = queued->take();
  refuse(left, overloaded());
  finish(left);
}

// Of what was changed or decided by the request; what is read comes from the store, which may be further.
bool Router::tells_revision(const Job& job) {
  const int status = job.call.response.status;
  return job.route != nullptr && job.route->endpoint.method != Method::kGet && !job.route->endpoint.timeless &&
         status >= 200 && status < 300;
}

}  // namespace gatehouse::http
