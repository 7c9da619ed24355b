// What is sent to create, change and find users, and what the described types alone cannot refuse of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/identity_manager/wire.hpp"
#include "domain/directory/directory.hpp"

namespace gatehouse::api::identity_manager {

struct CreateUser {
  std::string user_name;
  std::string password;
  std::string first_name;
  std::string last_name;
  std::string email;
  std::optional<std::string> phone;
  domain::IdentificationTypeId identification_type_id;
  std::string identification_number;
  std::vector<RoleId> role_ids;
  std::vector<OrganizationId> company_ids;
  std::vector<domain::ProviderId> provider_ids;
};
void describe(http::Fields<CreateUser>& f);
// Errors: request.invalid with every blank member, and every id that is given twice.
Result<void> check(const CreateUser& in);

struct UpdateUser {
  UserId user_id;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<domain::IdentificationTypeId> identification_type_id;
  std::optional<std::string> identification_number;
};
void describe(http::Fields<UpdateUser>& f);
// Errors: request.invalid with every blank member.
Result<void> check(const UpdateUser& in);
domain::UserPatch patch_of(UpdateUser in);

struct ListUsers {
  std::optional<UserId> user_id;
  std::optional<std::string> user_name;
  std::optional<std::string> email;
  std::optional<std::string> identification_number;
  std::optional<RoleId> role_id;
  std::optional<OrganizationId> company_id;
  std::optional<domain::ProviderId> provider_id;
  std::optional<std::string> status;
  std::int64_t page = 1;
  std::int64_t page_size = 100;
};
void describe(http::Fields<ListUsers>& f);
domain::PersonFilter filter_of(ListUsers in);

}  // namespace gatehouse::api::identity_manager
