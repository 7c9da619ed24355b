#include "http/kept_answer.hpp"

#include <array>
#include <boost/json/object.hpp>

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace gatehouse::http {
namespace {

// Names in a Response are literals; these are the ones an answer to a POST may carry.
constexpr std::array<std::string_view, 5> kHeaders{"Location", "ETag", "Cache-Control", "X-Total-Count",
                                                   "WWW-Authenticate"};
constexpr std::array<std::string_view, 3> kMediaTypes{"application/json", "application/problem+json", ""};

}  // namespace

std::string keep_answer(const Response& response) {
  std::string kept;
  JsonWriter out(kept);
  out.begin_object();
  out.member("status", response.status).member("type", response.content_type);
  out.key("headers").begin_object();
  for (const auto& [name, value] : response.headers) out.member(name, std::string_view(value));
  out.end_object();
  out.member("body", std::string_view(response.body));
  out.end_object();
  return kept;
}

void restore_answer(std::string_view kept, Response& response) {
  const auto parsed = json::parse(kept);
  if (!parsed) throw std::runtime_error("a kept answer cannot be read");
  const auto& object = parsed->as_object();
  response.status = static_cast<int>(object.at("status").as_int64());
  for (const auto type : kMediaTypes) {
    if (object.at("type").as_string() == type) response.content_type = type;
  }
  for (const auto name : kHeaders) {
    if (const auto* value = object.at("headers").as_object().if_contains(name)) {
      response.headers.emplace_back(name, std::string(value->as_string()));
    }
  }
  response.body.assign(object.at("body").as_string());
}

}  // namespace gatehouse::http
