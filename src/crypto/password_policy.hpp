// Which passwords an account may have: long enough, not guessable from the account, not among the commonest
// (NIST SP 800-63B 5.1.1.2). Refuses rules about character classes: they make passwords worse.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::crypto {

// 8 to 128 Unicode code points without control characters. `forbidden`: the user name, the e-mail address and the like;
// of an address its local part is forbidden too. All comparisons ignore case and compatibility forms.
// Errors, on field "password": password.invalid, .too_short, .too_long, .like_account, .too_common.
Result<void> check_password(std::string_view password, std::span<const std::string_view> forbidden);

// Whether the key (text::name_key) is in the table of common passwords.
bool is_common_password(std::string_view key);

}  // namespace gatehouse::crypto
