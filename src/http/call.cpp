#include <fmt/format.h>

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"
#include "http/endpoint.hpp"
#include "http/uri.hpp"

namespace gatehouse::http {
namespace {

bool is_named(std::string_view name, std::string_view wanted, bool ignore_case) {
  return ignore_case ? text::equal_ignoring_ascii_case(name, wanted) : name == wanted;
}

}  // namespace

std::string_view Call::path_parameter(std::string_view name) const {
  for (const auto& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Call::query_parameter(std::string_view name) const {
  for (auto& [key, value] : parse_form(request.query)) {
    if (is_named(key, name, ignore_case)) return std::move(value);
  }
  return std::nullopt;
}

Result<std::vector<std::int64_t>> Call::if_match() const {
  std::vector<std::int64_t> versions;
  const auto header = request.header("If-Match");
  if (!header || *header == "*") return versions;
  for (std::string_view tags = *header; !tags.empty();) {
    const std::size_t comma = tags.find(',');
    std::string_view tag = tags.substr(0, comma);
    tags = comma == std::string_view::npos ? std::string_view() : tags.substr(comma + 1);
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

Result<std::string_view> accepted_media_type(const Call& call, const std::vector<std::string_view>& accepted) {
  const auto given = call.request.header("Content-Type");
  std::string_view type = given.value_or("");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  for (const auto known : accepted) {
    const bool json_suffix = known == "application/json" && type.size() > 5 && type.ends_with("+json");
    if (text::equal_ignoring_ascii_case(type, known) || json_suffix) return known;
  }
  return Error{ErrorKind::kUnsupportedMedia, "request.media_type",
               fmt::format("The body must be {}.", fmt::join(accepted, " or "))};
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

// What the path or the query says for the member, if anything.
std::optional<std::string_view> parameter_text(const FieldInfo& field, const Call& call, const FormFields& query,
                                               Faults& faults) {
  std::optional<std::string_view> text;
  if (field.rule.in == In::kPath) text = call.path_parameter(field.name);
  if (!field.in_query()) return text;
  for (const auto& [name, value] : query) {
    if (!is_named(name, field.name, call.ignore_case)) continue;
    if (text) faults.add("is given more than once");
    text = value;
  }
  return text;
}

void decode_text(const FieldInfo& field, std::string_view text, void* object, Faults& faults) {
  if (!text::is_utf8(text)) return faults.add("must be UTF-8");
  field.decode(field, text_value(field.type->shape, text), object, faults);
}

// Members of path and query. Returns those that the body is not to be asked for any more.
std::vector<const FieldInfo*> decode_parameters(const Schema& schema, const Call& call, bool has_body, void* object,
                                                Faults& faults) {
  std::vector<const FieldInfo*> given;
  const bool has_query = schema.has(In::kQuery) || schema.has(In::kEither);
  const auto query = has_query ? parse_form(call.request.query) : FormFields();
  for (const auto& field : schema.fields) {
    if (field.rule.in == In::kBody) continue;
    const Faults::Step step(faults, field.name);
    if (const auto text = parameter_text(field, call, query, faults)) {
      decode_text(field, *text, object, faults);
      if (field.rule.in == In::kEither) given.push_back(&field);
    } else if (!field.rule.fallback.empty()) {
      decode_text(field, field.rule.fallback, object, faults);
    } else if (field.required && !(field.rule.in == In::kEither && has_body)) {
      faults.add("is required");
    }
  }
  return given;
}

Result<void> decode_body(const Schema& schema, const Call& call, const std::vector<const FieldInfo*>& given,
                         void* object, Faults& faults) {
  static const std::vector<std::string_view> json_only{"application/json"};
  TRY(accepted_media_type(call, json_only));
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
    decode_members(schema, body, object, faults, given);
  }
  return {};
}

}  // namespace

Result<void> decode_input(const Schema& schema, const Call& call, void* object) {
  Faults faults(call.ignore_case);
  bool has_body = false;
  if (schema.may_have_body()) {
    has_body = !call.request.body.empty();
    for (const auto& field : schema.fields) has_body = has_body || (field.rule.in == In::kBody && field.required);
  }
  const auto given = decode_parameters(schema, call, has_body, object, faults);
  if (has_body) TRY(decode_body(schema, call, given, object, faults));
  if (!faults.empty()) return faulty(faults);
  return {};
}

}  // namespace gatehouse::http
