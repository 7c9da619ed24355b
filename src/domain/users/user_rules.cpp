#include "domain/users/user_rules.hpp"

#include "domain/names.hpp"

namespace gatehouse::domain::user_rules {

Result<std::string> user_name(const std::string& given) {
  auto name = name_of(given, kMaxUserName);
  if (!name) return invalid_field("user.name_invalid", "user_name", "must have 1 to 254 printable characters");
  return *std::move(name);
}

Result<void> check_email(const std::string& given) {
  if (!text::is_email(given)) return invalid_field("user.email_invalid", "email", "must be an e-mail address");
  return {};
}

Result<std::string> display_name(const std::string& given) {
  auto name = line_of(given, kMaxDisplayName);
  if (!name) {
    return invalid_field("user.display_name_invalid", "display_name", "must have at most 100 printable characters");
  }
  return *std::move(name);
}

SignInKeys keys(const std::string& user_name, const std::string& email) {
  return {text::name_key(user_name), text::email_key(email), text::email_key(user_name), text::name_key(email)};
}

}  // namespace gatehouse::domain::user_rules
