#include "domain/roles/role_edit.hpp"

#include <algorithm>

namespace gatehouse::domain {
namespace {

bool contains(const std::vector<RoleNo>& roles, RoleNo role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

void put(std::vector<RoleNo>& roles, RoleNo role) {
  if (!contains(roles, role)) roles.push_back(role);
}

}  // namespace

Result<std::vector<RoleNo>> role_numbers(const access::View& view, const std::vector<std::string>& names) {
  std::vector<RoleNo> numbers;
  for (const auto& name : names) {
    const auto no = view.find_role(name);
    if (!no) return invalid("role.unknown", "There is no such role.");
    put(numbers, no);
  }
  return numbers;
}

std::vector<std::string> role_names(const access::View& view, const std::vector<RoleNo>& roles) {
  std::vector<std::string> names;
  names.reserve(roles.size());
  for (const auto no : roles) {
    if (const auto* role = view.role(no)) names.push_back(role->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<RoleChange> resolve(const access::View& view, const RoleEdit& edit, const std::vector<RoleNo>& held) {
  if (edit.add.empty() && edit.remove.empty()) {
    return invalid_field("role.edit_invalid", "add", "name at least one role to add or to remove");
  }
  if (edit.add.size() > kMaxEditedRoles) return invalid_field("role.edit_invalid", "add", "must be at most 100 roles");
  if (edit.remove.size() > kMaxEditedRoles) {
    return invalid_field("role.edit_invalid", "remove", "must be at most 100 roles");
  }
  const auto add = TRY(role_numbers(view, edit.add));
  const auto remove = TRY(role_numbers(view, edit.remove));
  RoleChange change;
  change.named = add;
  for (const auto role : remove) {
    if (contains(add, role)) return invalid_field("role.edit_invalid", "remove", "names a role that is added as well");
    put(change.named, role);
    if (contains(held, role)) change.removed.push_back(role);
  }
  for (const auto role : held) {
    if (!contains(change.removed, role)) change.after.push_back(role);
  }
  for (const auto role : add) {
    if (contains(held, role)) continue;
    change.added.push_back(role);
    change.after.push_back(role);
  }
  std::sort(change.after.begin(), change.after.end());
  return change;
}

}  // namespace gatehouse::domain
