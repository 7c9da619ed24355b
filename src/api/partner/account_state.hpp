// The states of an account in the words of this surface.
#pragma once

#include <string_view>
#include <vector>

#include "domain/users/users.hpp"

namespace gatehouse::api::partner {

inline const std::vector<std::string_view> kAccountStates{"New", "Active", "Blocked"};

inline std::string_view state_of(domain::UserStatus status) { return kAccountStates[static_cast<std::size_t>(status)]; }
// Precondition: one of kAccountStates.
inline domain::UserStatus status_of(std::string_view state) {
  return state == "New"      ? domain::UserStatus::kNew
         : state == "Active" ? domain::UserStatus::kActive
                             : domain::UserStatus::kInactive;
}

}  // namespace gatehouse::api::partner
