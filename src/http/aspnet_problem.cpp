#include "http/aspnet_problem.hpp"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "http/problem.hpp"

namespace gatehouse::http {
namespace {

std::string_view section_of(int status) {
  switch (status) {
    case 400: return "https://tools.ietf.org/html/rfc9110#section-15.5.1";
    case 401: return "https://tools.ietf.org/html/rfc9110#section-15.5.2";
    case 403: return "https://tools.ietf.org/html/rfc9110#section-15.5.4";
    case 404: return "https://tools.ietf.org/html/rfc9110#section-15.5.5";
    case 405: return "https://tools.ietf.org/html/rfc9110#section-15.5.6";
    case 408: return "https://tools.ietf.org/html/rfc9110#section-15.5.9";
    case 409: return "https://tools.ietf.org/html/rfc9110#section-15.5.10";
    case 412: return "https://tools.ietf.org/html/rfc9110#section-15.5.13";
    case 413: return "https://tools.ietf.org/html/rfc9110#section-15.5.14";
    case 414: return "https://tools.ietf.org/html/rfc9110#section-15.5.15";
    case 415: return "https://tools.ietf.org/html/rfc9110#section-15.5.16";
    case 417: return "https://tools.ietf.org/html/rfc9110#section-15.5.18";
    case 422: return "https://tools.ietf.org/html/rfc9110#section-15.5.21";
    case 429: return "https://tools.ietf.org/html/rfc6585#section-4";
    case 431: return "https://tools.ietf.org/html/rfc6585#section-5";
    case 500: return "https://tools.ietf.org/html/rfc9110#section-15.6.1";
    case 501: return "https://tools.ietf.org/html/rfc9110#section-15.6.2";
    case 503: return "https://tools.ietf.org/html/rfc9110#section-15.6.4";
    default: return "about:blank";
  }
}

// Each key once, in the order in which the faults were found.
using Messages = std::vector<std::pair<std::string, std::vector<std::string_view>>>;

Messages by_key(const std::vector<FieldError>& faults) {
  Messages messages;
  std::unordered_map<std::string, std::size_t> places;  // a body can be wrong in thousands of ways
  for (const auto& fault : faults) {
    const auto [known, is_new] = places.emplace(aspnet_key(fault.field), messages.size());
    if (is_new) messages.emplace_back(known->first, std::vector<std::string_view>());
    messages[known->second].second.emplace_back(fault.message);
  }
  return messages;
}

}  // namespace

std::string aspnet_key(std::string_view path) {
  if (path.empty()) return "$";
  std::string key;
  bool begins = true;
  for (const char c : path) {
    const bool breaks = c == '.' || c == '_';
    if (c != '_') key.push_back(begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    begins = breaks;
  }
  return key;
}

void AspNetDialect::render(const Error& error, const Call& call, Response& response) const {
  if (response.status < 400) response.status = status(error.kind);
  response.content_type = error_media_type();
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  out.member("type", section_of(response.status));
  out.member("title", error.fields.empty() || response.status != 400
                          ? reason(response.status)
                          : std::string_view("One or more validation errors occurred."));
  out.member("status", response.status);
  out.member("detail", std::string_view(error.detail));
  out.member("traceId", call.request_id);
  if (!error.fields.empty()) {
    out.key("errors").begin_object();
    for (const auto& [key, messages] : by_key(error.fields)) {
      out.key(key).begin_array();
      for (const auto message : messages) out.value(message);
      out.end_array();
    }
    out.end_object();
  }
  out.end_object();
}

std::string_view AspNetDialect::error_schema() const {
  return R"({"type":"object","description":"Problem details as ASP.NET Core writes them.",)"
         R"("required":["type","title","status","detail","traceId"],)"
         R"("properties":{"type":{"type":"string","description":"The section of the RFC that defines the status."},)"
         R"("title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},"traceId":{"type":"string"},)"
         R"("errors":{"type":"object","description":"By the path of the member, such as Users[3].GroupId.",)"
         R"("additionalProperties":{"type":"array","items":{"type":"string"}}}}})";
}

const Dialect& aspnet_dialect() {
  static const AspNetDialect dialect;
  return dialect;
}

}  // namespace gatehouse::http
