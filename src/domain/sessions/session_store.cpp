#include "domain/sessions/session_store.hpp"

namespace gatehouse::domain::session_store {
namespace {

OrganizationNo organization(const sql::Row& row, int column) {
  return {static_cast<std::uint32_t>(row.integer(column))};
}

sql::Value number_or_null(OrganizationNo no) { return no ? sql::Value(no.value) : sql::Value(nullptr); }

SessionRow read_session(const sql::Row& row) {
  return {row.id<SessionId>(0), {static_cast<std::uint32_t>(row.integer(1))}, organization(row, 2), row.time(3)};
}

std::vector<SessionRow> sessions_where(sql::Tx& tx, std::string_view sql, std::uint32_t no) {
  std::vector<SessionRow> found;
  tx.each(sql, {sql::Value(no)}, [&](const sql::Row& row) {
    found.push_back(read_session(row));
    return true;
  });
  return found;
}

}  // namespace

void insert(sql::Tx& tx, const SessionRow& row, std::string_view source, Timestamp now) {
  tx.execute(
      "INSERT INTO sessions (id, user_no, active_organization_no, source, created_at, expires_at) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {row.id, row.user.value, number_or_null(row.active), source, now, row.expires_at});
}

void insert_refresh_token(sql::Tx& tx, std::string_view digest, const SessionId& session, Timestamp now,
                          Timestamp expires_at) {
  tx.execute("INSERT INTO refresh_tokens (digest, session_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)",
             {sql::Value::bytes(digest), session, now, expires_at});
}

std::optional<RefreshRow> find_refresh_token(sql::Tx& tx, std::string_view digest) {
  return tx.first(
      "SELECT s.id, s.user_no, s.active_organization_no, s.expires_at, u.id, r.expires_at, r.used_at, r.successor "
      "FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN users u ON u.no = s.user_no "
      "WHERE r.digest = $1",
      {sql::Value::bytes(digest)}, [](const sql::Row& row) {
        RefreshRow found{read_session(row), row.id<UserId>(4), row.time(5), row.maybe_time(6), std::nullopt};
        if (!row.is_null(7)) found.successor = std::string(row.bytes(7));
        return found;
      });
}

bool refresh_token_is_unused(sql::Tx& tx, std::string_view digest) {
  return tx.exists("SELECT 1 FROM refresh_tokens WHERE digest = $1 AND used_at IS NULL", {sql::Value::bytes(digest)});
}

void use_refresh_token(sql::Tx& tx, std::string_view digest, std::string_view successor, Timestamp now) {
  tx.execute("UPDATE refresh_tokens SET used_at = $2, successor = $3 WHERE digest = $1",
             {sql::Value::bytes(digest), now, sql::Value::bytes(successor)});
}

void replace_successor(sql::Tx& tx, std::string_view digest, std::string_view successor) {
  tx.execute("UPDATE refresh_tokens SET successor = $2 WHERE digest = $1",
             {sql::Value::bytes(digest), sql::Value::bytes(successor)});
}

void void_refresh_token(sql::Tx& tx, std::string_view digest, Timestamp now) {
  tx.execute("UPDATE refresh_tokens SET used_at = $2 WHERE digest = $1", {sql::Value::bytes(digest), now});
}

bool remove(sql::Tx& tx, const SessionId& id) {
  tx.execute("DELETE FROM refresh_tokens WHERE session_id = $1", {sql::Value(id)});
  return tx.execute("DELETE FROM sessions WHERE id = $1", {sql::Value(id)}) > 0;
}

bool set_active(sql::Tx& tx, const SessionId& id, OrganizationNo organization) {
  return tx.execute("UPDATE sessions SET active_organization_no = $2 WHERE id = $1",
                    {id, number_or_null(organization)}) > 0;
}

void forget_used(sql::Tx& tx, const SessionId& session, std::int64_t keep) {
  tx.execute(
      "DELETE FROM refresh_tokens WHERE session_id = $1 AND used_at < (SELECT used_at FROM refresh_tokens "
      "WHERE session_id = $1 AND used_at IS NOT NULL ORDER BY used_at DESC LIMIT 1 OFFSET $2)",
      {session, keep});
}

std::vector<SessionRow> of_user(sql::Tx& tx, UserNo user) {
  return sessions_where(
      tx, "SELECT id, user_no, active_organization_no, expires_at FROM sessions WHERE user_no = $1 ORDER BY id",
      user.value);
}

std::vector<SessionRow> of_members_active_at(sql::Tx& tx, OrganizationNo organization) {
  return sessions_where(tx,
                        "SELECT s.id, s.user_no, s.active_organization_no, s.expires_at FROM memberships m "
                        "JOIN sessions s ON s.user_no = m.user_no "
                        "WHERE m.organization_no = $1 AND s.active_organization_no = $1 ORDER BY s.id",
                        organization.value);
}

std::vector<std::pair<SessionRow, UserId>> of_members_within(sql::Tx& tx, OrganizationNo organization,
                                                             OrganizationNo top) {
  std::vector<std::pair<SessionRow, UserId>> found;
  tx.each(
      "WITH RECURSIVE below (no) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT o.no FROM below b "
      "JOIN organizations o ON o.parent_no = b.no) "
      "SELECT s.id, s.user_no, s.active_organization_no, s.expires_at, u.id FROM below b "
      "CROSS JOIN sessions s CROSS JOIN memberships m CROSS JOIN users u WHERE s.active_organization_no = b.no "
      "AND m.user_no = s.user_no AND m.organization_no = $1 AND u.no = s.user_no ORDER BY s.id",
      {organization.value, top.value}, [&](const sql::Row& row) {
        found.emplace_back(read_session(row), row.id<UserId>(4));
        return true;
      });
  return found;
}

std::optional<UserId> user_id(sql::Tx& tx, UserNo user) {
  return tx.first("SELECT id FROM users WHERE no = $1", {user.value},
                  [](const sql::Row& row) { return row.id<UserId>(0); });
}

void each(sql::Tx& tx, FunctionRef<void(const SessionRow&)> use) {
  tx.each("SELECT id, user_no, active_organization_no, expires_at FROM sessions", {}, [&](const sql::Row& row) {
    use(read_session(row));
    return true;
  });
}

std::vector<SessionId> expired(sql::Tx& tx, Timestamp now, std::int64_t limit) {
  std::vector<SessionId> found;
  tx.each("SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2", {now, limit},
          [&](const sql::Row& row) {
            found.push_back(row.id<SessionId>(0));
            return true;
          });
  return found;
}

OrganizationNo last_organization(sql::Tx& tx, UserNo user) {
  return {static_cast<std::uint32_t>(tx.integer("SELECT last_organization_no FROM users WHERE no = $1", {user.value}))};
}

void set_last_organization(sql::Tx& tx, UserNo user, OrganizationNo organization) {
  tx.execute("UPDATE users SET last_organization_no = $2 WHERE no = $1", {user.value, number_or_null(organization)});
}

void set_last_sign_in(sql::Tx& tx, UserNo user, Timestamp now) {
  tx.execute("UPDATE users SET last_sign_in_at = $2 WHERE no = $1", {user.value, now});
}

// The platform last: it is hidden, and nobody works in it who belongs elsewhere.
OrganizationNo first_membership(sql::Tx& tx, UserNo user, OrganizationNo without) {
  return {static_cast<std::uint32_t>(
      tx.integer("SELECT o.no FROM memberships m JOIN organizations o ON o.no = m.organization_no "
                 "WHERE m.user_no = $1 AND o.no <> $2 ORDER BY o.parent_no IS NULL, o.name_key LIMIT 1",
                 {user.value, without.value}))};
}

}  // namespace gatehouse::domain::session_store
