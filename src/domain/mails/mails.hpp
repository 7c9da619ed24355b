// Mails: the outbox. A mail is written in the unit of the change it tells of, and leaves after that is durable: never
// lost, never of a change that was rolled back, at least once with one Message-ID. Refuses to keep what it says in clear:
// the parameters are sealed, because a link in them may be a secret, and go when the mail is sent.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/seal.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

using MailId = Id<struct MailNoun>;

inline constexpr std::int64_t kMaxMailAttempts = 14;   // then it is dead: after more than a day
inline constexpr std::int64_t kFirstMailDelay_s = 30;  // doubled after each attempt
inline constexpr std::int64_t kLongestMailDelay_s = 21'600;
inline constexpr std::int64_t kKeptMail_s = 30 * 86'400;  // what is sent, or was given up, is remembered for so long

struct NewMail {
  std::string to;  // address
  std::string template_name;
  std::string locale;
  std::map<std::string, std::string> parameters;
};

enum class MailStatus : std::uint8_t { kWaiting, kSent, kDead };
std::string_view name(MailStatus status);
std::optional<MailStatus> parse_mail_status(std::string_view name);

// As operators see it: without what it says.
struct Mail {
  MailId id;
  std::string to;
  std::string template_name;
  MailStatus status = MailStatus::kWaiting;
  std::int64_t attempts = 0;
  std::string failure;  // of the last attempt
  Timestamp created_at;
  std::optional<Timestamp> next_attempt_at;  // while it waits
  std::optional<Timestamp> sent_at;
};

struct DueMail {
  MailId id;
  Timestamp created_at;
  NewMail mail;
};

struct MailCounts {
  std::int64_t waiting = 0;
  std::int64_t dead = 0;
  std::optional<Timestamp> oldest_waiting;  // when it was written
};

class Mails {
 public:
  // `seal` must outlive this.
  Mails(Ledger& ledger, const crypto::Seal& seal) : ledger_(ledger), seal_(seal) {}

  // In the unit of what it tells of; the caller calls `announce` once that is durable.
  void enqueue(Unit& unit, const NewMail& mail) const;
  // Wakes whoever delivers.
  void announce() const;
  void on_announce(std::function<void()> wake);

  // For delivery, one thread at a time. What is due, oldest first; it stays due until its outcome is told. A mail that no
  // longer opens is dead.
  std::vector<DueMail> due(std::int64_t limit);
  // Both answer whether it is written: until then the outcome has to be told again. Errors: those of the store.
  Result<void> sent(const MailId& id);
  // Tried again later, until kMaxMailAttempts; at once dead when it is `permanent`.
  Result<void> failed(const MailId& id, std::string_view failure, bool permanent);

  // Newest first; without a status: all.
  [[nodiscard]] std::vector<Mail> list(const access::Permit<access::Action::kStoreAdminister>& permit,
                                       std::optional<MailStatus> status, std::int64_t limit) const;
  // Dead ones, and those that wait for their next attempt, are due at once; how many. Errors: mail.not_found.
  Result<std::int64_t> retry(const access::Permit<access::Action::kStoreAdminister>& permit,
                             const std::optional<MailId>& only);
  [[nodiscard]] MailCounts counts() const;
  // Forgets what was sent or given up long ago; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  Ledger& ledger_;
  const crypto::Seal& seal_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
};

}  // namespace gatehouse::domain
