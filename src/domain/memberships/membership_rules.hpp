// What a membership may say of its user, whoever gives it.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "base/result.hpp"
#include "domain/users/user_rules.hpp"

namespace gatehouse::domain {

using Attributes = std::map<std::string, std::string>;

inline constexpr std::size_t kMaxAttributes = 50;
inline constexpr std::size_t kMaxAttributeKey = 100;     // code points
inline constexpr std::size_t kMaxAttributeValue = 1000;  // code points
inline constexpr std::size_t kMaxAttributeBytes =
    8192;  // keys and values together: each change of them is logged twice

namespace membership_rules {

// At most kMaxDisplayName; empty: the account's. Returned with blanks collapsed. Errors: membership.invalid.
Result<std::string> display_name(const std::string& given);
// Keys are printable, as they are given; values any text. Errors: membership.invalid.
Result<void> check_attributes(const Attributes& given);

}  // namespace membership_rules
}  // namespace gatehouse::domain
