#include "domain/passwords/password_store.hpp"

namespace gatehouse::domain::password_store {
namespace {

Credential read(const sql::Row& row) {
  return {{static_cast<std::uint32_t>(row.integer(0))},
          row.id<UserId>(1),
          std::string(row.text(2)),
          std::string(row.text(3)),
          std::string(row.text(4)),
          std::string(row.text(5)),
          !row.is_null(6)};
}

constexpr std::string_view kSelect =
    "SELECT no, id, user_name, email, status, password_hash, identity_provider_id FROM users WHERE ";

std::string select(std::string_view where) { return std::string(kSelect).append(where); }

}  // namespace

std::optional<Credential> find_by_user_name(sql::Tx& tx, std::string_view name_key) {
  return tx.first(select("user_name_key = $1"), {name_key}, read);
}

std::optional<Credential> find_by_email(sql::Tx& tx, std::string_view email_key) {
  return tx.first(select("email_key = $1"), {email_key}, read);
}

std::optional<Credential> find(sql::Tx& tx, const UserId& id) { return tx.first(select("id = $1"), {id}, read); }

void set(sql::Tx& tx, UserNo user, std::string_view hash, Timestamp now, bool given) {
  tx.execute(
      "UPDATE users SET password_hash = $2, password_changed_at = $3, password_given_at = COALESCE($4, "
      "password_given_at), "
      "version = version + CASE status WHEN 'new' THEN 1 ELSE 0 END, "
      "updated_at = CASE status WHEN 'new' THEN $3 ELSE updated_at END, "
      "status = CASE status WHEN 'new' THEN 'active' ELSE status END WHERE no = $1",
      {user.value, hash, now, given ? sql::Value(now) : sql::Value(nullptr)});
}

void clear(sql::Tx& tx, UserNo user, Timestamp now) {
  tx.execute("UPDATE users SET password_hash = NULL, password_given_at = NULL, password_changed_at = $2 WHERE no = $1",
             {user.value, now});
}

bool replace(sql::Tx& tx, UserNo user, std::string_view before, std::string_view after) {
  return tx.execute("UPDATE users SET password_hash = $3 WHERE no = $1 AND password_hash = $2",
                    {user.value, before, after}) > 0;
}

bool stands(sql::Tx& tx, UserNo user, std::string_view hash) {
  return tx.exists(
      "SELECT 1 FROM users WHERE no = $1 AND password_hash = $2 AND status <> 'inactive' AND identity_provider_id IS "
      "NULL",
      {user.value, hash});
}

}  // namespace gatehouse::domain::password_store
