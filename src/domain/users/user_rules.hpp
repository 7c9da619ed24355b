// What the members of an account must be, whoever gives them, and what accounts are told apart by.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxUserName = 254;     // code points; an e-mail address is a user name
inline constexpr std::size_t kMaxDisplayName = 100;  // code points; of accounts and of memberships
inline constexpr std::size_t kMaxPersonName = 100;   // code points; of first and of last name
inline constexpr std::size_t kMaxPhone = 30;         // characters

// People sign in by user name or by e-mail address, so that each is compared with both of every other account.
struct SignInKeys {
  std::string user_name;
  std::string email;
  std::string user_name_as_email;
  std::string email_as_user_name;
  std::string skeleton;  // of the user name: what names that look like it have in common (UTS 39 4); see kPlainAddress
  std::string sight;     // the same of the name as it was typed and is shown
  std::string typed;     // the user name itself
};

// Stands before skeleton and sight of ASCII e-mail addresses: people were given them, so that they are never taken for each
// other, and there may be any number of one skeleton.
inline constexpr std::string_view kPlainAddress = "@";

namespace user_rules {

// A username of RFC 8265 3.1 in one part, of at most kMaxUserName; returned without blanks at its ends. Errors:
// user.name_invalid.
Result<std::string> user_name(const std::string& given);
// As text::is_email says: what cannot be seen is no part of an address. Errors: user.email_invalid.
Result<void> check_email(const std::string& given);
// It may be empty; returned with blanks collapsed. Errors: user.display_name_invalid.
Result<std::string> display_name(const std::string& given);

// First or last name, `field` says which; it may be empty. Errors: user.person_name_invalid.
Result<std::string> person_name(const std::string& given, std::string_view field);
// Digits, blanks and + ( ) - . / only, at least one digit; it may be empty. Errors: user.phone_invalid.
Result<std::string> phone(const std::string& given);

bool is_plain_address(std::string_view user_name);
// What a user name is compared by: RFC 8265 3.3 UsernameCaseMapped, an e-mail address as addresses are; also one that no
// account could be given today.
std::string user_name_key(std::string_view user_name);
SignInKeys keys(const std::string& user_name, const std::string& email);

}  // namespace user_rules
}  // namespace gatehouse::domain
