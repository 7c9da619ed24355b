#include "domain/imports/import_rules.hpp"

#include <charconv>

#include "domain/names.hpp"

namespace gatehouse::domain::import_rules {
namespace {

constexpr std::size_t kMaxPasswordHash = 127;      // libsodium's crypto_pwhash_STRBYTES without its NUL
constexpr std::uint64_t kMaxMemoryKib = 1U << 20;  // 1 GiB
constexpr std::uint64_t kMaxPasses = 32;
constexpr std::uint64_t kMaxLanes = 16;

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
  if (key.empty() || line_of(key, kMaxExternalKey) != key) {
    return invalid_field("import.key_invalid", "external_key",
                         "must have 1 to 200 printable characters, without blanks around it");
  }
  if (key.starts_with(kIdPrefix)) return invalid_field("import.key_invalid", "external_key", "must not begin with id:");
  return {};
}

Result<void> check_one_line(const std::string& name, std::string_view code, std::string field) {
  if (text::is_printable(name)) return {};
  return invalid_field(code, std::move(field), "must have printable characters only, no tabs or line breaks");
}

Result<void> check_password_hash(const std::string& phc) {
  std::string_view rest(phc);
  const bool good = phc.size() <= kMaxPasswordHash && take_number(rest, "$argon2id$v=", 19, 19) &&
                    take_number(rest, "$m=", 8, kMaxMemoryKib) && take_number(rest, ",t=", 1, kMaxPasses) &&
                    take_number(rest, ",p=", 1, kMaxLanes) && take_base64(rest, 11) && take_base64(rest, 22) &&
                    rest.empty();
  if (good) return {};
  return invalid_field("import.password_hash_invalid", "password_hash",
                       "must be an Argon2id hash, $argon2id$v=19$m=…,t=…,p=…$salt$hash");
}

}  // namespace gatehouse::domain::import_rules
