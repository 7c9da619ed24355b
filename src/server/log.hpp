// The log: one JSON object a line on stderr. Refuses nothing, so its callers keep secrets, tokens and bodies out.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.hpp"

namespace gatehouse::server {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };

using LogField = std::pair<std::string_view, std::variant<std::string_view, std::int64_t>>;

// {"time":…,"level":…,"event":…,fields…}
void log_event(const Clock& clock, LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace gatehouse::server
