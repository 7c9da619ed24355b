#include "http/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace gatehouse::http {
namespace {

constexpr std::int64_t kNoMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();
// A text without a limit of its own still has one.
constexpr std::int64_t kLongestText = 4096;

std::string_view name_of(const boost::json::key_value_pair& member) {
  return {member.key().data(), member.key().size()};
}

// The members of one object by name; where the case does not count, by the lower-case form of it.
class Members {
 public:
  Members(const boost::json::object& object, Faults& faults) : object_(object), ignore_case_(faults.ignore_case()) {
    if (!ignore_case_) return;
    folded_.reserve(object.size());
    for (const auto& member : object) folded_.emplace_back(text::ascii_lower(name_of(member)), &member);
    std::stable_sort(folded_.begin(), folded_.end(),
                     [](const Folded& one, const Folded& other) { return one.first < other.first; });
    for (std::size_t i = 1; i < folded_.size(); ++i) {
      if (folded_[i].first != folded_[i - 1].first) continue;
      const Faults::Step step(faults, name_of(*folded_[i].second));
      faults.add("is given more than once: the case of names does not count");
    }
  }

  [[nodiscard]] const boost::json::value* find(const FieldInfo& field) const {
    if (const auto* value = find(field.name)) return value;
    return field.rule.alias.empty() ? nullptr : find(field.rule.alias);
  }

 private:
  using Folded = std::pair<std::string, const boost::json::key_value_pair*>;

  [[nodiscard]] const boost::json::value* find(std::string_view name) const {
    if (!ignore_case_) return object_.if_contains(name);
    const std::string folded = text::ascii_lower(name);
    const auto found = std::lower_bound(folded_.begin(), folded_.end(), folded,
                                        [](const Folded& one, const std::string& other) { return one.first < other; });
    return found == folded_.end() || found->first != folded ? nullptr : &found->second->value();
  }

  const boost::json::object& object_;
  const bool ignore_case_;
  std::vector<Folded> folded_;
};

}  // namespace

void Faults::add(std::string_view message) { list_.push_back({path_, std::string(message)}); }

Faults::Step::Step(Faults& faults, std::string_view member) : faults_(faults), length_(faults.path_.size()) {
  if (!faults_.path_.empty()) faults_.path_.push_back('.');
  faults_.path_.append(member);
}

Faults::Step::Step(Faults& faults, std::size_t index) : faults_(faults), length_(faults.path_.size()) {
  faults_.path_.append(fmt::format("[{}]", index));
}

bool Schema::has(In in) const {
  return std::any_of(fields.begin(), fields.end(), [&](const FieldInfo& field) { return field.rule.in == in; });
}

void decode_string(const Rule& rule, const boost::json::value& in, std::string& out, Faults& faults) {
  if (!in.is_string()) return faults.add("must be a string");
  const auto& string = in.get_string();
  out.assign(string.data(), string.size());
  if (out.find('\0') != std::string::npos) return faults.add("must not contain a NUL character");
  const auto length = static_cast<std::int64_t>(text::length(out));
  const std::int64_t max = rule.max == kNoMax ? kLongestText : rule.max;
  if (length < rule.min)
    return faults.add(length == 0 ? "must not be empty" : fmt::format("must have at least {} characters", rule.min));
  if (length > max) return faults.add(fmt::format("must have at most {} characters", max));
  if (!rule.one_of.empty() && std::find(rule.one_of.begin(), rule.one_of.end(), out) == rule.one_of.end()) {
    return faults.add(fmt::format("must be one of {}", fmt::join(rule.one_of, ", ")));
  }
  if (rule.format == "email" && !text::is_email(out)) faults.add("must be an e-mail address");
}

void decode_integer(const Rule& rule, const boost::json::value& in, std::int64_t& out, Faults& faults) {
  if (in.is_int64()) {
    out = in.get_int64();
  } else {
    return faults.add("must be an integer");
  }
  if (out < rule.min || out > rule.max) {
    if (rule.min == kNoMin) return faults.add(fmt::format("must be at most {}", rule.max));
    if (rule.max == kNoMax) return faults.add(fmt::format("must be at least {}", rule.min));
    faults.add(fmt::format("must be between {} and {}", rule.min, rule.max));
  }
}

void decode_boolean(const boost::json::value& in, bool& out, Faults& faults) {
  if (!in.is_bool()) return faults.add("must be true or false");
  out = in.get_bool();
}

bool decode_uuid(const boost::json::value& in, Uuid& out, Faults& faults) {
  if (in.is_string()) {
    if (auto id = Uuid::parse(std::string_view(in.get_string().data(), in.get_string().size()))) {
      out = *id;
      return true;
    }
  }
  faults.add("must be a UUID");
  return false;
}

void decode_time(const boost::json::value& in, Timestamp& out, Faults& faults) {
  if (in.is_string()) {
    if (auto at = Timestamp::parse(std::string_view(in.get_string().data(), in.get_string().size()))) {
      out = *at;
      return;
    }
  }
  faults.add("must be a date and time as in RFC 3339, such as 2030-01-31T09:00:00Z");
}

std::vector<const boost::json::key_value_pair*> decode_map(const Rule& rule, std::string_view what,
                                                           const boost::json::value& in, Faults& faults) {
  std::vector<const boost::json::key_value_pair*> members;
  if (!in.is_object()) {
    faults.add(fmt::format("must be {}", what));
    return members;
  }
  const auto& object = in.get_object();
  const std::int64_t max = rule.max == kNoMax ? 100 : rule.max;
  if (static_cast<std::int64_t>(object.size()) > max) {
    faults.add(fmt::format("must have at most {} members", max));
    return members;
  }
  for (const auto& member : object) {
    if (member.key().empty() || member.key().size() > 100) {
      const Faults::Step step(faults, std::string_view(member.key().data(), member.key().size()));
      faults.add("must have a name of 1 to 100 bytes");
    } else {
      members.push_back(&member);
    }
  }
  return members;
}

void decode_members(const Schema& schema, const boost::json::value& in, void* object, Faults& faults,
                    const std::vector<const FieldInfo*>& given) {
  if (!in.is_object()) return faults.add("must be an object");
  const Members members(in.get_object(), faults);
  for (const auto& field : schema.fields) {
    if (!field.in_body() || field.decode == nullptr) continue;
    if (std::find(given.begin(), given.end(), &field) != given.end()) continue;
    const Faults::Step step(faults, field.name);
    const auto* value = members.find(field);
    if (value == nullptr || (value->is_null() && !field.type->nullable)) {
      if (field.required) faults.add(value == nullptr ? "is required" : "must not be null");
      continue;
    }
    field.decode(field, *value, object, faults);
  }
}

const boost::json::array* decode_array(const Rule& rule, const boost::json::value& in, Faults& faults) {
  if (!in.is_array()) {
    faults.add("must be an array");
    return nullptr;
  }
  const auto& array = in.get_array();
  const std::int64_t max = rule.max == kNoMax ? 1000 : rule.max;
  if (static_cast<std::int64_t>(array.size()) < rule.min) {
    faults.add(fmt::format("must have at least {} {}", rule.min, rule.min == 1 ? "entry" : "entries"));
    return nullptr;
  }
  if (static_cast<std::int64_t>(array.size()) > max) {
    faults.add(fmt::format("must have at most {} entries", max));
    return nullptr;
  }
  return &array;
}

void encode_members(const Schema& schema, const void* object, JsonWriter& out) {
  out.begin_object();
  for (const auto& field : schema.fields) {
    if (field.rule.omit_absent && field.absent != nullptr && field.absent(object)) continue;
    out.key(field.name);
    field.encode(object, out);
  }
  out.end_object();
}

void encode_uuid(const Uuid& id, JsonWriter& out) {
  std::string& place = out.place();
  place.push_back('"');
  id.append_to(place);
  place.push_back('"');
}

void encode_time(Timestamp at, JsonWriter& out) {
  std::string& place = out.place();
  place.push_back('"');
  at.append_to(place);
  place.push_back('"');
}

boost::json::value text_value(Shape shape, std::string_view text) {
  if (shape == Shape::kInteger) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  if (shape == Shape::kBoolean && (text == "true" || text == "false")) return text == "true";
  return boost::json::string(text);
}

}  // namespace gatehouse::http
