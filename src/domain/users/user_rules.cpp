#include "domain/users/user_rules.hpp"

#include <algorithm>

#include "base/look_alike.hpp"
#include "base/precis.hpp"
#include "domain/names.hpp"

namespace gatehouse::domain::user_rules {

Result<std::string> user_name(const std::string& given) {
  auto name = name_of(given, kMaxUserName);
  if (!name) return invalid_field("user.name_invalid", "user_name", "must have 1 to 254 printable characters");
  // RFC 8265 lets a name have several parts; with one alone, nobody has to know how many blanks there were.
  if (name->find(' ') != std::string::npos || !text::username_case_mapped(*name)) {
    return invalid_field("user.name_invalid", "user_name", "must be made of letters, digits and ASCII signs");
  }
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

Result<std::string> person_name(const std::string& given, std::string_view field) {
  auto name = line_of(given, kMaxPersonName);
  if (!name) {
    return invalid_field("user.person_name_invalid", std::string(field), "must have at most 100 printable characters");
  }
  return *std::move(name);
}

Result<std::string> phone(const std::string& given) {
  auto phone = line_of(given, kMaxPhone);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto may_be = [&](char c) {
    return is_digit(c) || std::string_view("+()-./ ").find(c) != std::string_view::npos;
  };
  if (!phone || !text::is_printable(given) || !std::all_of(phone->begin(), phone->end(), may_be) ||
      (!phone->empty() && std::none_of(phone->begin(), phone->end(), is_digit))) {
    return invalid_field("user.phone_invalid", "phone", "must be a telephone number of at most 30 characters");
  }
  return *std::move(phone);
}

std::string user_name_key(std::string_view user_name) {
  // An address is an address, also as a user name: else two accounts could be meant by one of them.
  if (text::is_email(user_name)) return text::email_key(user_name);
  const auto name = text::collapse_blanks(user_name);
  auto mapped = text::username_case_mapped(name);
  return mapped ? *std::move(mapped) : text::name_key(name);
}

SignInKeys keys(const std::string& user_name, const std::string& email) {
  auto skeleton = text::skeleton(user_name);
  auto sight = text::sight(user_name);
  if (is_plain_address(user_name)) {
    skeleton.insert(0, kPlainAddress);
    sight.insert(0, kPlainAddress);
  }
  return {user_name_key(user_name),
          text::email_key(email),
          text::email_key(user_name),
          user_name_key(email),
          std::move(skeleton),
          std::move(sight),
          user_name};
}

bool is_plain_address(std::string_view user_name) {
  return text::is_email(user_name) &&
         std::all_of(user_name.begin(), user_name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace gatehouse::domain::user_rules
