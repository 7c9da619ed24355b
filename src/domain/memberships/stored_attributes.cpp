#include "domain/memberships/stored_attributes.hpp"

#include <boost/json/object.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace gatehouse::domain::stored_attributes {

std::string write(const Attributes& attributes) {
  std::string json;
  if (attributes.empty()) return json;
  JsonWriter writer(json);
  writer.begin_object();
  for (const auto& [key, value] : attributes) writer.member(key, value);
  writer.end_object();
  return json;
}

Attributes read(std::string_view stored) {
  Attributes attributes;
  if (stored.empty()) return attributes;
  const auto parsed = json::parse(stored);
  if (!parsed || !parsed->is_object()) return attributes;
  for (const auto& member : parsed->get_object()) {
    if (const auto* text = member.value().if_string())
      attributes.emplace(std::string(member.key()), std::string(*text));
  }
  return attributes;
}

}  // namespace gatehouse::domain::stored_attributes
