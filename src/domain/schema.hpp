// The migrations compiled into the binary, in order (files of migrations/).
#pragma once

#include <vector>

#include "sql/database.hpp"

namespace gatehouse::domain {

std::vector<sql::Migration> migrations();

}  // namespace gatehouse::domain
