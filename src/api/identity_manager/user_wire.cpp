#include "api/identity_manager/user_wire.hpp"

#include <algorithm>

namespace gatehouse::api::identity_manager {
namespace {

std::optional<std::string> if_any(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

void describe(http::Fields<Role>& f) {
  f.name("DirectoryRole");
  f.add<&Role::role_id>("roleId");
  f.add<&Role::name>("name");
  f.add<&Role::description>("description");
}

void describe(http::Fields<Company>& f) {
  f.name("DirectoryCompany");
  f.add<&Company::company_id>("companyId", {.doc = "The organization of the other surfaces."});
  f.add<&Company::name>("name");
  f.add<&Company::identification_number>("identificationNumber");
  f.add<&Company::active>("active");
}

void describe(http::Fields<Provider>& f) {
  f.name("DirectoryProvider");
  f.add<&Provider::provider_id>("providerId");
  f.add<&Provider::name>("name");
  f.add<&Provider::identification_number>("identificationNumber");
  f.add<&Provider::active>("active");
}

void describe(http::Fields<User>& f) {
  f.name("DirectoryUser");
  f.add<&User::user_id>("userId");
  f.add<&User::user_name>("userName");
  f.add<&User::first_name>("firstName");
  f.add<&User::last_name>("lastName");
  f.add<&User::email>("email");
  f.add<&User::phone>("phone");
  f.add<&User::identification_type_id>("identificationTypeId");
  f.add<&User::identification_number>("identificationNumber");
  f.add<&User::status>("status", {.one_of = {kActive, kInactive}});
  f.add<&User::roles>("roles", {.doc = "Held at the platform, so everywhere; heaviest first."});
  f.add<&User::companies>("companies", {.doc = "By name."});
  f.add<&User::providers>("providers", {.doc = "By name."});
  f.add<&User::created_at>("createdAt");
  f.add<&User::updated_at>("updatedAt");
}

std::string_view status_of(const domain::User& user) {
  return user.status == domain::UserStatus::kInactive ? kInactive : kActive;
}

Role wire(const domain::Role& role) { return {role.id, role.name, role.description}; }

Company wire(domain::Affiliation affiliation) {
  return {affiliation.id, std::move(affiliation.name), std::nullopt, true};
}

Provider wire(domain::Provider provider) {
  return {provider.id, std::move(provider.name), std::move(provider.identification_number), provider.active};
}

std::vector<Role> roles_of(const std::vector<domain::Role>& catalogue, const std::vector<RoleNo>& numbers) {
  std::vector<Role> roles;
  if (numbers.empty()) return roles;
  for (const auto& role : catalogue) {
    if (std::find(numbers.begin(), numbers.end(), role.no) != numbers.end()) roles.push_back(wire(role));
  }
  return roles;
}

User wire(domain::Person person, const std::vector<domain::Role>& catalogue) {
  auto& from = person.user;
  User out;
  out.user_id = from.id;
  out.status = status_of(from);
  out.user_name = std::move(from.user_name);
  out.first_name = if_any(std::move(from.first_name));
  out.last_name = if_any(std::move(from.last_name));
  out.email = std::move(from.email);
  out.phone = if_any(std::move(from.phone));
  if (from.identification) {
    out.identification_type_id = from.identification->type;
    out.identification_number = std::move(from.identification->number);
  }
  out.roles = roles_of(catalogue, person.platform_roles);
  for (auto& one : person.organizations) {
    if (!one.offered) out.companies.push_back(wire(std::move(one)));
  }
  for (auto& one : person.providers) out.providers.push_back(wire(std::move(one)));
  out.created_at = from.created_at;
  out.updated_at = from.updated_at;
  return out;
}

}  // namespace gatehouse::api::identity_manager
