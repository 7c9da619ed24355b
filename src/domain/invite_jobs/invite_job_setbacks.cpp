#include "domain/invite_jobs/invite_job_setbacks.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::int64_t kForgotten_s = 3600;  // of a job that never came again: it was cancelled

}  // namespace

bool InviteJobSetbacks::rests(const InviteJobId& job, Timestamp now) const {
  const auto found = setbacks_.find(job);
  // A clock that was set back keeps nothing at rest.
  return found != setbacks_.end() && found->second.until > now && found->second.until <= now.plus_s(kRest_s);
}

std::int64_t InviteJobSetbacks::line(const InviteJobId& job) const {
  const auto found = setbacks_.find(job);
  return found == setbacks_.end() ? 0 : found->second.line;
}

bool InviteJobSetbacks::is_row_hopeless(const InviteJobId& job) const {
  const auto found = setbacks_.find(job);
  return found != setbacks_.end() && found->second.line > 0 && found->second.tries >= kTries;
}

// When even to write down that the row failed has failed as often.
bool InviteJobSetbacks::is_job_hopeless(const InviteJobId& job) const {
  const auto found = setbacks_.find(job);
  return found != setbacks_.end() && found->second.tries >= (found->second.line > 0 ? 2 * kTries : kTries);
}

void InviteJobSetbacks::went_on(const InviteJobId& job, std::int64_t line) {
  const auto found = setbacks_.find(job);
  if (found == setbacks_.end()) return;
  if (found->second.line > line) {
    found->second.until = {};
  } else {
    setbacks_.erase(found);
  }
}

void InviteJobSetbacks::failed(const InviteJobId& job, std::int64_t line, bool own, Timestamp now) {
  std::erase_if(setbacks_,
                [&](const auto& one) { return one.first != job && one.second.until.plus_s(kForgotten_s) < now; });
  auto& setback = setbacks_[job];
  setback.until = now.plus_s(kRest_s);
  if (!own) return;
  if (setback.line != line) setback.tries = 0;
  setback.line = line;
  ++setback.tries;
}

}  // namespace gatehouse::domain
