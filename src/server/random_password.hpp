// Passwords that the service makes up: 24 characters that cannot be mistaken for each other, some 139 bits.
#pragma once

#include <string>

#include "base/random.hpp"

namespace gatehouse::server {

std::string random_password(Random& random);

}  // namespace gatehouse::server
