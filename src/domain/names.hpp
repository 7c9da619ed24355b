// What any noun takes as a name: one line that people can read, at most so many code points, blanks collapsed. Refuses
// control characters, bidirectional overrides, what nobody sees (text::hides_nothing) and what is not UTF-8; tabs and line
// breaks are blanks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"

namespace gatehouse::domain {

// As it is to be stored; it may be empty. Nothing when it is refused.
inline std::optional<std::string> line_of(std::string_view given, std::size_t max_length) {
  auto line = text::collapse_blanks(given);
  if (!text::is_printable(line) || !text::hides_nothing(line) || text::length(line) > max_length) return std::nullopt;
  return line;
}

// The same, with something visible in it, so that its key (text::name_key) is not empty.
inline std::optional<std::string> name_of(std::string_view given, std::size_t max_length) {
  auto name = line_of(given, max_length);
  if (name && text::name_key(*name).empty()) return std::nullopt;
  return name;
}

}  // namespace gatehouse::domain
