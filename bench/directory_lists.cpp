#include "directory_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::bench {

DirectoryList list_of_identity_manager(std::string name, const std::string& filter, std::int64_t total) {
  return {"api/User, " + std::move(name), "/api/User?pageSize=100" + filter, total,
          static_cast<std::size_t>(std::min<std::int64_t>(100, total))};
}
DirectoryList list_of_partner(std::string name, const std::string& filter, std::int64_t total) {
  return {"partner/v1/users, " + std::move(name), "/partner/v1/users?take=100" + filter, total,
          static_cast<std::size_t>(std::min<std::int64_t>(100, total))};
}

std::vector<DirectoryList> directory_lists(const People& people) {
  const std::int64_t all = people.count + std::int64_t{1};
  const auto one = people.listed(2);
  const auto company = people.company.to_string();
  return {
      list_of_identity_manager("all", "", all),
      list_of_identity_manager("status=Active", "&status=Active", all - people.inactive_ones),
      list_of_identity_manager("status=Inactive", "&status=Inactive", people.inactive_ones),
      list_of_identity_manager("companyId of 1000 members", "&companyId=" + company, kListed),
      list_of_identity_manager("companyId and status=Inactive", "&status=Inactive&companyId=" + company, kListed / 5),
      list_of_identity_manager("roleId of 10 holders", "&roleId=" + people.platform_role.to_string(), 10),
      list_of_identity_manager("providerId of 100 users", "&providerId=" + people.provider.to_string(), 100),
      list_of_identity_manager("identificationNumber", "&identificationNumber=" + one.identification, 1),
      list_of_identity_manager("email", "&email=" + one.email, 1),
      list_of_identity_manager("userName", "&userName=" + one.user_name, 1),
      list_of_partner("by email", "", all),
      list_of_partner("by -creationDate", "&sort=-creationDate", all),
      list_of_partner("by lastName", "&sort=lastName", all),
      list_of_partner("accountState=New", "&accountState=New", people.new_ones),
      list_of_partner("accountState=Active", "&accountState=Active", all - people.new_ones - people.inactive_ones),
      list_of_partner("customerId of 1000 members", "&customerId=" + company, kListed),
  };
}

}  // namespace gatehouse::bench
