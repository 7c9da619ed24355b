#include "api/docs/docs.hpp"

#include <string_view>
#include <utility>

namespace gatehouse {
// Swagger UI's files, embedded by the build: name and content, ended by an empty name.
extern const std::pair<std::string_view, std::string_view> kDocsFiles[];
}  // namespace gatehouse

namespace gatehouse::api::docs {
namespace {

using http::Anyone;
using http::Call;
using http::Nothing;
using http::RawAnswer;

std::string_view media_type(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  return "application/octet-stream";
}

Result<RawAnswer> serve_file(Call& call, std::string_view name) {
  for (const auto* file = kDocsFiles; !file->first.empty(); ++file) {
    if (file->first != name) continue;
    // Only what this server sends may run or load; Swagger UI writes style attributes.
    call.set_header("Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                    "connect-src 'self'; "
                    "base-uri 'none'; frame-ancestors 'none'");
    call.set_header("X-Content-Type-Options", "nosniff");
    call.set_header("Cache-Control", "no-cache");
    return RawAnswer{media_type(name), std::string(file->second)};
  }
  return not_found("request.unknown_route", "There is nothing at this address.");
}

}  // namespace

void register_docs(http::Surface& surface, const std::string& openapi) {
  surface.add({.id = "getOpenApi",
               .path = "/openapi.json",
               .summary = "This document.",
               .timeless = true,
               .anyone_because = "The interface is public; what it guards is not.",
               .work = http::Work::kMemory},
              [&openapi](Call&, Anyone, Nothing) -> Result<RawAnswer> {
                return RawAnswer{"application/json", openapi};
              });
  surface.add({.id = "showDocs",
               .path = "/docs",
               .summary = "The documentation as a page.",
               .timeless = true,
               .anyone_because = "The interface is public; what it guards is not.",
               .work = http::Work::kMemory,
               .answer_media_type = "text/html"},
              [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, "index.html"); });
  surface.add(
      {.id = "getDocsFile",
       .path = "/docs/{file}",
       .summary = "A file of the page.",
       .timeless = true,
       .anyone_because = "The interface is public; what it guards is not.",
       .work = http::Work::kMemory,
       .errors = {ErrorKind::kNotFound},
       .answer_media_type = "*/*"},
      [](Call& call, Anyone, Nothing) -> Result<RawAnswer> { return serve_file(call, call.path_parameter("file")); });
}

}  // namespace gatehouse::api::docs
