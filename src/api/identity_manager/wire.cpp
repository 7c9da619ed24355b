#include "api/identity_manager/wire.hpp"

namespace gatehouse::api::identity_manager {

void describe(http::Fields<PageQuery>& f) {
  f.name("PageQuery");
  describe_paging(f);
}

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

}  // namespace gatehouse::api::identity_manager
