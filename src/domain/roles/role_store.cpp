#include "domain/roles/role_store.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace gatehouse::domain::role_store {
namespace {

Role read_role(const sql::Row& row) {
  Role role;
  role.no = {static_cast<std::uint32_t>(row.integer(0))};
  role.id = row.id<RoleId>(1);
  role.name = row.text(2);
  role.category = row.text(3);
  role.weight = static_cast<std::int32_t>(row.integer(4));
  role.description = row.text(5);
  role.built_in = row.boolean(6);
  return role;
}

const Row* find(const std::vector<Row>& rows, RoleNo no) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), no,
                                      [](const Row& row, RoleNo wanted) { return row.role.no < wanted; });
  return found != rows.end() && found->role.no == no ? &*found : nullptr;
}

}  // namespace

std::vector<Row> all(sql::Tx& tx) {
  std::vector<Row> rows;
  tx.each("SELECT no, id, name, category, weight, description, built_in FROM roles ORDER BY no", {},
          [&](const sql::Row& row) {
            rows.push_back({read_role(row), {}, {}});
            return true;
          });
  const auto at = [&](const sql::Row& row) {
    return const_cast<Row*>(find(rows, {static_cast<std::uint32_t>(row.integer(0))}));
  };
  tx.each("SELECT role_no, permission FROM role_permissions ORDER BY role_no, permission", {},
          [&](const sql::Row& row) {
            if (auto* role = at(row)) role->own.emplace_back(row.text(1));
            return true;
          });
  tx.each("SELECT role_no, implied_no FROM role_implications ORDER BY role_no, implied_no", {},
          [&](const sql::Row& row) {
            if (auto* role = at(row)) role->implied.push_back({static_cast<std::uint32_t>(row.integer(1))});
            return true;
          });
  return rows;
}

void put(sql::Tx& tx, const Role& role) {
  const std::string key = text::name_key(role.name);
  tx.execute(
      "INSERT INTO roles (no, id, name, name_key, category, weight, description, built_in) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (no) DO UPDATE SET name = excluded.name, "
      "name_key = excluded.name_key, category = excluded.category, weight = excluded.weight, "
      "description = excluded.description, built_in = excluded.built_in",
      {role.no.value, role.id, role.name, key, role.category, role.weight, role.description, role.built_in});
}

void put_contents(sql::Tx& tx, const Row& row) {
  tx.execute("DELETE FROM role_permissions WHERE role_no = $1", {row.role.no.value});
  tx.execute("DELETE FROM role_implications WHERE role_no = $1", {row.role.no.value});
  for (const auto& permission : row.own) {
    tx.execute("INSERT INTO role_permissions (role_no, permission) VALUES ($1, $2)", {row.role.no.value, permission});
  }
  for (const auto implied : row.implied) {
    tx.execute("INSERT INTO role_implications (role_no, implied_no) VALUES ($1, $2)",
               {row.role.no.value, implied.value});
  }
}

std::vector<std::string> closed(const std::vector<Row>& rows, RoleNo role, const access::Permissions& permissions) {
  std::set<std::string> names;
  std::set<RoleNo> seen{role};
  std::vector<RoleNo> waiting{role};
  while (!waiting.empty()) {
    const Row* row = find(rows, waiting.back());
    waiting.pop_back();
    if (row == nullptr) continue;
    for (const auto& permission : row->own) {
      if (permission != kEveryPermission) {
        names.insert(permission);
        continue;
      }
      for (std::size_t i = 0; i < permissions.size(); ++i) names.emplace(permissions.name(access::PermissionNo(i)));
    }
    for (const auto implied : row->implied) {
      if (seen.insert(implied).second) waiting.push_back(implied);
    }
  }
  return {names.begin(), names.end()};
}

access::RoleFact fact(const std::vector<Row>& rows, const Row& row, const access::Permissions& permissions) {
  return {row.role.no, row.role.id, row.role.name, row.role.weight, closed(rows, row.role.no, permissions)};
}

void load(sql::Tx& tx, access::Graph& graph) {
  const auto rows = all(tx);
  for (const auto& row : rows) graph.load(fact(rows, row, graph.permissions()));
}

}  // namespace gatehouse::domain::role_store
