// The SQL of the directory: who is in a list, and what hangs on the people of one page. Belongs to no noun: it reads, it
// changes nothing.
#pragma once

#include <span>
#include <unordered_map>

#include "domain/directory/directory.hpp"
#include "domain/users/user_roll.hpp"

namespace gatehouse::domain::directory_store {

// What bounds a list besides its filter.
struct Bounds {
  // Members of these organizations, and those invited into one of them. Precondition: scope_store::fits.
  std::optional<access::Scope> within{};
  std::optional<OrganizationNo> organization{};  // of filter.organization
  std::optional<RoleNo> platform_role{};         // of filter.platform_role, held at `platform`
  OrganizationNo platform;
  std::int64_t user_count = 0;    // of all accounts
  std::int64_t member_count = 0;  // of `organization`
  Timestamp now;
};

// Numbers in the order of the list. Precondition: nothing was read in the transaction before, see UserRoll.
Page<UserNo> list(sql::Tx& tx, const PersonFilter& filter, const Bounds& bounds, const Paging& paging, UserRoll& roll);

// Memberships, and what a new account is offered by invitations that are open, by name; without the platform. Roles are
// those of offers only.
std::unordered_map<UserNo, std::vector<Affiliation>> affiliations(sql::Tx& tx, std::span<const UserNo> users,
                                                                  Timestamp now);
// Where new accounts would sign in once they accept what they are offered there; oldest first.
struct OfferedProvider {
  UserNo user;
  OrganizationNo organization;
  IdentityProviderId provider;
};
std::vector<OfferedProvider> offered_providers(sql::Tx& tx, std::span<const UserNo> users, Timestamp now);
Page<Affiliation> organizations_of(sql::Tx& tx, UserNo user, const Paging& paging);
Page<Affiliation> all_organizations(sql::Tx& tx, const Paging& paging, std::int64_t total);

}  // namespace gatehouse::domain::directory_store
