#include "http/message.hpp"

#include "base/text.hpp"

namespace gatehouse::http {

std::string_view name(Method method) {
  switch (method) {
    case Method::kGet: return "GET";
    case Method::kHead: return "HEAD";
    case Method::kPost: return "POST";
    case Method::kPut: return "PUT";
    case Method::kPatch: return "PATCH";
    case Method::kDelete: return "DELETE";
    case Method::kOptions: return "OPTIONS";
    case Method::kOther: break;
  }
  return "OTHER";
}

std::optional<std::string_view> Request::header(std::string_view wanted) const {
  for (const Header& field : headers) {
    if (field.name.size() == wanted.size() && text::equal_ignoring_ascii_case(field.name, wanted)) return field.value;
  }
  return std::nullopt;
}

}  // namespace gatehouse::http
