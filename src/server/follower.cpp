#include "server/follower.hpp"

#include <algorithm>
#include <future>
#include <memory>

#include "base/uptime.hpp"
#include "http/metrics.hpp"
#include "server/log.hpp"

namespace gatehouse::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Looks within the bound when nobody tells: some may get lost.
constexpr int kLooksPerBound = 4;
// Between two notifications of this node: each takes a lock that all nodes' notifications share.
constexpr nanoseconds kBetweenTellings = milliseconds(5);
constexpr milliseconds kAfterFailure(100);
constexpr nanoseconds kBetweenLooks = milliseconds(2);
constexpr milliseconds kFirstLook(10'000);

std::int64_t now_ns() { return uptime().count(); }

}  // namespace

Follower::Follower(domain::Ledger& ledger, std::unique_ptr<sql::Watch> watch, milliseconds bound)
    : ledger_(ledger), watch_(std::move(watch)), bound_(bound), heard_at_(now_ns() - bound_.count() - 1) {
  ledger_.on_growth([this] {
    to_tell_.store(true);
    watch_->wake();  // who waits is let go by the thread: this is the lane's
  });
}

Follower::~Follower() {
  stop();
  ledger_.on_growth({});
}

void Follower::start() {
  const auto looked = std::make_shared<std::promise<void>>();
  await_head(kFirstLook, [looked](bool) { looked->set_value(); });
  thread_ = std::thread([this] { work(); });
  // Whoever is told that this node listens shall not be refused because it has not looked yet.
  looked->get_future().wait();
}

void Follower::stop() {
  if (stopping_.exchange(true)) return;
  watch_->wake();
  if (thread_.joinable()) thread_.join();
  room_.close();
}

bool Follower::is_fresh() const {
  return now_ns() - heard_at_.load(std::memory_order_acquire) <= bound_.count() && !has_diverged();
}

// One look is enough: a revision that is not there after it is nobody's, and whoever made it up waits no longer than that.
void Follower::await(Revision at_least, milliseconds patience, Then then) {
  const std::uint64_t next = begun_.load() + 1;
  const auto is_there = [this, at_least] { return revision() >= at_least; };
  room_.enter([this, next, is_there] { return is_there() || finished_.load() >= next; }, patience,
              [is_there, then = std::move(then)](bool) { then(is_there()); });
  watch_->wake();
}

void Follower::await_head(milliseconds patience, Then then) {
  // A look that is under way may have begun before what is waited for was committed; the next one begins after it.
  const std::uint64_t next = begun_.load() + 1;
  room_.enter([this, next] { return finished_.load() >= next; }, patience, std::move(then));
  watch_->wake();
}

void Follower::work() {
  while (!stopping_.load() && !has_diverged()) {
    try {
      round();
      if (std::exchange(out_, false)) log_event(ledger_.clock(), LogLevel::kInfo, "store_heard_again");
    } catch (const std::exception& failure) { failed(failure.what()); }
  }
}

void Follower::round() {
  const std::int64_t asked_at = now_ns();
  const std::uint64_t look = begun_.fetch_add(1) + 1;
  const Revision before = revision();
  const auto all = ledger_.follow(*watch_);
  if (!all) {
    diverged_.store(true);
    log_event(ledger_.clock(), LogLevel::kError, "store_diverged", {{"failure", std::string_view(all.error().detail)}});
    return;
  }
  followed_.fetch_add(static_cast<std::uint64_t>(std::max<Revision>(0, revision() - before)),
                      std::memory_order_relaxed);
  if (!*all) return room_.look();
  heard_at_.store(asked_at, std::memory_order_release);
  finished_.store(look);
  room_.look();
  tell_others();
  const auto pause = std::chrono::duration_cast<milliseconds>(bound_) / kLooksPerBound;
  watch_->wait(to_tell_.load() ? std::chrono::ceil<milliseconds>(kBetweenTellings) : pause);
  // Whoever sends refused requests one after the other must not keep the database busy with looks.
  const nanoseconds since(now_ns() - asked_at);
  if (since < kBetweenLooks) std::this_thread::sleep_for(kBetweenLooks - since);
}

void Follower::tell_others() {
  const std::int64_t now = now_ns();
  if (!to_tell_.load() || now - told_at_ < kBetweenTellings.count()) return;
  to_tell_.store(false);
  told_at_ = now;
  watch_->tell();
}

void Follower::failed(std::string_view why) {
  if (!std::exchange(out_, true)) {
    outages_.fetch_add(1, std::memory_order_relaxed);
    log_event(ledger_.clock(), LogLevel::kError, "store_not_heard", {{"failure", why}});
  }
  std::this_thread::sleep_for(kAfterFailure);
}

void Follower::append_metrics(std::string& out) const {
  const double age_s = static_cast<double>(now_ns() - heard_at_.load()) / 1e9;
  http::append_metric(out, "gatehouse_staleness_seconds", "gauge",
                      "Time since this node's picture was known to hold every change.", age_s);
  http::append_metric(out, "gatehouse_fresh", "gauge", "Whether this node decides (1) or answers 503 (0).",
                      is_fresh() ? 1 : 0);
  http::append_metric(out, "gatehouse_followed_revisions_total", "counter", "Changes taken over from the log.",
                      static_cast<double>(followed_.load()));
  http::append_metric(out, "gatehouse_store_outages_total", "counter", "Times the store was not to be reached.",
                      static_cast<double>(outages_.load()));
}

}  // namespace gatehouse::server
