// The thread that keeps this node's picture level with what other nodes commit, and knows how old that picture is.
//
// The picture is fresh while the store has said, within the bound, that nothing in it was missing. Time is counted by a clock
// that goes on while the machine sleeps. Refuses to let a node decide that has lost touch, or whose store was set back to an
// earlier time: the first passes by itself, after the second the node must be started again.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "domain/changes/ledger.hpp"
#include "http/freshness.hpp"
#include "server/waiting_room.hpp"

namespace gatehouse::server {

class Follower final : public http::Freshness {
 public:
  // The ledger must outlive it. `watch`: of its store. `bound`: see staleness_bound_ms.
  Follower(domain::Ledger& ledger, std::unique_ptr<sql::Watch> watch, std::chrono::milliseconds bound);
  ~Follower() override;

  void start();
  // What waits is let go with false; the node is stale from the bound on.
  void stop();

  [[nodiscard]] bool is_fresh() const override;
  [[nodiscard]] bool has_others() const override { return true; }
  [[nodiscard]] Revision revision() const override { return ledger_.graph().revision(); }
  void await(Revision at_least, std::chrono::milliseconds patience, Then then) override;
  void await_head(std::chrono::milliseconds patience, Then then) override;

  // Whether the store was set back: only a new start helps.
  [[nodiscard]] bool has_diverged() const { return diverged_.load(std::memory_order_relaxed); }
  void append_metrics(std::string& out) const;

 private:
  void work();
  void round();
  void tell_others();
  void failed(std::string_view why);

  domain::Ledger& ledger_;
  const std::unique_ptr<sql::Watch> watch_;
  const std::chrono::nanoseconds bound_;
  std::atomic<std::int64_t>
      heard_at_;  // when the look began that found nothing missing; nanoseconds, of the clock below
  std::atomic<std::uint64_t> begun_{0};     // looks
  std::atomic<std::uint64_t> finished_{0};  // the last look that found everything
  std::atomic<std::uint64_t> followed_{0};  // revisions of other nodes
  std::atomic<std::uint64_t> outages_{0};
  std::atomic<bool> to_tell_{false};
  std::atomic<bool> diverged_{false};
  std::atomic<bool> stopping_{false};
  bool out_ = false;          // of the thread
  std::int64_t told_at_ = 0;  // of the thread
  WaitingRoom room_;
  std::thread thread_;
};

}  // namespace gatehouse::server
