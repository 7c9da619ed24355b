#include "http/openapi.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "http/openapi_schema.hpp"
#include "http/openapi_words.hpp"
#include "http/problem.hpp"
#include "http/revision_headers.hpp"

namespace gatehouse::http {
namespace {

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
        schemas_.of_type(*field.type, field.rule, false);
        out_.end_object();
      }
    }
    if (!route.gate_header.empty()) {
      out_.begin_object().member("name", route.gate_header).member("in", "header").member("required", false);
      out_.key("schema").begin_object().member("type", "string").end_object().end_object();
    }
    if (!route.endpoint.timeless) reference("parameters/AtLeastRevision");
    if (is_idempotent(route)) {
      out_.begin_object().member("name", "Idempotency-Key").member("in", "header").member("required", false);
      out_.member("description", "The same key and body answer the same for 24 hours.");
      out_.key("schema").begin_object().member("type", "string").member("maxLength", 255).end_object().end_object();
    }
    out_.end_array();
  }

  void request_body(const Route& route) {
    const bool raw = !route.media_types.empty();
    const bool described = route.input != nullptr && route.input->may_have_body();
    if (!described && !raw) return;
    out_.key("requestBody").begin_object();
    if (route.spooled_input)
      out_.member("description", std::string_view("At most " + std::to_string(route.endpoint.max_body) + " bytes."));
    out_.member("required", raw || route.input->has(In::kBody));
    out_.key("content").begin_object();
    for (const auto media_type : route.media_types) {
      out_.key(media_type).begin_object().key("schema").raw(raw_schema(route, media_type)).end_object();
    }
    if (described) {
      out_.key("application/json").begin_object().key("schema");
      body_schema(*route.input);
      out_.end_object();
    }
    out_.end_object().end_object();
  }

  static std::string_view raw_schema(const Route& route, std::string_view media_type) {
    if (!route.endpoint.raw_schema.empty()) return route.endpoint.raw_schema;
    if (!route.spooled_input) return R"({"type":"object"})";
    return media_type.starts_with("text/") ? R"({"type":"string"})" : R"({"type":"string","format":"binary"})";
  }

  // The input's body: one member without a name is the whole body.
  void body_schema(const Schema& schema) {
    for (const auto& field : schema.fields) {
      if (field.rule.in == In::kBody && field.name.empty()) return schemas_.of_type(*field.type, field.rule, false);
    }
    schemas_.reference(schema);
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
        schemas_.of_type(*route.output, {}, true);
      } else {
        out_.raw(endpoint.raw_answer_schema.empty() ? std::string_view(R"({})") : endpoint.raw_answer_schema);
      }
      out_.end_object().end_object();
    }
    if (endpoint.method != Method::kGet && !endpoint.timeless) {
      out_.key("headers").begin_object().key(kRevisionHeader);
      reference("headers/Revision");
      out_.end_object();
    }
    out_.end_object();

    std::set<int> refusals;
    const auto may_be = [&](ErrorKind kind) { refusals.insert(route.dialect->status(kind)); };
    may_be(ErrorKind::kInvalid);
    if (route.action) may_be(ErrorKind::kUnauthenticated), may_be(ErrorKind::kForbidden);
    if (!endpoint.organization.empty()) may_be(ErrorKind::kNotFound);
    if (!endpoint.timeless) may_be(ErrorKind::kUnavailable);
    const bool has_body = !route.media_types.empty() || (route.input != nullptr && route.input->may_have_body());
    if (has_body) may_be(ErrorKind::kTooLarge), may_be(ErrorKind::kUnsupportedMedia);
    if (is_idempotent(route)) may_be(ErrorKind::kConflict), may_be(ErrorKind::kUnprocessable);
    for (const auto kind : endpoint.errors) may_be(kind);
    error_names_[route.dialect->error_schema_name()] = route.dialect->error_schema();
    const std::string schema = "schemas/" + std::string(route.dialect->error_schema_name());
    for (const int status : refusals) {
      out_.key(std::to_string(status)).begin_object().member("description", reason(status));
      out_.key("content").begin_object();
      out_.key(route.dialect->error_media_type()).begin_object().key("schema");
      reference(schema);
      out_.end_object().end_object().end_object();
    }
    out_.end_object();
  }

  // To what stands below `components`.
  void reference(std::string_view name) {
    out_.begin_object().member("$ref", std::string_view("#/components/" + std::string(name))).end_object();
  }

  void components() {
    out_.key("components").begin_object();
    out_.key("securitySchemes").begin_object().key("bearer").begin_object();
    out_.member("type", "http")
        .member("scheme", "bearer")
        .member("description", "An access token or an API token.")
        .end_object()
        .end_object();
    out_.key("parameters").begin_object().key("AtLeastRevision").raw(kAtLeastRevisionParameterJson).end_object();
    out_.key("headers").begin_object().key("Revision").raw(kRevisionHeaderJson).end_object();
    out_.key("schemas").begin_object();
    schemas_.components();
    for (const auto& [name, json] : error_names_) out_.key(name).raw(json);
    out_.end_object().end_object();
  }

  const std::vector<std::unique_ptr<Route>>& routes_;
  const access::Permissions& permissions_;
  std::string text_;
  JsonWriter out_;
  SchemaWriter schemas_{out_};
  std::map<std::string_view, std::string_view> error_names_;
};

}  // namespace

std::string openapi_document(const ApiInfo& info, const std::vector<std::unique_ptr<Route>>& routes,
                             const access::Permissions& permissions) {
  return Document(routes, permissions).write(info);
}

}  // namespace gatehouse::http
