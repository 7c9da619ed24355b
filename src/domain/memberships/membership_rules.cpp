#include "domain/memberships/membership_rules.hpp"

#include "domain/names.hpp"

namespace gatehouse::domain::membership_rules {

Result<std::string> display_name(const std::string& given) {
  auto name = line_of(given, kMaxDisplayName);
  if (!name) return invalid_field("membership.invalid", "display_name", "must be at most 100 printable characters");
  return *std::move(name);
}

Result<void> check_attributes(const Attributes& given) {
  if (given.size() > kMaxAttributes) return invalid_field("membership.invalid", "attributes", "must be at most 50");
  std::size_t bytes = 0;
  for (const auto& [key, value] : given) {
    bytes += key.size() + value.size();
    if (key.empty() || !text::is_printable(key) || text::length(key) > kMaxAttributeKey) {
      return invalid_field("membership.invalid", "attributes", "names must have 1 to 100 printable characters");
    }
    if (!text::is_utf8(value) || text::length(value) > kMaxAttributeValue) {
      return invalid_field("membership.invalid", "attributes." + key, "must have at most 1000 characters");
    }
  }
  if (bytes > kMaxAttributeBytes) {
    return invalid_field("membership.invalid", "attributes", "must have at most 8192 bytes in all");
  }
  return {};
}

}  // namespace gatehouse::domain::membership_rules
