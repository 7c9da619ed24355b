// The SQL of sessions and refresh tokens, and the users' and memberships' columns that a new session is chosen by.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/types.hpp"
#include "sql/database.hpp"

namespace gatehouse::domain::session_store {

struct SessionRow {
  SessionId id;
  UserNo user;
  OrganizationNo active;
  Timestamp expires_at;
};
struct RefreshRow {
  SessionRow session;
  UserId user;
  Timestamp expires_at;
  std::optional<Timestamp> used_at;
  std::optional<std::string> successor;
};

void insert(sql::Tx& tx, const SessionRow& row, std::string_view source, Timestamp now);
void insert_refresh_token(sql::Tx& tx, std::string_view digest, const SessionId& session, Timestamp now,
                          Timestamp expires_at);
std::optional<RefreshRow> find_refresh_token(sql::Tx& tx, std::string_view digest);
bool refresh_token_is_unused(sql::Tx& tx, std::string_view digest);
void use_refresh_token(sql::Tx& tx, std::string_view digest, std::string_view successor, Timestamp now);
void replace_successor(sql::Tx& tx, std::string_view digest, std::string_view successor);
// Whoever presents it from now on reuses it.
void void_refresh_token(sql::Tx& tx, std::string_view digest, Timestamp now);

// Keeps the `keep` used last.
void forget_used(sql::Tx& tx, const SessionId& session, std::int64_t keep);

// Whether there was one.
bool remove(sql::Tx& tx, const SessionId& id);
bool set_active(sql::Tx& tx, const SessionId& id, OrganizationNo organization);
std::vector<SessionRow> of_user(sql::Tx& tx, UserNo user);
// Of the organization's members, those active in `top` or below it.
std::vector<std::pair<SessionRow, UserId>> of_members_within(sql::Tx& tx, OrganizationNo organization,
                                                             OrganizationNo top);
// Of the members only: finding others would mean reading every session.
std::vector<SessionRow> of_members_active_at(sql::Tx& tx, OrganizationNo organization);
std::optional<UserId> user_id(sql::Tx& tx, UserNo user);
void each(sql::Tx& tx, FunctionRef<void(const SessionRow&)> use);
std::vector<SessionId> expired(sql::Tx& tx, Timestamp now, std::int64_t limit);

OrganizationNo last_organization(sql::Tx& tx, UserNo user);
void set_last_organization(sql::Tx& tx, UserNo user, OrganizationNo organization);
void set_last_sign_in(sql::Tx& tx, UserNo user, Timestamp now);
OrganizationNo first_membership(sql::Tx& tx, UserNo user, OrganizationNo without);

}  // namespace gatehouse::domain::session_store
