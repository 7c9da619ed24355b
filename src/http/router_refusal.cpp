// Refusals: whose words they are in, and what every answer carries.
#include <algorithm>

#include "http/request_id.hpp"
#include "http/router.hpp"

namespace gatehouse::http {
namespace {

// What the server says with a status before there is a request.
Error error_of(int status) {
  switch (status) {
    case 408: return invalid("request.timed_out", "The request did not arrive in time.");
    case 413: return {ErrorKind::kTooLarge, "request.too_large", "The body is larger than this service takes."};
    case 414: return {ErrorKind::kTooLarge, "request.too_large", "The address is longer than this service takes."};
    case 431: return {ErrorKind::kTooLarge, "request.too_large", "The headers are larger than this service takes."};
    case 503:
      return {ErrorKind::kUnavailable,
              "request.overloaded",
              "The service takes in as many large bodies as it can; try again in a moment.",
              {},
              5};
    case 507:
      return {ErrorKind::kUnavailable,
              "request.no_room",
              "The service has no room for the body; nothing was acknowledged.",
              {},
              60};
    default: return invalid("request.malformed", "The request is not HTTP as this service reads it.");
  }
}

}  // namespace

// The dialect decides about the status; one that has been set is a proposal.
void Router::render(const Error& error, const Dialect& dialect, Call& call) {
  Response& response = call.response;
  response.body.clear();
  dialect.render(error, call, response);
  if (error.retry_after_s > 0) call.set_header("Retry-After", std::to_string(error.retry_after_s));
  // A 401 always says how to do better (RFC 9110 15.5.2, RFC 6750 3).
  const auto challenges = [](const auto& header) { return header.first == "WWW-Authenticate"; };
  if (response.status == 401 && std::none_of(response.headers.begin(), response.headers.end(), challenges)) {
    call.set_header("WWW-Authenticate",
                    error.code == "auth.token_invalid" ? "Bearer error=\"invalid_token\"" : "Bearer");
  }
}

void Router::complete(Call& call) {
  call.set_header("X-Request-ID", std::string(call.request_id));
  // Answers about access belong to one caller at one moment (RFC 9111 5.2.2.5).
  const auto& headers = call.response.headers;
  const bool has_cache_rule =
      std::any_of(headers.begin(), headers.end(), [](const auto& h) { return h.first == "Cache-Control"; });
  if (!has_cache_rule) call.set_header("Cache-Control", "no-store");
}

bool Router::render_refusal(const Request& request, int status, Response& response) {
  Call call{request, response, clock_.now(), {}, {}, {}, {}};
  const std::string id = request_id(request, call.now, random_);
  call.request_id = id;
  call.source_address = source_address(request);
  std::string place;
  const std::string_view path = path_served(request.path, place);
  const auto match = table_.find(path);
  response.status = status == 507 ? 503 : status;  // 507 is a word of WebDAV
  render(error_of(status), match.leaves != nullptr ? *match.leaves->front().route->dialect : dialect_of(path), call);
  complete(call);
  return true;
}

}  // namespace gatehouse::http
