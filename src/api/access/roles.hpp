// Roles as this surface shows them: by category (A5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/roles/roles.hpp"
#include "http/schema.hpp"

namespace gatehouse::api::access_api {

struct RoleView {
  std::string name;
  std::string description;
  std::optional<bool> assigned;  // of a connection's roles only
};
struct RoleCategory {
  std::string description;
  std::vector<RoleView> roles;
};
void describe(http::Fields<RoleView>& f);
void describe(http::Fields<RoleCategory>& f);

using RolesByCategory = std::map<std::string, RoleCategory>;

// Categories without a role are left out.
RolesByCategory by_category(const std::vector<domain::Role>& roles);
RolesByCategory by_category(const std::vector<domain::Role>& roles, const std::vector<RoleNo>& assigned);

}  // namespace gatehouse::api::access_api
