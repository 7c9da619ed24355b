#include "domain/imports/import_rules.hpp"

#include <charconv>

#include "base/text.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain::import_rules {
namespace {

constexpr std::size_t kMaxPasswordHash = 127;      // libsodium's crypto_pwhash_STRBYTES without its NUL
constexpr std::uint64_t kMaxMemoryKib = 1U << 20;  // 1 GiB
constexpr std::uint64_t kMaxPasses = 32;
constexpr std::uint64_t kMaxLanes = 16;

bool readable(const std::string& text, std::size_t max_length) {
  return text::is_utf8(text) && text::is_printable(text) && text::length(text) <= max_length;
}

Error refused(std::string_view code, std::string_view field, std::string_view rule) {
  return invalid(code, std::string(field).append(" ").append(rule));
}

// Takes `prefix` and the number behind it off the front.
bool take_number(std::string_view& text, std::string_view prefix, std::uint64_t min, std::uint64_t max) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() && number >= min && number <= max;
}

// Takes "$" and unpadded base64 off the front.
bool take_base64(std::string_view& text, std::size_t min) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.front() != '$') return false;
  text.remove_prefix(1);
  const auto size = std::min(text.find_first_not_of(kAlphabet), text.size());
  text.remove_prefix(size);
  return size >= min;
}

}  // namespace

Result<void> check_external_key(const std::string& key) {
  if (!readable(key, kMaxExternalKey) || key.empty() || text::collapse_blanks(key) != key) {
    return refused("import.key_invalid", "external_key",
                   "must have 1 to 200 printable characters, without blanks around it");
  }
  if (key.starts_with(kIdPrefix)) return refused("import.key_invalid", "external_key", "must not begin with id:");
  return {};
}

Result<std::string> organization_name(const std::string& name) {
  const bool fits = text::is_utf8(name) && text::is_printable(name);
  auto collapsed = fits ? text::collapse_blanks(name) : std::string();
  if (text::name_key(collapsed).empty() || text::length(collapsed) > kMaxOrganizationName) {
    return refused("organization.name_invalid", "name", "must have 1 to 100 printable characters");
  }
  return collapsed;
}

Result<void> check_organization_description(const std::string& description) {
  if (!text::is_utf8(description) || text::length(description) > kMaxOrganizationDescription) {
    return refused("organization.description_invalid", "description", "must have at most 200 characters");
  }
  return {};
}

Result<std::string> user_name(const std::string& name) {
  if (!readable(name, kMaxUserName) || text::name_key(name).empty()) {
    return refused("user.name_invalid", "user_name", "must have 1 to 254 printable characters");
  }
  return text::collapse_blanks(name);
}

Result<void> check_email(const std::string& email) {
  if (!text::is_email(email)) return refused("user.email_invalid", "email", "must be an e-mail address");
  return {};
}

Result<std::string> display_name(const std::string& name) {
  if (!readable(name, kMaxDisplayName)) {
    return refused("user.display_name_invalid", "display_name", "must have at most 100 printable characters");
  }
  return text::collapse_blanks(name);
}

Result<void> check_password_hash(const std::string& phc) {
  std::string_view rest(phc);
  const bool good = phc.size() <= kMaxPasswordHash && take_number(rest, "$argon2id$v=", 19, 19) &&
                    take_number(rest, "$m=", 8, kMaxMemoryKib) && take_number(rest, ",t=", 1, kMaxPasses) &&
                    take_number(rest, ",p=", 1, kMaxLanes) && take_base64(rest, 11) && take_base64(rest, 22) &&
                    rest.empty();
  if (good) return {};
  return refused("import.password_hash_invalid", "password_hash",
                 "must be an Argon2id hash, $argon2id$v=19$m=…,t=…,p=…$salt$hash");
}

Result<void> check_attributes(const Attributes& attributes) {
  if (attributes.size() > kMaxAttributes) return refused("membership.invalid", "attributes", "must be at most 50");
  for (const auto& [key, value] : attributes) {
    if (key.empty() || !readable(key, kMaxAttributeKey)) {
      return refused("membership.invalid", "attributes", "must have names of 1 to 100 printable characters");
    }
    if (!text::is_utf8(value) || text::length(value) > kMaxAttributeValue) {
      return refused("membership.invalid", "attributes." + key, "must have at most 1000 characters");
    }
  }
  return {};
}

}  // namespace gatehouse::domain::import_rules
