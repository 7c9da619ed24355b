// Mails: the outbox. A mail is written in the unit of the change it tells of, and leaves after that is durable: never
// lost, never of a change that was rolled back, at least once with one Message-ID. Refuses to keep what it says in clear:
// the parameters are sealed, because a link in them may be a secret, and go when the mail is sent.
//
// Of several nodes one sends a mail: it claims it first, for a limited time, and another may send it when that time has
// passed (and kClockTolerance_s more) without an outcome. That is the one case in which a mail is sent twice.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/seal.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/nodes/node.hpp"

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

struct MailClaims {
  NodeId node;
  std::int64_t length_s = 120;  // an attempt is over within half of it
};

class Mails {
 public:
  // `seal` must outlive this.
  Mails(Ledger& ledger, const crypto::Seal& seal, const MailClaims& claims = {})
      : ledger_(ledger), seal_(seal), claims_(claims) {}

  // In the unit of what it tells of; the caller calls `announce` once that is durable.
  void enqueue(Unit& unit, const NewMail& mail) const;
  // Wakes whoever delivers.
  void announce() const;
  void on_announce(std::function<void()> wake);

  // For delivery, one thread at a time: what is due and no other node sends, oldest first. It is this node's from then on,
  // and stays due here until its outcome is told. A mail that no longer opens is dead. Nothing, when the store takes no
  // changes.
  std::vector<DueMail> due(std::int64_t limit);
  // Right before it is sent: whether it is this node's still, and long enough. Errors: those of the store.
  Result<bool> hold(const MailId& id);
  // Both answer whether it is written: until then the outcome has to be told again. What was sent is sent, whoever has it
  // by now. Errors: those of the store.
  Result<void> sent(const MailId& id);
  // Tried again later, until kMaxMailAttempts; at once dead when it is `permanent`. Changes nothing of a mail that another
  // node has by now.
  Result<void> failed(const MailId& id, std::string_view failure, bool permanent);
  // At the end: what was not sent is anybody's at once.
  void give_back();

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
  const MailClaims claims_;
  std::map<MailId, Timestamp> held_;  // of the delivering thread: what it has claimed, and until when
  mutable std::mutex mutex_;
  std::function<void()> wake_;
};

}  // namespace gatehouse::domain
