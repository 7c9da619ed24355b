// Roles to add and to take away, by name, as one edit of a member or of a connection. Refuses names nobody knows, a name
// on both sides, and an edit of nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "access/policy.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxEditedRoles = 100;  // of each side

struct RoleEdit {
  std::vector<std::string> add{};
  std::vector<std::string> remove{};
};

// The same as numbers; against what is held, only what changes.
struct RoleChange {
  std::vector<RoleNo> named;  // every role of the edit: what the ceiling is asked about
  std::vector<RoleNo> added;
  std::vector<RoleNo> removed;
  std::vector<RoleNo> after;  // held afterwards
};

// Errors: role.edit_invalid with fields, role.unknown.
Result<RoleChange> resolve(const access::View& view, const RoleEdit& edit, const std::vector<RoleNo>& held);
// Errors: role.unknown.
Result<std::vector<RoleNo>> role_numbers(const access::View& view, const std::vector<std::string>& names);
// Sorted by name, for answers.
std::vector<std::string> role_names(const access::View& view, const std::vector<RoleNo>& roles);

}  // namespace gatehouse::domain
