// Making somebody a member of many organizations, for who knows the account: it asks the store nothing.
#pragma once

#include <span>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain::membership_making {

// As Memberships::put into each, once. `id`: of `user`.
void put(Unit& unit, UserNo user, const UserId& id, std::span<const OrganizationNo> organizations,
         const std::vector<RoleNo>& roles);

}  // namespace gatehouse::domain::membership_making
