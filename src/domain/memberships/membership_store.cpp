#include "domain/memberships/membership_store.hpp"

#include "domain/memberships/stored_attributes.hpp"
#include "domain/scope_store.hpp"

namespace gatehouse::domain::membership_store {
namespace {

std::uint32_t number(const sql::Row& row, int column) { return static_cast<std::uint32_t>(row.integer(column)); }

}  // namespace

std::optional<UserId> user_id(sql::Tx& tx, UserNo user) {
  return tx.first("SELECT id FROM users WHERE no = $1", {user.value},
                  [](const sql::Row& row) { return row.id<UserId>(0); });
}

void insert(sql::Tx& tx, UserNo user, OrganizationNo organization, Timestamp now) {
  tx.post(
      "INSERT INTO memberships (user_no, organization_no, created_at) VALUES ($1, $2, $3) "
      "ON CONFLICT (user_no, organization_no) DO NOTHING",
      {user.value, organization.value, now});
}

void add_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role) {
  tx.post(
      "INSERT INTO grants (user_no, organization_no, role_no) VALUES ($1, $2, $3) "
      "ON CONFLICT (user_no, organization_no, role_no) DO NOTHING",
      {user.value, organization.value, role.value});
}

void remove_role(sql::Tx& tx, UserNo user, OrganizationNo organization, RoleNo role) {
  tx.post("DELETE FROM grants WHERE user_no = $1 AND organization_no = $2 AND role_no = $3",
          {user.value, organization.value, role.value});
}

void set_display_name(sql::Tx& tx, UserNo user, OrganizationNo organization, const std::string& display_name) {
  tx.post("UPDATE memberships SET display_name = $3 WHERE user_no = $1 AND organization_no = $2",
          {user.value, organization.value, display_name.empty() ? sql::Value(nullptr) : sql::Value(display_name)});
}

void set_attributes(sql::Tx& tx, UserNo user, OrganizationNo organization, const Attributes& attributes) {
  const auto json = stored_attributes::write(attributes);
  tx.post("UPDATE memberships SET attributes = $3 WHERE user_no = $1 AND organization_no = $2",
          {user.value, organization.value, json.empty() ? sql::Value(nullptr) : sql::Value(json)});
}

void erase(sql::Tx& tx, UserNo user, OrganizationNo organization) {
  tx.post("DELETE FROM grants WHERE user_no = $1 AND organization_no = $2", {user.value, organization.value});
  tx.post("DELETE FROM memberships WHERE user_no = $1 AND organization_no = $2", {user.value, organization.value});
}

std::vector<UserNo> holders(sql::Tx& tx, OrganizationNo organization) {
  std::vector<UserNo> users;
  tx.each(
      "SELECT user_no FROM memberships WHERE organization_no = $1 UNION SELECT user_no FROM grants WHERE "
      "organization_no = $1 "
      "ORDER BY user_no",
      {organization.value}, [&](const sql::Row& row) {
        users.push_back({number(row, 0)});
        return true;
      });
  return users;
}

std::vector<RoleNo> roles_granted_at(sql::Tx& tx, OrganizationNo organization) {
  std::vector<RoleNo> roles;
  // One index step a role, however many hold it.
  tx.each("SELECT no FROM roles WHERE EXISTS (SELECT 1 FROM grants WHERE organization_no = $1 AND role_no = roles.no)",
          {organization.value}, [&](const sql::Row& row) {
            roles.push_back({static_cast<std::uint32_t>(row.integer(0))});
            return true;
          });
  return roles;
}

bool has_other_holder(sql::Tx& tx, OrganizationNo organization, UserNo except, const std::vector<RoleNo>& roles) {
  std::vector<std::uint32_t> plain;
  plain.reserve(roles.size());
  for (const auto role : roles) plain.push_back(role.value);
  std::vector<sql::Value> values{organization.value, except.value};
  const auto sql =
      "SELECT 1 FROM grants g CROSS JOIN users u WHERE g.organization_no = $1 AND g.user_no <> $2 AND g.role_no IN (" +
      scope_store::number_list(values, plain) +
      ") AND u.no = g.user_no AND u.status <> 'inactive' AND ((u.status = 'active' AND u.password_hash IS NOT NULL) OR "
      "NOT EXISTS (SELECT 1 FROM users e WHERE e.no = $2 AND e.status = 'active' AND e.password_hash IS NOT NULL)) "
      "LIMIT 1";
  bool found = false;
  tx.each(sql, sql::Values(values), [&](const sql::Row&) {
    found = true;
    return false;
  });
  return found;
}

std::vector<UserNo> by_email(sql::Tx& tx, OrganizationNo organization) {
  std::vector<UserNo> users;
  tx.each(
      "SELECT m.user_no FROM memberships m CROSS JOIN users u WHERE m.organization_no = $1 AND u.no = m.user_no "
      "ORDER BY u.email_key",
      {organization.value}, [&](const sql::Row& row) {
        users.push_back({number(row, 0)});
        return true;
      });
  return users;
}

void each_address(sql::Tx& tx, std::span<const UserNo> users,
                  FunctionRef<void(UserNo, const UserId&, std::string_view)> use) {
  std::vector<std::uint32_t> plain;
  plain.reserve(users.size());
  for (const auto user : users) plain.push_back(user.value);
  std::vector<sql::Value> values;
  const auto sql = "SELECT no, id, email FROM users WHERE no IN (" + scope_store::number_list(values, plain) + ")";
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    use({number(row, 0)}, row.id<UserId>(1), row.text(2));
    return true;
  });
}

void load(sql::Tx& tx, access::Graph& graph) {
  UserNo user;
  OrganizationNo organization;
  bool member = false;
  std::vector<RoleNo> roles;
  const auto flush = [&] {
    if (user) graph.load_holding(user, organization, member, roles.data(), roles.size());
  };
  // Both tables are clustered in this order, so that the engine merges two scans. A membership comes as role 0,
  // before or after the roles: ordering by that too would cost a sort of every group.
  tx.each(
      "SELECT user_no, organization_no, 0 AS role_no FROM memberships UNION ALL "
      "SELECT user_no, organization_no, role_no FROM grants ORDER BY 1, 2",
      {}, [&](const sql::Row& row) {
        const UserNo next_user{number(row, 0)};
        const OrganizationNo next_organization{number(row, 1)};
        if (next_user != user || next_organization != organization) {
          flush();
          user = next_user;
          organization = next_organization;
          member = false;
          roles.clear();
        }
        if (const auto role = number(row, 2); role == 0) {
          member = true;
        } else {
          roles.push_back({role});
        }
        return true;
      });
  flush();
}

}  // namespace gatehouse::domain::membership_store
