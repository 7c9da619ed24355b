// A user as this surface shows it, with everything that hangs on it. A password is never among it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/identity_manager/wire.hpp"
#include "domain/directory/directory.hpp"
#include "domain/roles/roles.hpp"

namespace gatehouse::api::identity_manager {

struct Role {
  RoleId role_id;
  std::string name;
  std::string description;
};
void describe(http::Fields<Role>& f);

struct Company {
  OrganizationId company_id;
  std::string name;
  std::optional<std::string> identification_number;  // organizations have none
  bool active = true;
};
void describe(http::Fields<Company>& f);

struct Provider {
  domain::ProviderId provider_id;
  std::string name;
  std::optional<std::string> identification_number;
  bool active = true;
};
void describe(http::Fields<Provider>& f);

struct User {
  UserId user_id;
  std::string user_name;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string email;
  std::optional<std::string> phone;
  std::optional<domain::IdentificationTypeId> identification_type_id;
  std::optional<std::string> identification_number;
  std::string status;
  std::vector<Role> roles;
  std::vector<Company> companies;
  std::vector<Provider> providers;
  Timestamp created_at;
  Timestamp updated_at;
};
void describe(http::Fields<User>& f);

// The two states that this surface knows. Who was invited and has not answered yet is active.
inline constexpr std::string_view kActive = "Active";
inline constexpr std::string_view kInactive = "Inactive";
std::string_view status_of(const domain::User& user);

Role wire(const domain::Role& role);
Company wire(domain::Affiliation affiliation);
Provider wire(domain::Provider provider);
// Those of the catalogue that have one of the numbers, in its order.
std::vector<Role> roles_of(const std::vector<domain::Role>& catalogue, const std::vector<RoleNo>& numbers);
User wire(domain::Person person, const std::vector<domain::Role>& catalogue);

}  // namespace gatehouse::api::identity_manager
