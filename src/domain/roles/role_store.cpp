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

// One way to the store for what three tables say: whoever shows people asks for it each time.
std::vector<Row> all(sql::Tx& tx) {
  std::vector<Row> rows;
  std::vector<std::pair<RoleNo, std::string>> own;
  std::vector<std::pair<RoleNo, RoleNo>> implied;
  const auto number = [](const sql::Row& row, int column) {
    return RoleNo{static_cast<std::uint32_t>(row.integer(column))};
  };
  tx.each(
      "SELECT no, id, name, category, weight, description, built_in, 0 AS part FROM roles UNION ALL "
      "SELECT role_no, NULL, permission, NULL, NULL, NULL, NULL, 1 FROM role_permissions UNION ALL "
      "SELECT role_no, NULL, NULL, NULL, implied_no, NULL, NULL, 2 FROM role_implications",
      {}, [&](const sql::Row& row) {
        switch (row.integer(7)) {
          case 0: rows.push_back({read_role(row), {}, {}}); break;
          case 1: own.emplace_back(number(row, 0), row.text(2)); break;
          default: implied.emplace_back(number(row, 0), number(row, 4));
        }
        return true;
      });
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.role.no < b.role.no; });
  std::sort(own.begin(), own.end());
  std::sort(implied.begin(), implied.end());
  for (auto& [role, permission] : own) {
    if (auto* row = const_cast<Row*>(find(rows, role))) row->own.push_back(std::move(permission));
  }
  for (const auto& [role, other] : implied) {
    if (auto* row = const_cast<Row*>(find(rows, role))) row->implied.push_back(other);
  }
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
