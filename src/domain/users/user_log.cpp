#include "domain/users/user_log.hpp"

#include "base/json_writer.hpp"

namespace gatehouse::domain::user_log {

std::string described(const User& user) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("userName", user.user_name).member("email", user.email);
  writer.member("displayName", user.display_name);
  if (!user.first_name.empty()) writer.member("firstName", user.first_name);
  if (!user.last_name.empty()) writer.member("lastName", user.last_name);
  if (!user.phone.empty()) writer.member("phone", user.phone);
  if (user.identification) {
    writer.member("identificationTypeId", user.identification->type.to_string());
    writer.member("identificationNumber", user.identification->number);
  }
  if (user.identity_provider) writer.member("identityProviderId", user.identity_provider->to_string());
  if (!user.email_proven) writer.member("emailProven", false);
  writer.member("status", name(user.status)).end_object();
  return json;
}

void updated(Unit& unit, const User& before, const User& after) {
  unit.record({.action = "user.updated",
               .organization = unit.view().platform(),
               .target_kind = "user",
               .target = after.id,
               .before = described(before),
               .after = described(after),
               .facts = {access::UserFact{after.no, after.id, after.status != UserStatus::kInactive}}});
}

}  // namespace gatehouse::domain::user_log
