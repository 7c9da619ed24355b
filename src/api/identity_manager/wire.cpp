#include "api/identity_manager/wire.hpp"

namespace gatehouse::api::identity_manager {

namespace {

std::string wire_name(std::string_view field, std::string_view password) {
  if (field == "password") return std::string(password);
  std::string camel;
  bool hump = false;
  for (const char c : field) {
    if (c == '_') {
      hump = true;
      continue;
    }
    camel.push_back(hump && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    hump = false;
  }
  return camel;
}

// A message that is told alone begins with the member it is about.
void name_the_member(Error& error) {
  if (error.fields.size() != 1) return;
  const auto& [field, message] = error.fields.front();
  if (error.detail == message) error.detail = field + " " + message + ".";
}

}  // namespace

void describe(http::Fields<PageQuery>& f) {
  f.name("PageQuery");
  describe_paging(f);
}

Error fault(std::string field, std::string message) {
  auto error = invalid_field("request.invalid", std::move(field), std::move(message));
  name_the_member(error);
  return error;
}

Error in_wire_words(Error error, std::string_view password) {
  for (auto& wrong : error.fields) wrong.field = wire_name(wrong.field, password);
  name_the_member(error);
  return error;
}

}  // namespace gatehouse::api::identity_manager
