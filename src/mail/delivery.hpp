// Takes mails from a queue that outlives the process, and sends them: at least once each, with the same Message-ID every
// time. Knows nothing of how the queue is kept, when a failed mail is due again or when to give up: that is the queue's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "mail/templates.hpp"
#include "mail/transport.hpp"

namespace gatehouse::mail {

struct QueuedMail {
  Uuid id;
  Timestamp created_at;
  std::string to_address;
  std::string to_name{};  // may be empty
  std::string template_name;
  std::string locale;
  Parameters parameters;
};

// All are called by the delivery's thread only. Each may throw when the engine fails: it is then tried again.
class Queue {
 public:
  virtual ~Queue() = default;
  // What is due, oldest first. A mail is due until its outcome was told.
  virtual std::vector<QueuedMail> take(std::size_t limit) = 0;
  // Right before a taken mail is sent: whether it is still this delivery's to send.
  virtual bool hold(const Uuid& id) = 0;
  virtual void sent(const Uuid& id) = 0;
  // Not permanent: the mail must not be due again at once. `why` is fit for an operator.
  virtual void failed(const Uuid& id, const std::string& why, bool permanent) = 0;
};

class Delivery {
 public:
  struct Options {
    Mailbox sender;
    std::string message_id_host;
    std::chrono::milliseconds poll_interval{1000};
    std::chrono::milliseconds stop_grace{5000};  // for the mail in hand
    std::size_t batch = 16;
  };
  // `report` hears what the queue threw, on the delivery's thread. The rest must outlive the delivery.
  Delivery(Transport& transport, Queue& queue, Options options, std::function<void(std::string_view)> report);
  ~Delivery();  // stops
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void start();
  // There may be a mail: do not wait for the poll. From any thread.
  void wake();
  // Finishes the mail in hand, or interrupts it after the grace; takes no other. May be called twice.
  void stop();

 private:
  struct Outcome {
    Uuid id;
    bool sent = false;
    std::string why{};
    bool permanent = false;
  };

  void run();
  bool turn();
  void tell();
  Outcome deliver(const QueuedMail& mail);
  Result<void> attempt(const QueuedMail& mail);
  bool is_stopping();

  Transport& transport_;
  Queue& queue_;
  const Options options_;
  const std::function<void(std::string_view)> report_;
  std::deque<Outcome> untold_;  // of the delivery's thread

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::mail
