#include "domain/identification_types/identification_type_store.hpp"

#include "base/text.hpp"

namespace gatehouse::domain::identification_type_store {
namespace {

IdentificationType read(const sql::Row& row) {
  IdentificationType type;
  type.id = row.id<IdentificationTypeId>(0);
  type.code = row.text(1);
  type.name = row.text(2);
  if (!row.is_null(3)) type.pattern = row.text(3);
  type.created_at = row.time(4);
  return type;
}

}  // namespace

bool is_started(sql::Tx& tx) {
  return tx.integer("SELECT last FROM sequences WHERE name = 'identification_types'") > 0;
}

bool insert(sql::Tx& tx, const IdentificationType& type) {
  const auto key = text::name_key(type.code);
  return tx.execute(
             "INSERT INTO identification_types (id, code, code_key, name, pattern, created_at) "
             "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (code_key) DO NOTHING",
             {type.id, type.code, key, type.name, type.pattern, type.created_at}) > 0;
}

bool update(sql::Tx& tx, const IdentificationType& type) {
  const auto key = text::name_key(type.code);
  if (tx.exists("SELECT 1 FROM identification_types WHERE code_key = $1 AND id <> $2", {key, type.id})) return false;
  tx.execute("UPDATE identification_types SET code = $2, code_key = $3, name = $4, pattern = $5 WHERE id = $1",
             {type.id, type.code, key, type.name, type.pattern});
  return true;
}

void remove(sql::Tx& tx, const IdentificationTypeId& id) {
  tx.execute("DELETE FROM identification_types WHERE id = $1", {sql::Value(id)});
}

std::int64_t count(sql::Tx& tx) { return tx.integer("SELECT count(*) FROM identification_types"); }

std::vector<IdentificationType> all(sql::Tx& tx) {
  std::vector<IdentificationType> found;
  tx.each("SELECT id, code, name, pattern, created_at FROM identification_types ORDER BY code_key", {},
          [&](const sql::Row& row) {
            found.push_back(read(row));
            return true;
          });
  return found;
}

std::optional<IdentificationType> find(sql::Tx& tx, const IdentificationTypeId& id) {
  return tx.first("SELECT id, code, name, pattern, created_at FROM identification_types WHERE id = $1", {id}, read);
}

bool is_in_use(sql::Tx& tx, const IdentificationTypeId& id) {
  return tx.exists("SELECT 1 FROM users WHERE identification_type_id = $1", {sql::Value(id)});
}

}  // namespace gatehouse::domain::identification_type_store
