#include "mail/delivery.hpp"

#include <exception>
#include <utility>

namespace gatehouse::mail {
namespace {

constexpr int kLongerAfterFailure = 5;  // than the poll: an engine that is away is away for seconds

}  // namespace

Delivery::Delivery(Transport& transport, Queue& queue, Options options, std::function<void(std::string_view)> report)
    : transport_(transport), queue_(queue), options_(std::move(options)), report_(std::move(report)) {}

Delivery::~Delivery() { stop(); }

void Delivery::start() {
  thread_ = std::thread([this] { run(); });
}

void Delivery::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Delivery::stop() {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (!changed_.wait_for(lock, options_.stop_grace, [this] { return ended_; })) transport_.interrupt();
  }
  thread_.join();
}

bool Delivery::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Delivery::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    bool more = false;
    auto pause = options_.poll_interval;
    try {
      more = turn();
    } catch (const std::exception& failure) {
      report_(failure.what());
      pause *= kLongerAfterFailure;
    }
    lock.lock();
    if (!more) changed_.wait_for(lock, pause, [this] { return woken_ || stopping_; });
  }
  ended_ = true;
  changed_.notify_all();
}

// What is due, one batch of it. True when there may be more.
bool Delivery::turn() {
  tell();
  const auto mails = queue_.take(options_.batch);
  for (const auto& mail : mails) {
    if (is_stopping()) return false;
    if (!queue_.hold(mail.id)) continue;
    untold_.push_back(deliver(mail));
    tell();
  }
  return !mails.empty();
}

// An outcome stays until the queue has it: a mail that was sent is not taken again because the engine failed.
void Delivery::tell() {
  for (; !untold_.empty(); untold_.pop_front()) {
    const Outcome& outcome = untold_.front();
    if (outcome.sent)
      queue_.sent(outcome.id);
    else
      queue_.failed(outcome.id, outcome.why, outcome.permanent);
  }
}

Result<void> Delivery::attempt(const QueuedMail& mail) {
  auto rendered = TRY(render(mail.template_name, mail.locale, mail.parameters));
  return transport_.send({.id = mail.id,
                          .host = options_.message_id_host,
                          .created_at = mail.created_at,
                          .from = options_.sender,
                          .to = {mail.to_address, mail.to_name},
                          .subject = std::move(rendered.subject),
                          .text = std::move(rendered.text),
                          .html = std::move(rendered.html)});
}

Delivery::Outcome Delivery::deliver(const QueuedMail& mail) {
  try {
    const auto result = attempt(mail);
    if (result.ok()) return {mail.id, true};
    std::string why(result.error().code);
    return {mail.id, false, why.append(": ").append(result.error().detail), result.error().kind == ErrorKind::kInvalid};
  } catch (const std::exception& failure) {
    // An outcome like any other, so that one mail does not hold up the rest.
    return {mail.id, false, failure.what()};
  }
}

}  // namespace gatehouse::mail
