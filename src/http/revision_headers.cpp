#include "http/revision_headers.hpp"

#include <charconv>
#include <string>

#include "base/text.hpp"

namespace gatehouse::http {

Result<Revision> demanded_revision(const Request& request) {
  const auto faulty = [](const std::string& message) {
    const std::string name(kAtLeastRevisionHeader);
    Error error = invalid_field("request.invalid", name, message);
    error.detail = name + " " + message + ".";
    return error;
  };
  Revision demanded = 0;
  bool given = false;
  for (const auto& [name, value] : request.headers) {
    if (name.size() != kAtLeastRevisionHeader.size() || !text::equal_ignoring_ascii_case(name, kAtLeastRevisionHeader))
      continue;
    if (given) return faulty("is given more than once");
    given = true;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), demanded);
    if (error != std::errc() || end != value.data() + value.size() || value.front() == '-')
      return faulty("must be a whole number from 0 on");
  }
  return demanded;
}

}  // namespace gatehouse::http
