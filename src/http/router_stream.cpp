// Answers that are made while they are sent: each batch is a job of the reading pool, asked for by the connection.
#include <exception>
#include <string_view>
#include <utility>

#include "http/router_job.hpp"

namespace gatehouse::http {

class Router::Streamed final : public Rest {
 public:
  Streamed(Router& router, Job&& job) : router_(router), job_(std::move(job)) {
    job_.call.request_id = job_.request_id;
  }
  // A peer that went away, or a server that stopped: no failure, but the end.
  ~Streamed() override {
    if (state == State::kMore) router_.tell(job_);
  }

  void go_on() override {
    const auto turn = std::make_shared<Turn>(*this);
    if (!router_.read_pool_.submit_continuation([turn] { turn->take(); })) turn->refuse("no thread can be had");
  }

 private:
  // One batch that was asked for. The pool drops what it has not begun when it goes; the exchange must end even so.
  class Turn {
   public:
    explicit Turn(Streamed& of) : of_(&of) {}
    ~Turn() { refuse("the service stops"); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    void take() { std::exchange(of_, nullptr)->produce(); }
    void refuse(std::string_view why) {
      if (of_ != nullptr) std::exchange(of_, nullptr)->end(State::kBroken, why);
    }

   private:
    Streamed* of_;
  };

  void produce() {
    try {
      if (job_.call.rest->next(job_.call.response.body)) return job_.exchange.finish();
    } catch (const std::exception& broken) { return end(State::kBroken, broken.what()); }
    end(State::kComplete, {});
  }
  // May be the end of *this too: the connection does with it what it likes once it is finished.
  void end(State how, std::string_view failure) {
    state = how;
    job_.failure = failure;
    job_.call.rest.reset();
    router_.tell(job_);
    job_.exchange.finish();
  }

  Router& router_;
  Job job_;
};

std::unique_ptr<Rest> Router::go_on_with(Job&& job) { return std::make_unique<Streamed>(*this, std::move(job)); }

}  // namespace gatehouse::http
