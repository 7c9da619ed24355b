// What the log says of memberships.
#pragma once

#include <string>
#include <vector>

#include "domain/memberships/memberships.hpp"

namespace gatehouse::domain::membership_log {

// The names of its roles and what was set on it.
std::string described(const access::View& view, const std::vector<RoleNo>& roles, const MembershipPatch& set = {});
// Whose it is. Asks the store, but for whoever acts himself.
UserId user_id(Unit& unit, UserNo user);

}  // namespace gatehouse::domain::membership_log
