#include "server/invite_clerk.hpp"

#include <algorithm>
#include <exception>

#include "http/metrics.hpp"
#include "server/log.hpp"

namespace gatehouse::server {
namespace {

constexpr std::chrono::seconds kAfterFailure(5);
constexpr std::chrono::seconds kLook(3);
constexpr std::chrono::milliseconds kLongestRest(50);
constexpr int kMaxFailures = 3;

void log_failure(const Clock& clock, std::string_view failure) {
  log_event(clock, LogLevel::kError, "invite_job_failed", {{"failure", failure}});
}

}  // namespace

InviteClerk::InviteClerk(Core& core) : core_(core) {
  core.invite_jobs->on_queued([this] {
    {
      const std::lock_guard lock(mutex_);
      called_ = true;
    }
    wake_.notify_one();
  });
}

InviteClerk::~InviteClerk() {
  core_.invite_jobs->on_queued({});
  stop();
}

void InviteClerk::start() {
  thread_ = std::thread([this] { work(); });
}

void InviteClerk::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  try {
    core_.invite_jobs->leave();
  } catch (const std::exception& failure) { log_failure(core_.clock, failure.what()); }
}

void InviteClerk::work() {
  while (wait_for_work()) {
    while (const auto pause = step()) {
      if (!rest(*pause)) return;
    }
  }
}

bool InviteClerk::wait_for_work() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kLook, [this] { return stopping_ || called_; });
  called_ = false;
  return !stopping_;
}

bool InviteClerk::rest(Pause pause) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, pause, [this] { return stopping_; });
}

std::optional<InviteClerk::Pause> InviteClerk::step() {
  const auto begin = std::chrono::steady_clock::now();
  try {
    const auto done = core_.invite_jobs->work();
    if (!done) {
      log_failure(core_.clock, done.error().detail);
      return kAfterFailure;
    }
    failures_ = 0;
    if (!*done) return std::nullopt;
    tell(**done);
    return std::min<Pause>(std::chrono::steady_clock::now() - begin, kLongestRest);
  } catch (const sql::EngineError& failure) {
    log_failure(core_.clock, failure.what());
  } catch (const std::exception& failure) { fail(failure.what()); }
  return kAfterFailure;
}

void InviteClerk::tell(const domain::InviteJobStep& step) {
  rows_.fetch_add(static_cast<std::uint64_t>(step.rows), std::memory_order_relaxed);
  const auto id = step.id.to_string();
  const auto log = [&](std::string_view event) {
    log_event(core_.clock, LogLevel::kInfo, event, {{"invite_job", std::string_view(id)}});
  };
  if (step.begun) log("invite_job_begun");
  if (step.finished) log("invite_job_finished");
}

// Not the store's failure, so it will not pass: a job must not stand in the way of all others for ever.
void InviteClerk::fail(std::string_view failure) {
  log_failure(core_.clock, failure);
  if (++failures_ < kMaxFailures) return;
  const auto given_up = core_.invite_jobs->give_up("A row of it cannot be worked off.");
  if (given_up) failures_ = 0;
}

void InviteClerk::append_metrics(std::string& out) const {
  http::append_metric(out, "gatehouse_invite_jobs_waiting", "gauge", "Invite jobs that are not over.",
                      static_cast<double>(core_.invite_jobs->waiting()));
  http::append_metric(out, "gatehouse_invite_job_rows_total", "counter",
                      "Rows of invite jobs worked off since the start.",
                      static_cast<double>(rows_.load(std::memory_order_relaxed)));
}

}  // namespace gatehouse::server
