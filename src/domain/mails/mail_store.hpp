// The SQL of the outbox.
#pragma once

#include "domain/mails/mails.hpp"

namespace gatehouse::domain::mail_store {

struct Row {
  MailId id;
  std::string to;
  std::string template_name;
  std::string locale;
  std::string parameters;  // sealed
  std::int64_t attempts = 0;
  Timestamp created_at;
};

void insert(sql::Tx& tx, const MailId& id, const NewMail& mail, std::string_view sealed, Timestamp now);
std::vector<Row> due(sql::Tx& tx, Timestamp now, std::int64_t limit);
// False when it is no longer waiting.
bool set_sent(sql::Tx& tx, const MailId& id, Timestamp now);
// `next`: of the next attempt, of this one when it is dead.
void set_failed(sql::Tx& tx, const MailId& id, std::string_view failure, bool dead, Timestamp next);
std::int64_t attempts(sql::Tx& tx, const MailId& id);
std::int64_t make_due(sql::Tx& tx, const std::optional<MailId>& only, Timestamp now);
std::vector<Mail> list(sql::Tx& tx, std::optional<MailStatus> status, std::int64_t limit);
MailCounts counts(sql::Tx& tx);
std::int64_t forget(sql::Tx& tx, Timestamp before, std::int64_t limit);  // of each kind

}  // namespace gatehouse::domain::mail_store
