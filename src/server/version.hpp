#pragma once

#include <string_view>

namespace gatehouse::server {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace gatehouse::server
