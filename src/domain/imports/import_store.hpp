// The SQL of imports: rows of the tree, accounts and memberships by the thousand, and how far a file has come. It writes
// the nouns' tables itself, because a change of its own for every row is what an import cannot afford; the rules are in
// import_work.hpp, and the log and the graph hear of every batch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "domain/imports/import_rows.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain::import_store {

struct StoredOrganization {
  OrganizationNo no;
  OrganizationId id;
  OrganizationNo parent;  // 0: the platform itself
  std::string name;
  std::string description;
  std::string external_key;  // empty: none
};
std::optional<StoredOrganization> organization_by_key(sql::Tx& tx, std::string_view external_key);
std::optional<StoredOrganization> organization_by_id(sql::Tx& tx, const OrganizationId& id);
bool organization_name_taken(sql::Tx& tx, std::string_view name_key, OrganizationNo except);
void insert(sql::Tx& tx, const StoredOrganization& organization, std::string_view name_key, Timestamp now);
void update(sql::Tx& tx, const StoredOrganization& organization, std::string_view name_key, Timestamp now);
// Itself and everything above it, nearest first, the platform last.
std::vector<OrganizationNo> path_up(sql::Tx& tx, OrganizationNo no);
// Levels below it, 0 when it has no children.
int height(sql::Tx& tx, OrganizationNo no);

struct StoredUser {
  UserNo no;
  UserId id;
  std::string user_name;
  std::string email;
  std::string display_name;
  UserStatus status = UserStatus::kNew;
  std::string external_key;   // empty: none
  std::string password_hash;  // empty: none
  bool elsewhere = false;     // signs in at an identity provider
};
std::optional<StoredUser> user_by_key(sql::Tx& tx, std::string_view external_key);
std::optional<StoredUser> user_by_id(sql::Tx& tx, const UserId& id);
void insert(sql::Tx& tx, const StoredUser& user, const SignInKeys& keys, Timestamp now);
// `keys`: where name or address have changed; else those that are stored stay.
void update(sql::Tx& tx, const StoredUser& user, const std::optional<SignInKeys>& keys, bool new_password,
            Timestamp now);

// The numbers of keys; 0 when unknown.
OrganizationNo organization_no(sql::Tx& tx, std::string_view external_key);
OrganizationNo organization_no(sql::Tx& tx, const OrganizationId& id);
UserNo user_no(sql::Tx& tx, std::string_view external_key);
UserNo user_no(sql::Tx& tx, const UserId& id);

struct StoredMembership {
  std::string display_name;  // empty: the account's
  Attributes attributes;
};
// False, and nothing done, when there is one.
bool insert(sql::Tx& tx, UserNo user, OrganizationNo organization, const StoredMembership& membership, Timestamp now);
std::optional<StoredMembership> membership(sql::Tx& tx, UserNo user, OrganizationNo organization);
void update(sql::Tx& tx, UserNo user, OrganizationNo organization, const StoredMembership& membership);
std::vector<RoleNo> roles(sql::Tx& tx, UserNo user, OrganizationNo organization);  // sorted
void add_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role);
void remove_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role);

struct Progress {
  Uuid id;
  std::string fingerprint;
  ImportPosition position;
  ImportCounts counts;
};
std::optional<Progress> progress(sql::Tx& tx, const std::string& path);
void save(sql::Tx& tx, const std::string& path, const Progress& progress);
void add_counts(sql::Tx& tx, const std::string& path, const ImportCounts& more);
// With the rows that it held back.
void forget(sql::Tx& tx, const std::string& path);

void hold_back(sql::Tx& tx, const std::string& path, std::int64_t line, const OrganizationRow& row);
void release(sql::Tx& tx, const std::string& path, std::int64_t line);
std::vector<ImportRow> held_back(sql::Tx& tx, const std::string& path, std::int64_t after_line, std::int64_t limit);

}  // namespace gatehouse::domain::import_store
