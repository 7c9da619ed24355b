#include "server/invite_clerk.hpp"

#include <exception>

#include "http/metrics.hpp"
#include "server/log.hpp"

namespace gatehouse::server {
namespace {

constexpr std::chrono::seconds kAfterFailure(5);
constexpr std::chrono::seconds kLook(3);

void log_failure(const Clock& clock, std::string_view failure) {
  log_event(clock, LogLevel::kError, "invite_job_failed", {{"failure", failure}});
}

void log_failure(const Clock& clock, const domain::InviteJobId& job, std::int64_t line, std::string_view failure) {
  const auto id = job.to_string();
  log_event(clock, LogLevel::kError, "invite_job_failed",
            {{"invite_job", std::string_view(id)}, {"line", line}, {"failure", failure}});
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
    const auto done = core_.invite_jobs->work(pace_.rows());
    if (!done) {
      log_failure(core_.clock, core_.invite_jobs->at(), 0, done.error().detail);
      return kAfterFailure;
    }
    if (!*done) return std::nullopt;
    tell(**done);
    pace_.did((*done)->rows, (*done)->took);
    return domain::InviteJobPace::rest(std::chrono::steady_clock::now() - begin);
  } catch (const std::exception& failure) { log_failure(core_.clock, failure.what()); }
  return kAfterFailure;
}

void InviteClerk::tell(const domain::InviteJobStep& step) {
  rows_.fetch_add(static_cast<std::uint64_t>(step.rows), std::memory_order_relaxed);
  // What it failed at is in the job as well, but why is for operators alone.
  if (!step.failure.empty()) return log_failure(core_.clock, step.id, step.failed_line, step.failure);
  const auto id = step.id.to_string();
  const auto log = [&](std::string_view event) {
    log_event(core_.clock, LogLevel::kInfo, event, {{"invite_job", std::string_view(id)}});
  };
  if (step.begun) log("invite_job_begun");
  if (step.finished) log("invite_job_finished");
}

void InviteClerk::append_metrics(std::string& out) const {
  http::append_metric(out, "gatehouse_invite_jobs_waiting", "gauge", "Invite jobs that are not over.",
                      static_cast<double>(core_.invite_jobs->waiting()));
  http::append_metric(out, "gatehouse_invite_job_rows_total", "counter",
                      "Rows of invite jobs worked off since the start.",
                      static_cast<double>(rows_.load(std::memory_order_relaxed)));
}

}  // namespace gatehouse::server
