#include "domain/changes/change_store.hpp"

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

Revision append(sql::Tx& tx, const Principal& actor, Timestamp now, const Change& change) {
  // The head row is the order of the log: whoever holds its lock is next (one lane here, row lock elsewhere).
  const Revision revision = tx.integer("UPDATE log_head SET revision = revision + 1 WHERE one = 1 RETURNING revision");
  const std::string facts = access::encode(change.facts);
  const auto organization = change.organization ? sql::Value(change.organization.value) : sql::Value(nullptr);
  tx.execute(
      "INSERT INTO changes (revision, at, actor_kind, actor_id, action, organization_no, target_kind, target_id, before, "
      "after, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {revision, now, kind_name(actor.kind), id_or_null(actor.id), change.action, organization, change.target_kind,
       id_or_null(change.target), json_or_null(change.before), json_or_null(change.after), sql::Value::bytes(facts)});
  return revision;
}

Revision head(sql::Tx& tx) { return tx.integer("SELECT revision FROM log_head WHERE one = 1"); }

std::uint32_t next_number(sql::Tx& tx, std::string_view sequence) {
  return static_cast<std::uint32_t>(
      tx.integer("UPDATE sequences SET last = last + 1 WHERE name = $1 RETURNING last", {sequence}));
}

}  // namespace gatehouse::domain::change_store
