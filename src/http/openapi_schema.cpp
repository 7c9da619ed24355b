#include "http/openapi_schema.hpp"

#include <limits>
#include <map>

namespace gatehouse::http {
namespace {

std::string_view type_word(Shape shape) {
  switch (shape) {
    case Shape::kInteger: return "integer";
    case Shape::kBoolean: return "boolean";
    case Shape::kArray: return "array";
    case Shape::kMap: return "object";
    default: return "string";
  }
}

}  // namespace

void SchemaWriter::reference(const Schema& schema) {
  wanted_.insert(&schema);
  out_.begin_object().member("$ref", std::string_view("#/components/schemas/" + std::string(schema.name))).end_object();
}

void SchemaWriter::of_type(const TypeInfo& type, const Rule& rule, bool answer) {
  const bool nullable = type.nullable && !(answer && rule.omit_absent);
  if (type.shape == Shape::kObject) {
    if (!nullable) return reference(type.object());
    out_.begin_object().key("anyOf").begin_array();
    reference(type.object());
    out_.begin_object().member("type", "null").end_object().end_array().end_object();
    return;
  }
  out_.begin_object();
  if (type.shape == Shape::kOneOrMany) {
    out_.key("oneOf").begin_array();
    of_type(*type.element, {}, answer);
    out_.begin_object().member("type", "array").key("items");
    of_type(*type.element, {}, answer);
    limits("minItems", "maxItems", rule);
    out_.end_object().end_array();
  } else {
    const std::string_view word = type_word(type.shape);
    out_.key("type");
    if (nullable) {
      out_.begin_array().value(word).value("null").end_array();
    } else {
      out_.value(word);
    }
    details(type, rule, answer);
  }
  if (!rule.doc.empty()) out_.member("description", rule.doc);
  out_.end_object();
}

void SchemaWriter::details(const TypeInfo& type, const Rule& rule, bool answer) {
  switch (type.shape) {
    case Shape::kUuid: out_.member("format", "uuid"); break;
    case Shape::kTime: out_.member("format", "date-time"); break;
    case Shape::kInteger: limits("minimum", "maximum", rule); break;
    case Shape::kMap:
      out_.key("additionalProperties");
      of_type(*type.element, {}, answer);
      break;
    case Shape::kArray:
      out_.key("items");
      of_type(*type.element, {}, answer);
      limits("minItems", "maxItems", rule);
      break;
    case Shape::kString:
      if (!rule.format.empty()) out_.member("format", rule.format);
      limits("minLength", "maxLength", rule);
      if (!rule.one_of.empty()) {
        out_.key("enum").begin_array();
        for (const auto word : rule.one_of) out_.value(word);
        if (type.nullable && !answer) out_.null();
        out_.end_array();
      }
      break;
    default: break;
  }
  if (!rule.fallback.empty()) {
    out_.key("default");
    if (type.shape == Shape::kString) {
      out_.value(rule.fallback);
    } else {
      out_.raw(rule.fallback);
    }
  }
}

void SchemaWriter::limits(std::string_view least, std::string_view most, const Rule& rule) {
  if (rule.min != std::numeric_limits<std::int64_t>::min()) out_.member(least, rule.min);
  if (rule.max != std::numeric_limits<std::int64_t>::max()) out_.member(most, rule.max);
}

// Members of a body or an answer. In answers everything stands that is not left out on purpose.
void SchemaWriter::object(const Schema& schema) {
  out_.begin_object().member("type", "object");
  out_.key("required").begin_array();
  for (const auto& field : schema.fields) {
    if (field.rule.in == In::kBody && field.required) out_.value(field.name);
  }
  out_.end_array();
  out_.key("properties").begin_object();
  for (const auto& field : schema.fields) {
    if (!field.in_body()) continue;
    out_.key(field.name);
    of_type(*field.type, field.rule, false);
  }
  out_.end_object().end_object();
}

void SchemaWriter::components() {
  // Writing one schema may ask for others.
  std::map<std::string_view, const Schema*> written;
  for (;;) {
    std::map<std::string_view, const Schema*> open;
    for (const auto* schema : wanted_) {
      if (written.count(schema->name) == 0) open.emplace(schema->name, schema);
    }
    if (open.empty()) break;
    const auto [name, schema] = *open.begin();
    written.emplace(name, schema);
    out_.key(name);
    object(*schema);
  }
}

}  // namespace gatehouse::http
