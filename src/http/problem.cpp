#include "http/problem.hpp"

namespace gatehouse::http {

int Dialect::status(ErrorKind kind) const {
  switch (kind) {
    case ErrorKind::kInvalid: return 400;
    case ErrorKind::kUnauthenticated: return 401;
    case ErrorKind::kForbidden: return 403;
    case ErrorKind::kNotFound: return 404;
    case ErrorKind::kConflict: return 409;
    case ErrorKind::kPreconditionFailed: return 412;
    case ErrorKind::kUnprocessable: return 422;
    case ErrorKind::kTooLarge: return 413;
    case ErrorKind::kUnsupportedMedia: return 415;
    case ErrorKind::kThrottled: return 429;
    case ErrorKind::kUnavailable: return 503;
    case ErrorKind::kInternal: return 500;
  }
  return 500;
}

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

void ProblemDialect::render(const Error& error, const Call& call, Response& response) const {
  if (response.status < 400) response.status = status(error.kind);
  response.content_type = error_media_type();
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  out.member("type", type(error.code));
  out.member("title", reason(response.status));
  out.member("status", response.status);
  out.member("detail", std::string_view(error.detail));
  out.member("instance", call.request.path);
  out.member("traceId", call.request_id);
  if (!error.fields.empty()) {
    out.key("validationItems").begin_array();
    for (const auto& fault : error.fields) {
      out.begin_object();
      out.member("field", std::string_view(fault.field));
      out.member("message", std::string_view(fault.message));
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
}

std::string_view ProblemDialect::error_schema() const {
  return R"({"type":"object","description":"RFC 9457 problem details.","required":["type","title","status","detail","instance","traceId"],)"
         R"("properties":{"type":{"type":"string","description":"A stable code."},"title":{"type":"string"},"status":{"type":"integer"},)"
         R"("detail":{"type":"string"},"instance":{"type":"string"},"traceId":{"type":"string"},)"
         R"("validationItems":{"type":"array","items":{"type":"object","required":["field","message"],)"
         R"("properties":{"field":{"type":"string"},"message":{"type":"string"}}}}}})";
}

const Dialect& plain_dialect() {
  static const ProblemDialect dialect;
  return dialect;
}

}  // namespace gatehouse::http
