#include "domain/organizations/organization_rules.hpp"

#include <utility>

#include "domain/names.hpp"

namespace gatehouse::domain::organization_rules {

Result<std::string> name(std::string_view given, std::string field) {
  auto name = name_of(given, kMaxOrganizationName);
  if (!name)
    return invalid_field("organization.name_invalid", std::move(field), "must have 1 to 100 printable characters");
  return *std::move(name);
}

Result<std::string> description(const std::string& given) {
  if (!text::is_utf8(given) || text::length(given) > kMaxOrganizationDescription) {
    return invalid_field("organization.description_invalid", "description", "must have at most 200 characters");
  }
  return given;
}

}  // namespace gatehouse::domain::organization_rules
