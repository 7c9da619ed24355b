// What a list is searched by: a part of a text, as a LIKE pattern.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::domain {

// For `LIKE … ESCAPE '\'`: matches whatever contains `part` as it stands. Everything when `part` is empty.
inline std::string containing(std::string_view part) {
  std::string pattern = "%";
  for (const char c : part) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  if (!part.empty()) pattern.push_back('%');
  return pattern;
}

}  // namespace gatehouse::domain
