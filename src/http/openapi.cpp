#include "http/openapi.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "http/problem.hpp"

namespace gatehouse::http {
namespace {

std::string_view method_key(Method method) {
  switch (method) {
    case Method::kPost: return "post";
    case Method::kPut: return "put";
    case Method::kPatch: return "patch";
    case Method::kDelete: return "delete";
    default: return "get";
  }
}

std::string_view needs_word(access::Needs needs) {
  switch (needs) {
    case access::Needs::kPermission: return "organization";
    case access::Needs::kReach: return "organization";
    case access::Needs::kPlatform: return "platform";
    case access::Needs::kPrincipal: return "principal";
    case access::Needs::kPerson: return "person";
  }
  return "principal";
}

bool is_idempotent(const Route& route) {
  return route.endpoint.method == Method::kPost && route.action && route.endpoint.work != Work::kMemory;
}

class Document {
 public:
  Document(const std::vector<std::unique_ptr<Route>>& routes, const access::Permissions& permissions)
      : routes_(routes), permissions_(permissions), out_(text_) {}

  std::string write(const ApiInfo& info) {
    out_.begin_object().member("openapi", "3.1.0");
    out_.key("info").begin_object();
    out_.member("title", info.title).member("version", info.version).member("description", info.description);
    out_.key("license").begin_object().member("name", "Apache-2.0").member("identifier", "Apache-2.0").end_object();
    out_.end_object();
    out_.key("servers").begin_array().begin_object().member("url", "/").end_object().end_array();
    out_.key("security").begin_array().begin_object().key("bearer").begin_array().end_array().end_object().end_array();
    out_.key("tags").begin_array();
    for (const auto& [name, description] : info.tags)
      out_.begin_object().member("name", name).member("description", description).end_object();
    out_.end_array();
    paths();
    components();
    out_.end_object();
    return std::move(text_);
  }

 private:
  void paths() {
    std::map<std::string_view, std::vector<const Route*>> by_path;
    for (const auto& route : routes_) by_path[route->endpoint.path].push_back(route.get());
    out_.key("paths").begin_object();
    for (auto& [path, routes] : by_path) {
      std::sort(routes.begin(), routes.end(),
                [](const Route* a, const Route* b) { return a->endpoint.method < b->endpoint.method; });
      out_.key(path).begin_object();
      for (const auto* route : routes) operation(*route);
      out_.end_object();
    }
    out_.end_object();
  }

  void operation(const Route& route) {
    const Endpoint& endpoint = route.endpoint;
    out_.key(method_key(endpoint.method)).begin_object();
    out_.member("operationId", endpoint.id).member("summary", endpoint.summary);
    out_.key("tags").begin_array().value(route.tag).end_array();
    if (!endpoint.alias_of.empty())
      out_.member("description", std::string_view("The same as `" + std::string(endpoint.alias_of) + "`."));
    access_of(route);
    parameters(route);
    request_body(route);
    responses(route);
    out_.end_object();
  }

  void access_of(const Route& route) {
    if (!route.action) out_.key("security").begin_array().end_array();
    out_.key("x-access").begin_object();
    if (!route.action) {
      out_.member("kind", "anyone").member("because", route.endpoint.anyone_because);
    } else {
      const auto& rule = access::rule(*route.action);
      out_.member("kind", needs_word(rule.needs)).member("action", rule.name);
      const bool has_permission = rule.needs == access::Needs::kPermission || rule.needs == access::Needs::kPlatform;
      if (has_permission) out_.member("permission", permissions_.name(rule.permission));
      if (has_permission && rule.also != rule.permission) out_.member("also", permissions_.name(rule.also));
      if (rule.person) out_.member("person", true);
      if (!route.endpoint.organization.empty()) out_.member("parameter", route.endpoint.organization);
      if (route.endpoint.at_active) out_.member("at", "active_organization");
    }
    out_.end_object();
  }

  void parameters(const Route& route) {
    std::vector<std::string_view> in_path;
    for (std::string_view rest = route.endpoint.path;;) {
      const std::size_t open = rest.find('{');
      if (open == std::string_view::npos) break;
      rest.remove_prefix(open + 1);
      in_path.push_back(rest.substr(0, rest.find('}')));
    }
    out_.key("parameters").begin_array();
    for (const auto name : in_path) {
      out_.begin_object().member("name", name).member("in", "path").member("required", true);
      out_.key("schema").begin_object().member("type", "string").member("format", "uuid").end_object().end_object();
    }
    if (route.input != nullptr) {
      for (const auto& field : route.input->fields) {
        if (!field.in_query()) continue;
        const bool required = field.required && field.rule.in == In::kQuery;
        out_.begin_object().member("name", field.name).member("in", "query").member("required", required);
        if (!field.rule.doc.empty()) out_.member("description", field.rule.doc);
        out_.key("schema");
        type_schema(*field.type, field.rule, false);
        out_.end_object();
      }
    }
    if (!route.gate_header.empty()) {
      out_.begin_object().member("name", route.gate_header).member("in", "header").member("required", false);
      out_.key("schema").begin_object().member("type", "string").end_object().end_object();
    }
    if (is_idempotent(route)) {
      out_.begin_object().member("name", "Idempotency-Key").member("in", "header").member("required", false);
      out_.member("description", "The same key and body answer the same for 24 hours.");
      out_.key("schema").begin_object().member("type", "string").member("maxLength", 255).end_object().end_object();
    }
    out_.end_array();
  }

  void request_body(const Route& route) {
    const bool described = route.input != nullptr && route.input->may_have_body();
    if (!described && !route.raw_input) return;
    out_.key("requestBody").begin_object().member("required", route.raw_input || route.input->has(In::kBody));
    out_.key("content").begin_object();
    out_.key(route.raw_input ? route.endpoint.raw_media_type : std::string_view("application/json"))
        .begin_object()
        .key("schema");
    if (route.raw_input) {
      out_.raw(route.endpoint.raw_schema.empty() ? std::string_view(R"({"type":"object"})")
                                                 : route.endpoint.raw_schema);
    } else {
      body_schema(*route.input);
    }
    out_.end_object().end_object().end_object();
  }

  // The input's body: one member without a name is the whole body.
  void body_schema(const Schema& schema) {
    for (const auto& field : schema.fields) {
      if (field.rule.in == In::kBody && field.name.empty()) return type_schema(*field.type, field.rule, false);
    }
    reference(schema);
  }

  void responses(const Route& route) {
    const Endpoint& endpoint = route.endpoint;
    const bool nothing = route.output == nullptr && !route.raw_output;
    const int success = nothing && endpoint.success == 200 ? 204 : endpoint.success;
    out_.key("responses").begin_object();
    out_.key(std::to_string(success)).begin_object().member("description", reason(success));
    if (!nothing) {
      out_.key("content").begin_object().key(endpoint.answer_media_type).begin_object().key("schema");
      if (route.output != nullptr) {
        type_schema(*route.output, {}, true);
      } else {
        out_.raw(endpoint.raw_answer_schema.empty() ? std::string_view(R"({})") : endpoint.raw_answer_schema);
      }
      out_.end_object().end_object();
    }
    out_.end_object();

    std::set<int> refusals;
    const auto may_be = [&](ErrorKind kind) { refusals.insert(route.dialect->status(kind)); };
    may_be(ErrorKind::kInvalid);
    if (route.action) may_be(ErrorKind::kUnauthenticated), may_be(ErrorKind::kForbidden);
    if (!endpoint.organization.empty()) may_be(ErrorKind::kNotFound);
    if (endpoint.work != Work::kMemory) may_be(ErrorKind::kUnavailable);
    const bool has_body = route.raw_input || (route.input != nullptr && route.input->may_have_body());
    if (has_body) may_be(ErrorKind::kTooLarge), may_be(ErrorKind::kUnsupportedMedia);
    if (is_idempotent(route)) may_be(ErrorKind::kConflict), may_be(ErrorKind::kUnprocessable);
    for (const auto kind : endpoint.errors) may_be(kind);
    error_names_[route.dialect->error_schema_name()] = route.dialect->error_schema();
    const std::string schema(route.dialect->error_schema_name());
    for (const int status : refusals) {
      out_.key(std::to_string(status)).begin_object().member("description", reason(status));
      out_.key("content").begin_object();
      out_.key(route.dialect->error_media_type()).begin_object().key("schema");
      out_.begin_object().member("$ref", std::string_view("#/components/schemas/" + schema)).end_object();
      out_.end_object().end_object().end_object();
    }
    out_.end_object();
  }

  void reference(const Schema& schema) {
    wanted_.insert(&schema);
    out_.begin_object()
        .member("$ref", std::string_view("#/components/schemas/" + std::string(schema.name)))
        .end_object();
  }

  void type_schema(const TypeInfo& type, const Rule& rule, bool answer) {
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
      type_schema(*type.element, {}, answer);
      out_.begin_object().member("type", "array").key("items");
      type_schema(*type.element, {}, answer);
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

  static std::string_view type_word(Shape shape) {
    switch (shape) {
      case Shape::kInteger: return "integer";
      case Shape::kBoolean: return "boolean";
      case Shape::kArray: return "array";
      case Shape::kMap: return "object";
      default: return "string";
    }
  }

  void details(const TypeInfo& type, const Rule& rule, bool answer) {
    switch (type.shape) {
      case Shape::kUuid: out_.member("format", "uuid"); break;
      case Shape::kTime: out_.member("format", "date-time"); break;
      case Shape::kInteger: limits("minimum", "maximum", rule); break;
      case Shape::kMap:
        out_.key("additionalProperties");
        type_schema(*type.element, {}, answer);
        break;
      case Shape::kArray:
        out_.key("items");
        type_schema(*type.element, {}, answer);
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

  void limits(std::string_view least, std::string_view most, const Rule& rule) {
    if (rule.min != std::numeric_limits<std::int64_t>::min()) out_.member(least, rule.min);
    if (rule.max != std::numeric_limits<std::int64_t>::max()) out_.member(most, rule.max);
  }

  // Members of a body or an answer. In answers everything stands that is not left out on purpose.
  void object_schema(const Schema& schema) {
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
      type_schema(*field.type, field.rule, false);
    }
    out_.end_object().end_object();
  }

  void components() {
    out_.key("components").begin_object();
    out_.key("securitySchemes").begin_object().key("bearer").begin_object();
    out_.member("type", "http")
        .member("scheme", "bearer")
        .member("description", "An access token or an API token.")
        .end_object()
        .end_object();
    out_.key("schemas").begin_object();
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
      object_schema(*schema);
    }
    for (const auto& [name, json] : error_names_) out_.key(name).raw(json);
    out_.end_object().end_object();
  }

  const std::vector<std::unique_ptr<Route>>& routes_;
  const access::Permissions& permissions_;
  std::string text_;
  JsonWriter out_;
  std::set<const Schema*> wanted_;
  std::map<std::string_view, std::string_view> error_names_;
};

}  // namespace

std::string openapi_document(const ApiInfo& info, const std::vector<std::unique_ptr<Route>>& routes,
                             const access::Permissions& permissions) {
  return Document(routes, permissions).write(info);
}

}  // namespace gatehouse::http
