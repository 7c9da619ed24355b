// The roles that every deployment starts with (CONTRACTS.md section 1), and how definitions of roles are read.
// Refuses to know what a role means: that is its permissions' business.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/permissions.hpp"

namespace gatehouse::domain {

// A role as the catalogue or the operator's configuration writes it.
struct RoleDefinition {
  std::string name{};
  std::string category{};
  std::int32_t weight = 0;
  std::string description{};
  std::vector<std::string> permissions{};  // "*": every permission there is
  std::vector<std::string> implies{};      // names of roles whose permissions it contains
};

// Stands for every permission, those registered later included.
inline constexpr std::string_view kEveryPermission = "*";

const std::vector<RoleDefinition>& start_catalogue();
// For people; empty for categories of the operator's own.
std::string_view category_description(std::string_view category);

// Makes the permissions that the catalogue and `extra` name known. Before the graph is built: it is fixed afterwards.
Result<void> register_permissions(access::Permissions& permissions, std::span<const RoleDefinition> extra);

}  // namespace gatehouse::domain
