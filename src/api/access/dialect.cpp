#include "api/access/dialect.hpp"

namespace gatehouse::api::access_api {
namespace {

// What the core forbids and this surface calls a bad request (CONTRACTS 2.2, /access/delete).
bool is_bad_request(std::string_view code) { return code == "membership.own"; }

// Each fault with the path of its member.
std::string detail_of(const Error& error) {
  if (error.fields.empty()) return error.detail;
  std::string text;
  for (const auto& fault : error.fields) {
    if (!text.empty()) text += "; ";
    if (!fault.field.empty()) text += fault.field + ": ";
    text += fault.message;
  }
  return text;
}

}  // namespace

int AccessDialect::status(ErrorKind kind) const {
  switch (kind) {
    case ErrorKind::kUnauthenticated: return 401;
    case ErrorKind::kForbidden: return 403;
    case ErrorKind::kUnavailable:
    case ErrorKind::kInternal: return 500;
    default: return 400;
  }
}

void AccessDialect::render(const Error& error, const http::Call& call, http::Response& response) const {
  response.status = is_bad_request(error.code) ? 400 : status(error.kind);
  response.content_type = error_media_type();
  response.body.clear();
  // The product's own words for whatever goes wrong in its list of users.
  const bool is_list = call.request.method == http::Method::kGet && call.request.path.ends_with("/access");
  JsonWriter(response.body)
      .begin_object()
      .member("detail", response.status == 500 && is_list ? std::string("Failed to get access") : detail_of(error))
      .end_object();
}

std::string_view AccessDialect::error_schema() const {
  return R"({"type":"object","required":["detail"],"properties":{"detail":{"type":"string"}}})";
}

const http::Dialect& dialect() {
  static const AccessDialect dialect;
  return dialect;
}

}  // namespace gatehouse::api::access_api
