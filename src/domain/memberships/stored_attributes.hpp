// Attributes as a row keeps them: a JSON object of strings, nothing at all for none.
#pragma once

#include <string>
#include <string_view>

#include "domain/memberships/membership_rules.hpp"

namespace gatehouse::domain::stored_attributes {

// Empty for none.
std::string write(const Attributes& attributes);
// None for what is no object; members that are no strings are left out.
Attributes read(std::string_view stored);

}  // namespace gatehouse::domain::stored_attributes
