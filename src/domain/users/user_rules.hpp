// What the members of an account must be, whoever gives them, and what accounts are told apart by.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxUserName = 254;     // code points; an e-mail address is a user name
inline constexpr std::size_t kMaxDisplayName = 100;  // code points; of accounts and of memberships

// People sign in by user name or by e-mail address, so that each is compared with both of every other account.
struct SignInKeys {
  std::string user_name;
  std::string email;
  std::string user_name_as_email;
  std::string email_as_user_name;
};

namespace user_rules {

// Something visible; returned with blanks collapsed. Errors: user.name_invalid.
Result<std::string> user_name(const std::string& given);
// As text::is_email says. Errors: user.email_invalid.
Result<void> check_email(const std::string& given);
// It may be empty; returned with blanks collapsed. Errors: user.display_name_invalid.
Result<std::string> display_name(const std::string& given);

SignInKeys keys(const std::string& user_name, const std::string& email);

}  // namespace user_rules
}  // namespace gatehouse::domain
