// Accounts in the log of changes.
#pragma once

#include "domain/users/users.hpp"

namespace gatehouse::domain::user_log {

// Everything that people may know of it, so neither password nor secret.
std::string described(const User& user);
// With what the graph knows of it.
void updated(Unit& unit, const User& before, const User& after);

}  // namespace gatehouse::domain::user_log
