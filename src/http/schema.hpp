// Described structs: a wire struct says its members once, and decoding with limits, writing, and the OpenAPI schema
// come from that. Templates here only pick the small functions for a member's type; the loops are in schema.cpp.
//
//   struct NewOrganization { std::string name; std::optional<OrganizationId> parent; };
//   inline void describe(http::Fields<NewOrganization>& f) {
//     f.name("NewOrganization");
//     f.add<&NewOrganization::name>("name", {.min = 1, .max = 100, .doc = "Unique, case-insensitive."});
//     f.add<&NewOrganization::parent>("parentOrgId");
//   }
//
// A member is required unless its type is std::optional, std::vector or std::map, or the rule carries a default.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "http/schema_parts.hpp"

namespace gatehouse::http {

// A member that must be there but may be null.
template <class T>
struct Nullable : std::optional<T> {
  using std::optional<T>::optional;
};

// A body that is one object or an array of them.
template <class T>
struct OneOrMany {
  std::vector<T> items;
  bool many = false;  // came as an array
};

template <class T>
class Fields {
 public:
  explicit Fields(Schema& schema) : schema_(schema) {}
  void name(std::string_view name) { schema_.name = name; }
  template <auto Member>
  void add(std::string_view name, Rule rule = {});

 private:
  Schema& schema_;
};

template <class T>
const Schema& schema_of() {
  static const Schema schema = [] {
    Schema built;
    Fields<T> fields(built);
    describe(fields);
    return built;
  }();
  return schema;
}

namespace detail {

template <class T>
struct Unwrap {
  using Type = T;
  static constexpr int kind = 0;
};
template <class T>
struct Unwrap<std::optional<T>> {
  using Type = T;
  static constexpr int kind = 1;
};
template <class T>
struct Unwrap<Nullable<T>> {
  using Type = T;
  static constexpr int kind = 2;
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOneOrMany : std::false_type {};
template <class T>
struct IsOneOrMany<OneOrMany<T>> : std::true_type {};

template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

}  // namespace detail

template <class T>
const TypeInfo& type_of() {
  static const TypeInfo info = [] {
    TypeInfo type;
    if constexpr (detail::Unwrap<T>::kind != 0) {
      type = type_of<typename detail::Unwrap<T>::Type>();
      type.nullable = true;
      type.may_be_absent = detail::Unwrap<T>::kind == 1;
    } else if constexpr (detail::IsVector<T>::value) {
      type = {Shape::kArray, false, true, nullptr, &type_of<typename T::value_type>()};
    } else if constexpr (detail::IsOneOrMany<T>::value) {
      type = {Shape::kOneOrMany, false, false, nullptr, &type_of<typename decltype(T::items)::value_type>()};
    } else if constexpr (detail::IsMap<T>::value) {
      type = {Shape::kMap, false, true, nullptr, &type_of<typename T::mapped_type>()};
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
      type.shape = Shape::kString;
    } else if constexpr (std::is_base_of_v<Uuid, T>) {
      type.shape = Shape::kUuid;
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      type.shape = Shape::kTime;
    } else if constexpr (std::is_same_v<T, bool>) {
      type.shape = Shape::kBoolean;
    } else if constexpr (std::is_integral_v<T>) {
      type.shape = Shape::kInteger;
    } else {
      type.shape = Shape::kObject;
      type.object = &schema_of<T>;
    }
    return type;
  }();
  return info;
}

template <class T>
void decode_value(const Rule& rule, const boost::json::value& in, T& out, Faults& faults) {
  if constexpr (detail::Unwrap<T>::kind != 0) {
    // An optional Nullable tells null from absent: null is a Nullable without a value.
    if (in.is_null() && detail::Unwrap<typename detail::Unwrap<T>::Type>::kind == 0) {
      out.reset();
      return;
    }
    out.emplace();
    decode_value(rule, in, *out, faults);
  } else if constexpr (detail::IsVector<T>::value) {
    if (const auto* array = decode_array(rule, in, faults)) {
      out.resize(array->size());
      for (std::size_t i = 0; i < array->size(); ++i) {
        const Faults::Step step(faults, i);
        decode_value(Rule{.one_of = rule.one_of}, (*array)[i], out[i], faults);
      }
    }
  } else if constexpr (detail::IsOneOrMany<T>::value) {
    out.many = in.is_array();
    if (out.many) {
      decode_value(rule, in, out.items, faults);
    } else {
      decode_value(Rule{}, in, out.items.emplace_back(), faults);
    }
  } else if constexpr (detail::IsMap<T>::value) {
    constexpr bool of_text = std::is_same_v<typename T::mapped_type, std::string>;
    for (const auto* member : decode_map(rule, of_text ? "an object of strings" : "an object", in, faults)) {
      const std::string_view name(member->key().data(), member->key().size());
      const Faults::Step step(faults, name);
      decode_value(of_text ? Rule{.max = 1000} : Rule{}, member->value(), out[std::string(name)], faults);
    }
  } else if constexpr (std::is_same_v<T, std::string>) {
    decode_string(rule, in, out, faults);
  } else if constexpr (std::is_base_of_v<Uuid, T>) {
    Uuid id;
    if (decode_uuid(in, id, faults)) out = T(id);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    decode_time(in, out, faults);
  } else if constexpr (std::is_same_v<T, bool>) {
    decode_boolean(in, out, faults);
  } else if constexpr (std::is_integral_v<T>) {
    std::int64_t number = 0;
    decode_integer(rule, in, number, faults);
    out = static_cast<T>(number);
  } else {
    decode_members(schema_of<T>(), in, &out, faults);
  }
}

template <class T>
void encode_value(const T& in, JsonWriter& out) {
  if constexpr (detail::Unwrap<T>::kind != 0) {
    if (in) {
      encode_value(*in, out);
    } else {
      out.null();
    }
  } else if constexpr (detail::IsVector<T>::value) {
    out.begin_array();
    for (const auto& item : in) encode_value(item, out);
    out.end_array();
  } else if constexpr (detail::IsOneOrMany<T>::value) {
    if (in.many) {
      encode_value(in.items, out);
    } else {
      encode_value(in.items.front(), out);
    }
  } else if constexpr (detail::IsMap<T>::value) {
    out.begin_object();
    for (const auto& [name, value] : in) {
      out.key(name);
      encode_value(value, out);
    }
    out.end_object();
  } else if constexpr (std::is_base_of_v<Uuid, T>) {
    encode_uuid(in, out);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    encode_time(in, out);
  } else if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>) {
    out.value(in);
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    out.value(std::string_view(in));
  } else {
    encode_members(schema_of<T>(), &in, out);
  }
}

template <class T>
template <auto Member>
void Fields<T>::add(std::string_view name, Rule rule) {
  using M = std::decay_t<decltype(std::declval<T>().*Member)>;
  FieldInfo field;
  field.name = name;
  field.type = &type_of<M>();
  field.required = rule.required || (!field.type->may_be_absent && rule.fallback.empty());
  field.rule = std::move(rule);
  if constexpr (!std::is_same_v<M, std::string_view>) {
    field.decode = [](const FieldInfo& info, const boost::json::value& in, void* object, Faults& faults) {
      decode_value(info.rule, in, static_cast<T*>(object)->*Member, faults);
    };
  }
  field.encode = [](const void* object, JsonWriter& out) { encode_value(static_cast<const T*>(object)->*Member, out); };
  if constexpr (detail::Unwrap<M>::kind == 1) {
    field.absent = [](const void* object) { return !(static_cast<const T*>(object)->*Member).has_value(); };
  }
  schema_.fields.push_back(std::move(field));
}

}  // namespace gatehouse::http
