#include "domain/changes/change_store.hpp"

#include <limits>

namespace gatehouse::domain::change_store {
namespace {

std::string_view kind_name(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::kNobody: return "nobody";
    case Principal::Kind::kUser: return "user";
    case Principal::Kind::kClient: return "client";
    case Principal::Kind::kApiToken: return "api_token";
    case Principal::Kind::kSystem: return "system";
  }
  return "nobody";
}

sql::Value json_or_null(const std::string& json) { return json.empty() ? sql::Value(nullptr) : sql::Value(json); }

sql::Value id_or_null(const Uuid& id) { return id.is_nil() ? sql::Value(nullptr) : sql::Value(id); }

}  // namespace

Revision lock_head(sql::Tx& tx) { return tx.integer_locked("SELECT revision FROM log_head WHERE one = 1", {}); }

void set_head(sql::Tx& tx, Revision revision) {
  tx.post("UPDATE log_head SET revision = $1 WHERE one = 1", {revision});
}

void append(sql::Tx& tx, Revision revision, const Principal& actor, Timestamp now, const Change& change,
            std::string_view facts) {
  const auto organization = change.organization ? sql::Value(change.organization.value) : sql::Value(nullptr);
  tx.post(
      "INSERT INTO changes (revision, at, actor_kind, actor_id, action, organization_no, target_kind, target_id, "
      "before, after, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {revision, now, kind_name(actor.kind), id_or_null(actor.id), change.action, organization, change.target_kind,
       id_or_null(change.target), json_or_null(change.before), json_or_null(change.after), sql::Value::bytes(facts)});
}

void each_since(sql::Tx& tx, Revision first, std::int64_t limit, FunctionRef<void(const Entry&)> use) {
  tx.each("SELECT revision, at, facts FROM changes WHERE revision >= $1 ORDER BY revision LIMIT $2", {first, limit},
          [&](const sql::Row& row) {
            use({row.integer(0), row.time(1), row.bytes(2)});
            return true;
          });
}

Revision head(sql::Tx& tx) { return tx.integer("SELECT revision FROM log_head WHERE one = 1"); }

std::uint32_t next_number(sql::Tx& tx, std::string_view sequence) {
  return static_cast<std::uint32_t>(
      tx.integer("UPDATE sequences SET last = last + 1 WHERE name = $1 RETURNING last", {sequence}));
}

std::vector<LogEntry> list(sql::Tx& tx, OrganizationNo organization, std::optional<Revision> before, std::int64_t limit,
                           std::size_t most_bytes) {
  std::vector<LogEntry> entries;
  std::size_t bytes = 0;
  tx.each(
      "SELECT revision, at, actor_kind, actor_id, action, target_kind, target_id, before, after FROM changes "
      "WHERE organization_no = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3",
      {organization.value, before.value_or(std::numeric_limits<Revision>::max()), limit}, [&](const sql::Row& row) {
        LogEntry entry;
        entry.revision = row.integer(0);
        entry.at = row.time(1);
        entry.actor_kind = row.text(2);
        if (!row.is_null(3)) entry.actor = row.id<Uuid>(3);
        entry.action = row.text(4);
        entry.target_kind = row.text(5);
        if (!row.is_null(6)) entry.target = row.id<Uuid>(6);
        entry.before = row.text(7);
        entry.after = row.text(8);
        bytes += entry.before.size() + entry.after.size();
        entries.push_back(std::move(entry));
        return bytes <= most_bytes;
      });
  return entries;
}

}  // namespace gatehouse::domain::change_store
