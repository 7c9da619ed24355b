// Making somebody a member, for who knows the account and makes many: it asks the store nothing.
#pragma once

#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain::membership_making {

// As Memberships::put. `id`: of `user`.
void put(Unit& unit, UserNo user, const UserId& id, OrganizationNo organization, const std::vector<RoleNo>& roles);

}  // namespace gatehouse::domain::membership_making
