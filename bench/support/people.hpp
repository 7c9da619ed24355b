// A directory of accounts that are complete (names, keys, identification), each a member of one organization with a role
// there. A thousand of them, spread evenly over all, are what lists are asked for: they are the members of one company, and
// as many of them are new, inactive, hold a role at the platform or belong to a provider whatever the size of the directory.
// So a page has the same rows in a small directory and in a large one.
#pragma once

#include "domain/providers/providers.hpp"
#include "support/bare_sqlite.hpp"
#include "support/context.hpp"

namespace gatehouse::bench {

inline constexpr std::uint32_t kListed = 1000;

class People {
 public:
  static constexpr std::uint32_t kEachOrganization = 100;  // of all but the listed ones

  // Makes the store in an empty directory. `count` accounts beside the administrator's: a multiple of kListed.
  People(Context& context, std::string data, std::uint32_t count);

  struct Account {
    std::uint32_t no = 0;
    std::string first_name{};
    std::string last_name{};
    std::string user_name{};  // also its key
    std::string email{};      // also its key
    std::string identification{};
    std::string_view status{};
    [[nodiscard]] std::string display_name() const { return first_name + ' ' + last_name; }
  };
  [[nodiscard]] Account account(std::uint32_t index) const;  // index < count
  // The n-th of the listed ones. Those who are active have kPassword.
  [[nodiscard]] Account listed(std::uint32_t n) const { return account(n * step_); }
  // Not one of the listed (there have to be others), and active; another one for each n.
  [[nodiscard]] Account unlisted(std::uint32_t n) const;
  // How many have it in their user name, in lower case; of one status, or of any.
  [[nodiscard]] std::int64_t with_part(std::string_view part, std::string_view status = {}) const;
  [[nodiscard]] std::vector<std::uint32_t> organizations() const;  // numbers, without the platform and the company

  std::string data;
  std::uint32_t count;
  std::int64_t new_ones = 0;
  std::int64_t inactive_ones = 0;
  OrganizationId company;  // of kListed members, of whom a fifth is new and a fifth inactive
  std::uint32_t company_no = 2;
  domain::ProviderId provider;  // of 100 users
  RoleId platform_role;         // of 10 holders
  RoleId role;                  // of everybody in their organizations

 private:
  void fill(BareSqlite& database) const;
  void insert_organizations(BareSqlite& database) const;
  void insert_accounts(BareSqlite& database) const;
  void insert_what_hangs_on_them(BareSqlite& database) const;
  [[nodiscard]] std::string_view status(std::uint32_t index) const;

  std::uint32_t step_;
};

// A token of the first administrator.
std::string sign_in_as_admin(std::uint16_t port);

}  // namespace gatehouse::bench
