#include "crypto/password_policy.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/text.hpp"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 128;

Error refused(std::string_view code, std::string message) {
  return invalid_field(code, "password", std::move(message));
}

bool is_like(const std::string& key, std::string_view forbidden) {
  if (forbidden.empty()) return false;
  const std::string_view local_part = forbidden.substr(0, forbidden.rfind('@'));
  return key == text::name_key(forbidden) || (!local_part.empty() && key == text::name_key(local_part));
}

// "aaaaaaaa", "********": whatever the character, one is not a password.
bool repeats_one_character(std::string_view utf8) {
  const std::size_t size = std::max<std::size_t>(1, utf8.size() / std::max<std::size_t>(1, text::length(utf8)));
  for (std::size_t at = 0; at + size <= utf8.size(); at += size) {
    if (utf8.substr(at, size) != utf8.substr(0, size)) return false;
  }
  return utf8.size() % size == 0;
}

}  // namespace

Result<void> check_password(std::string_view password, std::span<const std::string_view> forbidden) {
  if (!text::is_printable(password)) {
    return refused("password.invalid", "must be text in UTF-8 without control characters");
  }
  const std::size_t length = text::length(password);
  if (length < kShortest) return refused("password.too_short", "must have at least 8 characters");
  if (length > kLongest) return refused("password.too_long", "must have at most 128 characters");
  const std::string key = text::name_key(password);
  if (std::any_of(forbidden.begin(), forbidden.end(), [&](std::string_view other) { return is_like(key, other); })) {
    return refused("password.like_account", "must not be the user name or the e-mail address");
  }
  if (key.empty() || repeats_one_character(key) || is_common_password(key)) {
    return refused("password.too_common", "is among the passwords that are tried first");
  }
  return {};
}

}  // namespace gatehouse::crypto
