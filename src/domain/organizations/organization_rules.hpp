// What the members of an organization must be, whoever gives them. What each returns is to be stored.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxOrganizationName = 100;         // code points, blanks collapsed
inline constexpr std::size_t kMaxOrganizationDescription = 200;  // code points

namespace organization_rules {

// Something visible, blanks collapsed; `field` is what the caller calls it. Errors: organization.name_invalid.
Result<std::string> name(std::string_view given, std::string field = "name");
// Any text, lines and all. Errors: organization.description_invalid.
Result<std::string> description(const std::string& given);

}  // namespace organization_rules
}  // namespace gatehouse::domain
