#include "domain/imports/import_store.hpp"

#include "domain/memberships/stored_attributes.hpp"

namespace gatehouse::domain::import_store {
namespace {

sql::Value null_if_empty(const std::string& text) { return text.empty() ? sql::Value(nullptr) : sql::Value(text); }

OrganizationNo organization_number(const sql::Row& row, int column) {
  return {static_cast<std::uint32_t>(row.integer(column))};
}
UserNo user_number(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }

StoredOrganization read_organization(const sql::Row& row) {
  return {organization_number(row, 0), row.id<OrganizationId>(1), organization_number(row, 2),
          std::string(row.text(3)),    std::string(row.text(4)),  std::string(row.text(5))};
}

StoredUser read_user(const sql::Row& row) {
  return {user_number(row, 0),      row.id<UserId>(1),
          std::string(row.text(2)), std::string(row.text(3)),
          std::string(row.text(4)), parse_user_status(row.text(5)).value_or(UserStatus::kInactive),
          std::string(row.text(6)), std::string(row.text(7)),
          !row.is_null(8)};
}

std::optional<std::string> maybe_text(const sql::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(std::string(row.text(column)));
}

}  // namespace

std::optional<StoredOrganization> organization_by_key(sql::Tx& tx, std::string_view external_key) {
  return tx.first(
      "SELECT no, id, parent_no, name, description, external_key FROM organizations WHERE external_key = $1",
      {external_key}, read_organization);
}

std::optional<StoredOrganization> organization_by_id(sql::Tx& tx, const OrganizationId& id) {
  return tx.first("SELECT no, id, parent_no, name, description, external_key FROM organizations WHERE id = $1", {id},
                  read_organization);
}

bool organization_name_taken(sql::Tx& tx, std::string_view name_key, OrganizationNo except) {
  return tx.exists("SELECT 1 FROM organizations WHERE name_key = $1 AND no <> $2", {name_key, except.value});
}

void insert(sql::Tx& tx, const StoredOrganization& organization, std::string_view name_key, Timestamp now) {
  tx.execute(
      "INSERT INTO organizations (no, id, parent_no, name, name_key, description, external_key, version, created_at, "
      "updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)",
      {organization.no.value, organization.id, organization.parent.value, organization.name, name_key,
       organization.description, null_if_empty(organization.external_key), now});
}

void update(sql::Tx& tx, const StoredOrganization& organization, std::string_view name_key, Timestamp now) {
  tx.execute(
      "UPDATE organizations SET parent_no = $2, name = $3, name_key = $4, description = $5, external_key = $6, "
      "version = version + 1, updated_at = $7 WHERE no = $1",
      {organization.no.value, organization.parent.value, organization.name, name_key, organization.description,
       null_if_empty(organization.external_key), now});
}

std::vector<OrganizationNo> path_up(sql::Tx& tx, OrganizationNo no) {
  std::vector<OrganizationNo> path;
  tx.each(
      "WITH RECURSIVE up(no, parent_no) AS (SELECT no, parent_no FROM organizations WHERE no = $1 UNION ALL "
      "SELECT o.no, o.parent_no FROM up u CROSS JOIN organizations o WHERE o.no = u.parent_no) SELECT no FROM up",
      {no.value}, [&](const sql::Row& row) {
        path.push_back(organization_number(row, 0));
        return true;
      });
  return path;
}

int height(sql::Tx& tx, OrganizationNo no) {
  return static_cast<int>(
      tx.integer("WITH RECURSIVE down(no, level) AS (SELECT no, 0 FROM organizations WHERE no = $1 UNION ALL "
                 "SELECT o.no, d.level + 1 FROM down d CROSS JOIN organizations o WHERE o.parent_no = d.no) "
                 "SELECT MAX(level) FROM down",
                 {no.value}));
}

constexpr std::string_view kUser =
    "SELECT no, id, user_name, email, display_name, status, external_key, password_hash, identity_provider_id "
    "FROM users WHERE ";

std::optional<StoredUser> user_by_key(sql::Tx& tx, std::string_view external_key) {
  return tx.first(std::string(kUser) + "external_key = $1", {external_key}, read_user);
}

std::optional<StoredUser> user_by_id(sql::Tx& tx, const UserId& id) {
  return tx.first(std::string(kUser) + "id = $1", {id}, read_user);
}

void insert(sql::Tx& tx, const StoredUser& user, const SignInKeys& keys, Timestamp now) {
  tx.execute(
      "INSERT INTO users (no, id, user_name, user_name_key, email, email_key, display_name, status, password_hash, "
      "password_changed_at, external_key, version, created_at, updated_at, user_name_skeleton, "
      "user_name_sight) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12, $13, $14)",
      {user.no.value, user.id, user.user_name, keys.user_name, user.email, keys.email, user.display_name,
       name(user.status), null_if_empty(user.password_hash),
       user.password_hash.empty() ? sql::Value(nullptr) : sql::Value(now), null_if_empty(user.external_key), now,
       keys.skeleton, keys.sight});
}

void update(sql::Tx& tx, const StoredUser& user, const std::optional<SignInKeys>& keys, bool new_password,
            Timestamp now) {
  tx.execute(
      "UPDATE users SET user_name = $2, email = $3, display_name = $4, status = $5, external_key = $6, "
      "version = version + 1, updated_at = $7 WHERE no = $1",
      {user.no.value, user.user_name, user.email, user.display_name, name(user.status),
       null_if_empty(user.external_key), now});
  if (keys) {
    tx.execute(
        "UPDATE users SET user_name_key = $2, email_key = $3, user_name_skeleton = $4, user_name_sight = $5, "
        "email_proven = CASE WHEN email_key = $3 THEN email_proven ELSE 1 END WHERE no = $1",
        {user.no.value, keys->user_name, keys->email, keys->skeleton, keys->sight});
  }
  if (new_password) {
    tx.execute("UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE no = $1",
               {user.no.value, user.password_hash, now});
  }
}

OrganizationNo organization_no(sql::Tx& tx, std::string_view external_key) {
  return {
      static_cast<std::uint32_t>(tx.integer("SELECT no FROM organizations WHERE external_key = $1", {external_key}))};
}
OrganizationNo organization_no(sql::Tx& tx, const OrganizationId& id) {
  return {static_cast<std::uint32_t>(tx.integer("SELECT no FROM organizations WHERE id = $1", {id}))};
}
UserNo user_no(sql::Tx& tx, std::string_view external_key) {
  return {static_cast<std::uint32_t>(tx.integer("SELECT no FROM users WHERE external_key = $1", {external_key}))};
}
UserNo user_no(sql::Tx& tx, const UserId& id) {
  return {static_cast<std::uint32_t>(tx.integer("SELECT no FROM users WHERE id = $1", {id}))};
}

bool insert(sql::Tx& tx, UserNo user, OrganizationNo organization, const StoredMembership& membership, Timestamp now) {
  const auto attributes = stored_attributes::write(membership.attributes);
  return tx.execute(
             "INSERT INTO memberships (user_no, organization_no, display_name, attributes, created_at) "
             "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_no, organization_no) DO NOTHING",
             {user.value, organization.value, null_if_empty(membership.display_name), null_if_empty(attributes),
              now}) == 1;
}

std::optional<StoredMembership> membership(sql::Tx& tx, UserNo user, OrganizationNo organization) {
  return tx.first("SELECT display_name, attributes FROM memberships WHERE user_no = $1 AND organization_no = $2",
                  {user.value, organization.value}, [](const sql::Row& row) {
                    return StoredMembership{std::string(row.text(0)), stored_attributes::read(row.text(1))};
                  });
}

void update(sql::Tx& tx, UserNo user, OrganizationNo organization, const StoredMembership& membership) {
  const auto attributes = stored_attributes::write(membership.attributes);
  tx.execute("UPDATE memberships SET display_name = $3, attributes = $4 WHERE user_no = $1 AND organization_no = $2",
             {user.value, organization.value, null_if_empty(membership.display_name), null_if_empty(attributes)});
}

std::vector<RoleNo> roles(sql::Tx& tx, UserNo user, OrganizationNo organization) {
  std::vector<RoleNo> found;
  tx.each("SELECT role_no FROM grants WHERE user_no = $1 AND organization_no = $2 ORDER BY role_no",
          {user.value, organization.value}, [&](const sql::Row& row) {
            found.push_back({static_cast<std::uint32_t>(row.integer(0))});
            return true;
          });
  return found;
}

void add_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role) {
  tx.execute("INSERT INTO grants (user_no, organization_no, role_no) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
             {user.value, organization.value, role.value});
}

void remove_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role) {
  tx.execute("DELETE FROM grants WHERE user_no = $1 AND organization_no = $2 AND role_no = $3",
             {user.value, organization.value, role.value});
}

std::optional<Progress> progress(sql::Tx& tx, const std::string& path) {
  return tx.first(
      "SELECT id, fingerprint, position, line, done, created, updated, unchanged, bad FROM imports WHERE path = $1",
      {path}, [](const sql::Row& row) {
        return Progress{Uuid::from_bytes(row.bytes(0)),
                        std::string(row.text(1)),
                        {row.integer(2), row.integer(3), row.boolean(4)},
                        {row.integer(5), row.integer(6), row.integer(7), row.integer(8)}};
      });
}

void save(sql::Tx& tx, const std::string& path, const Progress& progress) {
  const auto& [offset, line, done] = progress.position;
  const auto& counts = progress.counts;
  tx.execute(
      "INSERT INTO imports (path, id, fingerprint, position, line, done, created, updated, unchanged, bad) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (path) DO UPDATE SET id = $2, fingerprint = $3, "
      "position = $4, line = $5, done = $6, created = $7, updated = $8, unchanged = $9, bad = $10",
      {path, progress.id, progress.fingerprint, offset, line, done, counts.created, counts.updated, counts.unchanged,
       counts.bad});
}

void add_counts(sql::Tx& tx, const std::string& path, const ImportCounts& more) {
  tx.execute(
      "UPDATE imports SET created = created + $2, updated = updated + $3, unchanged = unchanged + $4, bad = bad + $5 "
      "WHERE path = $1",
      {path, more.created, more.updated, more.unchanged, more.bad});
}

void forget(sql::Tx& tx, const std::string& path) {
  tx.execute("DELETE FROM import_held_back WHERE path = $1", {path});
  tx.execute("DELETE FROM imports WHERE path = $1", {path});
}

void hold_back(sql::Tx& tx, const std::string& path, std::int64_t line, const OrganizationRow& row) {
  tx.execute(
      "INSERT INTO import_held_back (path, line, external_key, id, parent_key, name, description) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {path, line, row.external_key, row.id, row.parent_key, row.name, row.description});
}

void release(sql::Tx& tx, const std::string& path, std::int64_t line) {
  tx.execute("DELETE FROM import_held_back WHERE path = $1 AND line = $2", {path, line});
}

std::vector<ImportRow> held_back(sql::Tx& tx, const std::string& path, std::int64_t after_line, std::int64_t limit) {
  std::vector<ImportRow> rows;
  tx.each(
      "SELECT line, external_key, id, parent_key, name, description FROM import_held_back "
      "WHERE path = $1 AND line > $2 ORDER BY line LIMIT $3",
      {path, after_line, limit}, [&](const sql::Row& row) {
        OrganizationRow content;
        content.external_key = row.text(1);
        if (!row.is_null(2)) content.id = row.id<OrganizationId>(2);
        content.parent_key = maybe_text(row, 3);
        content.name = maybe_text(row, 4);
        content.description = maybe_text(row, 5);
        rows.push_back({row.integer(0), std::move(content)});
        return true;
      });
  return rows;
}

}  // namespace gatehouse::domain::import_store
