#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"
#include "http/endpoint.hpp"
#include "http/uri.hpp"

namespace gatehouse::http {

std::string_view Call::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Call::query_parameter(std::string_view name) const {
  for (auto& [key, value] : parse_form(request.query)) {
    if (key == name) return std::move(value);
  }
  return std::nullopt;
}

Result<std::vector<std::int64_t>> Call::if_match() const {
  std::vector<std::int64_t> versions;
  const auto header = request.header("If-Match");
  if (!header || *header == "*") return versions;
  for (std::string_view rest = *header; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    std::string_view tag = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
    if (tag.size() <= 2 || tag.front() != '"' || tag.back() != '"') continue;
    tag = tag.substr(1, tag.size() - 2);
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (error == std::errc() && end == tag.data() + tag.size()) versions.push_back(version);
  }
  if (!versions.empty()) return versions;
  // Tags that were never given out match nothing.
  return Error{ErrorKind::kPreconditionFailed, "request.precondition_failed",
               "If-Match names no version of this resource."};
}

Result<void> check_media_type(const Call& call, std::string_view expected) {
  const auto given = call.request.header("Content-Type");
  std::string_view type = given.value_or("");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  const bool json_suffix = expected == "application/json" && type.size() > 5 && type.ends_with("+json");
  if (text::equal_ignoring_ascii_case(type, expected) || json_suffix) return {};
  return Error{ErrorKind::kUnsupportedMedia, "request.media_type", "The body must be " + std::string(expected) + "."};
}

namespace {

Error faulty(Faults& faults) {
  Error error{ErrorKind::kInvalid, "request.invalid", "The request is not valid."};
  error.fields = faults.take();
  if (error.fields.size() == 1) {
    const auto& only = error.fields.front();
    error.detail = only.field.empty() ? "The body " + only.message + "." : only.field + " " + only.message + ".";
  }
  return error;
}

void decode_parameters(const Schema& schema, const Call& call, void* object, Faults& faults) {
  const auto query = schema.has(In::kQuery) ? parse_form(call.request.query) : FormFields();
  for (const auto& field : schema.fields) {
    if (field.rule.in == In::kBody) continue;
    const Faults::Step step(faults, field.name);
    std::optional<std::string_view> text;
    if (field.rule.in == In::kPath) {
      text = call.path_parameter(field.name);
    } else {
      for (const auto& [name, value] : query) {
        if (name != field.name) continue;
        if (text) faults.add("is given more than once");
        text = value;
      }
    }
    if (!text && !field.rule.fallback.empty()) text = field.rule.fallback;
    if (!text) {
      if (field.required) faults.add("is required");
      continue;
    }
    if (!text::is_utf8(*text)) {
      faults.add("must be UTF-8");
      continue;
    }
    field.decode(field, text_value(field.type->shape, *text), object, faults);
  }
}

}  // namespace

Result<void> decode_input(const Schema& schema, const Call& call, void* object) {
  Faults faults;
  decode_parameters(schema, call, object, faults);
  if (schema.has(In::kBody)) {
    bool body_needed = false;
    for (const auto& field : schema.fields) body_needed = body_needed || (field.rule.in == In::kBody && field.required);
    if (!call.request.body.empty() || body_needed) {
      TRY(check_media_type(call, "application/json"));
      std::array<unsigned char, 4096> arena{};
      boost::json::monotonic_resource memory(arena.data(), arena.size());
      auto body = TRY(json::parse(call.request.body, {}, &memory));
      const FieldInfo* whole = nullptr;
      for (const auto& field : schema.fields) {
        if (field.rule.in == In::kBody && field.name.empty()) whole = &field;
      }
      if (whole != nullptr) {
        whole->decode(*whole, body, object, faults);
      } else {
        decode_members(schema, body, object, faults);
      }
    }
  }
  if (!faults.empty()) return faulty(faults);
  return {};
}

}  // namespace gatehouse::http
