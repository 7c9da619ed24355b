#include "domain/memberships/membership_log.hpp"

#include "base/json_writer.hpp"
#include "domain/memberships/membership_store.hpp"

namespace gatehouse::domain::membership_log {

std::string described(const access::View& view, const std::vector<RoleNo>& roles, const MembershipPatch& set) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().key("roles").begin_array();
  for (const auto no : roles) {
    if (const auto* role = view.role(no)) writer.value(role->name);
  }
  writer.end_array();
  if (set.display_name) writer.member("displayName", *set.display_name);
  if (set.attributes) {
    writer.key("attributes").begin_object();
    for (const auto& [key, value] : *set.attributes) writer.member(key, value);
    writer.end_object();
  }
  writer.end_object();
  return json;
}

UserId user_id(Unit& unit, UserNo user) {
  const auto& actor = unit.actor();
  if (actor.kind == Principal::Kind::kUser && actor.user == user) return actor.user_id();
  return membership_store::user_id(unit.tx(), user).value_or(UserId());
}

}  // namespace gatehouse::domain::membership_log
