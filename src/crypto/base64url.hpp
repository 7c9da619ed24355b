// Base 64 with the URL-safe alphabet and no padding (RFC 4648 5, RFC 7515 2).
// Refuses padding, blanks, foreign characters, impossible lengths and leftover bits, so that bytes have one spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::crypto {

std::string base64url_encode(std::string_view bytes);
// Onto the end of `out`.
void base64url_append(std::string& out, std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace gatehouse::crypto
