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
// Those that `node` may send.
std::vector<Row> due(sql::Tx& tx, const NodeId& node, Timestamp now, std::int64_t limit);
void claim(sql::Tx& tx, const MailId& id, const NodeId& node, Timestamp until);
// False when it waits no longer, or another node has it.
bool renew(sql::Tx& tx, const MailId& id, const NodeId& node, Timestamp until);
void release(sql::Tx& tx, const MailId& id, const NodeId& node);
void set_sent(sql::Tx& tx, const MailId& id, Timestamp now);
// Nothing when another node has it. `next`: of the next attempt, of this one when it is dead.
void set_failed(sql::Tx& tx, const MailId& id, const NodeId& node, std::string_view failure, bool dead, Timestamp next);
std::int64_t attempts(sql::Tx& tx, const MailId& id);
std::int64_t make_due(sql::Tx& tx, const std::optional<MailId>& only, Timestamp now);
std::vector<Mail> list(sql::Tx& tx, std::optional<MailStatus> status, std::int64_t limit);
MailCounts counts(sql::Tx& tx);
// Those that were done before.
bool has_forgettable(sql::Tx& tx, Timestamp before);
std::int64_t forget(sql::Tx& tx, Timestamp before, std::int64_t limit);  // of each kind

}  // namespace gatehouse::domain::mail_store
