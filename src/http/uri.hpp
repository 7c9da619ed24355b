// Percent-encoding and form fields (WHATWG URL 5.1, RFC 3986 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::http {

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Nothing when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
// Everything but RFC 3986 unreserved characters encoded.
std::string percent_encode(std::string_view text);
// Fields in order; a field that is badly encoded is taken as it stands.
FormFields parse_form(std::string_view text);

}  // namespace gatehouse::http
