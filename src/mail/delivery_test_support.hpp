// Doubles for the tests of the delivery: a transport and a queue that do as they are told and write down what they are asked.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "mail/delivery.hpp"

namespace gatehouse::mail::testing {

// What both doubles and the report write, in order, and what a test waits for.
class Journal {
 public:
  void write(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void wait_for(const std::string& line, std::ptrdiff_t times = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::count(lines_.begin(), lines_.end(), line) >= times; });
  }
  // Without the turns that found nothing.
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    auto kept = lines_;
    std::erase(kept, "nothing due");
    return kept;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

inline std::string label(const Uuid& id) { return std::to_string(id.bytes[15]); }

class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(Journal& journal) : journal_(journal) {}
  Result<void> send(const Message& message) override {
    journal_.write("send " + label(message.id));
    last = message;
    return answer ? answer(message) : Result<void>();
  }
  void interrupt() noexcept override { journal_.write("interrupt"); }

  std::function<Result<void>(const Message&)> answer;
  Message last;

 private:
  Journal& journal_;
};

// As the outbox keeps it: a mail is due until its outcome was told. `trouble` may throw at every call.
class ScriptedQueue final : public Queue {
 public:
  explicit ScriptedQueue(Journal& journal) : journal_(journal) {}
  void add(QueuedMail mail) {
    const std::lock_guard lock(mutex_);
    due_.push_back(std::move(mail));
  }
  std::vector<QueuedMail> take(std::size_t limit) override {
    if (trouble) trouble("take");
    std::vector<QueuedMail> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.assign(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, due_.size())));
    }
    if (trouble) trouble("took");
    if (taken.empty()) journal_.write("nothing due");
    return taken;
  }
  bool hold(const Uuid& id) override {
    if (trouble) trouble("hold");
    if (!lost || !lost(id)) return true;
    forget(id);
    journal_.write("lost " + label(id));
    return false;
  }
  void sent(const Uuid& id) override {
    if (trouble) trouble("sent");
    forget(id);
    journal_.write("sent " + label(id));
  }
  void failed(const Uuid& id, const std::string& why, bool permanent) override {
    if (trouble) trouble("failed");
    forget(id);
    journal_.write((permanent ? "given up " : "put off ") + label(id) + ": " + why);
  }

  std::function<void(const std::string&)> trouble;
  std::function<bool(const Uuid&)> lost;  // to another delivery, since it was taken

 private:
  void forget(const Uuid& id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(due_, [&](const QueuedMail& mail) { return mail.id == id; });
  }

  Journal& journal_;
  std::mutex mutex_;
  std::vector<QueuedMail> due_;
};

inline QueuedMail mail(std::uint8_t number) {
  QueuedMail mail{.id = {},
                  .created_at = *Timestamp::parse("2026-11-22T00:34:48Z"),
                  .to_address = "ana@example.test",
                  .to_name = "Ana",
                  .template_name = "invitation_answered",
                  .locale = "en",
                  .parameters = {{"answer", "accepted"},
                                 {"reader", "inviter"},
                                 {"relation", "agency"},
                                 {"inviter_company", "Acme"},
                                 {"invited_company", "Bright Ads"}}};
  mail.id.bytes[15] = number;
  return mail;
}

}  // namespace gatehouse::mail::testing
