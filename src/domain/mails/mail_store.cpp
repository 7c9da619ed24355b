#include "domain/mails/mail_store.hpp"

namespace gatehouse::domain::mail_store {

void insert(sql::Tx& tx, const MailId& id, const NewMail& mail, std::string_view sealed, Timestamp now) {
  tx.post(
      "INSERT INTO mails (id, recipient, template, locale, parameters, status, created_at, next_attempt_at) "
      "VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6)",
      {id, mail.to, mail.template_name, mail.locale, sql::Value::bytes(sealed), now});
}

std::vector<Row> due(sql::Tx& tx, const NodeId& node, Timestamp now, std::int64_t limit) {
  std::vector<Row> found;
  tx.each(
      "SELECT id, recipient, template, locale, parameters, attempts, created_at FROM mails WHERE status = 'waiting' "
      "AND next_attempt_at <= $1 AND (claimed_by IS NULL OR claimed_by = $2 OR claimed_until <= $3) "
      "ORDER BY next_attempt_at, id LIMIT $4",
      {now, node, now.plus_s(-kClockTolerance_s), limit}, [&](const sql::Row& row) {
        found.push_back({row.id<MailId>(0), std::string(row.text(1)), std::string(row.text(2)),
                         std::string(row.text(3)), std::string(row.bytes(4)), row.integer(5), row.time(6)});
        return true;
      });
  return found;
}

void claim(sql::Tx& tx, const MailId& id, const NodeId& node, Timestamp until) {
  tx.execute("UPDATE mails SET claimed_by = $2, claimed_until = $3 WHERE id = $1", {id, node, until});
}

bool renew(sql::Tx& tx, const MailId& id, const NodeId& node, Timestamp until) {
  return tx.execute("UPDATE mails SET claimed_until = $3 WHERE id = $1 AND claimed_by = $2 AND status = 'waiting'",
                    {id, node, until}) > 0;
}

void release(sql::Tx& tx, const MailId& id, const NodeId& node) {
  tx.execute(
      "UPDATE mails SET claimed_by = NULL, claimed_until = NULL WHERE id = $1 AND claimed_by = $2 "
      "AND status = 'waiting'",
      {id, node});
}

void set_sent(sql::Tx& tx, const MailId& id, Timestamp now) {
  tx.execute(
      "UPDATE mails SET status = 'sent', parameters = NULL, failure = NULL, sent_at = $2, next_attempt_at = $2, "
      "claimed_by = NULL, claimed_until = NULL, attempts = attempts + 1 WHERE id = $1 AND status <> 'sent'",
      {id, now});
}

void set_failed(sql::Tx& tx, const MailId& id, const NodeId& node, std::string_view failure, bool dead,
                Timestamp next) {
  tx.execute(
      "UPDATE mails SET status = $2, failure = $3, next_attempt_at = $4, claimed_by = NULL, claimed_until = NULL, "
      "attempts = attempts + 1 WHERE id = $1 AND status = 'waiting' AND (claimed_by IS NULL OR claimed_by = $5)",
      {id, dead ? "dead" : "waiting", failure, next, node});
}

std::int64_t attempts(sql::Tx& tx, const MailId& id) {
  return tx.integer("SELECT attempts FROM mails WHERE id = $1", {sql::Value(id)});
}

std::int64_t make_due(sql::Tx& tx, const std::optional<MailId>& only, Timestamp now) {
  if (only) {
    return tx.execute(
        "UPDATE mails SET status = 'waiting', attempts = 0, next_attempt_at = $2 WHERE id = $1 AND status <> 'sent'",
        {*only, now});
  }
  return tx.execute(
      "UPDATE mails SET status = 'waiting', attempts = 0, next_attempt_at = $1 WHERE status IN ('waiting', 'dead')",
      {sql::Value(now)});
}

std::vector<Mail> list(sql::Tx& tx, std::optional<MailStatus> status, std::int64_t limit) {
  std::vector<Mail> found;
  tx.each(
      "SELECT id, recipient, template, status, attempts, failure, created_at, next_attempt_at, sent_at FROM mails "
      "WHERE $1 = '' OR status = $1 ORDER BY id DESC LIMIT $2",
      {status ? name(*status) : std::string_view(), limit}, [&](const sql::Row& row) {
        Mail mail;
        mail.id = row.id<MailId>(0);
        mail.to = row.text(1);
        mail.template_name = row.text(2);
        mail.status = parse_mail_status(row.text(3)).value_or(MailStatus::kDead);
        mail.attempts = row.integer(4);
        mail.failure = row.text(5);
        mail.created_at = row.time(6);
        if (mail.status == MailStatus::kWaiting) mail.next_attempt_at = row.time(7);
        mail.sent_at = row.maybe_time(8);
        found.push_back(std::move(mail));
        return true;
      });
  return found;
}

MailCounts counts(sql::Tx& tx) {
  MailCounts counts;
  tx.each("SELECT count(*), min(created_at) FROM mails WHERE status = 'waiting'", {}, [&](const sql::Row& row) {
    counts.waiting = row.integer(0);
    counts.oldest_waiting = row.maybe_time(1);
    return false;
  });
  counts.dead = tx.integer("SELECT count(*) FROM mails WHERE status = 'dead'");
  return counts;
}

bool has_forgettable(sql::Tx& tx, Timestamp before) {
  return tx.exists("SELECT 1 FROM mails WHERE status = 'sent' AND next_attempt_at < $1 LIMIT 1",
                   {sql::Value(before)}) ||
         tx.exists("SELECT 1 FROM mails WHERE status = 'dead' AND next_attempt_at < $1 LIMIT 1", {sql::Value(before)});
}

std::int64_t forget(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  // The last attempt of those that are done stands where the next one would, so that the index leads here.
  std::int64_t forgotten = 0;
  for (const auto* status : {"sent", "dead"}) {
    forgotten += tx.execute(
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE status = $1 AND next_attempt_at < $2 LIMIT $3)",
        {status, before, limit});
  }
  return forgotten;
}

}  // namespace gatehouse::domain::mail_store
