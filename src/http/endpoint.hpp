// Endpoints: each is declared once, and from the declaration come routing, authentication, the permission check, decoding with limits,
// the OpenAPI operation, the metric label and the access matrix of the tests.
//
//   surface.add({.id = "updateOrganization", .method = Method::kPut, .path = "/api/v1/orgs/{orgId}",
//                .summary = "Change an organization.", .organization = "orgId", .work = Work::kWrite,
//                .errors = {ErrorKind::kConflict}},
//               [&](Call& call, const Permit<Action::kOrganizationUpdate>& permit, UpdateOrganization in) -> Result<OrganizationView> {
//                 return organizations.update(permit, …);
//               });
//
// The handler's second parameter says who may call: `const Permit<Action>&`, made before the handler runs (at the organization named by
// `.organization`, a path parameter, else by the action's own rule), or `Anyone`, with `.anyone_because`. The third is the
// input: a described struct (members in path, query and body), `Nothing`, `RawBody`, or `SpooledBody`. The result is a described struct, a
// vector or a map of them, a `Stream` of them (an array that is made while it is sent), `Nothing` (204), or `RawAnswer`.
// Surfaces whose every call acts on the caller's active organization say `.at_active` instead of `.organization`.
// An organization id in the path that is no UUID, or out of reach, answers the surface's "not found" before anything is decoded.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "http/route.hpp"
#include "http/spooled_body.hpp"
#include "http/stream.hpp"

namespace gatehouse::http {

// How all endpoints of a surface are reached.
struct SurfaceOptions {
  // Without ASCII case match: literal segments of the paths, names of query parameters, names of members in JSON bodies.
  // Two members of an object that differ only in case are refused. Path parameters keep their case. Where a path of a
  // surface that minds the case matches as well, that one is meant.
  bool ignore_case = false;
  // Asked before everything else of an endpoint, the credential too, on the I/O thread: must not block. Its refusal is told
  // in the surface's dialect.
  std::function<Result<void>(const Call&)> gate{};
  std::string_view gate_header{};  // what the gate looks at, for the OpenAPI document
};

class Surface {
 public:
  Surface(std::string_view tag, const Dialect& dialect, SurfaceOptions options = {})
      : tag_(tag), dialect_(dialect), options_(std::move(options)) {}

  template <class Handler>
  void add(Endpoint endpoint, Handler handler) {
    add_typed(std::move(endpoint), std::move(handler), &Handler::operator());
  }
  std::vector<Route>& routes() { return routes_; }
  [[nodiscard]] const Dialect& dialect() const { return dialect_; }

 private:
  template <class Handler, class Out, class Grant, class Input>
  void add_typed(Endpoint endpoint, Handler handler, Result<Out> (Handler::*)(Call&, Grant, Input) const) {
    using Access = std::decay_t<Grant>;
    using In_ = std::decay_t<Input>;
    Route route;
    route.tag = tag_;
    route.dialect = &dialect_;
    route.ignore_case = options_.ignore_case;
    route.gate = options_.gate;
    route.gate_header = options_.gate_header;
    set_access(route, endpoint, static_cast<Access*>(nullptr));
    if constexpr (std::is_same_v<In_, RawBody>) {
      route.raw_input = true;
    } else if constexpr (std::is_same_v<In_, SpooledBody>) {
      route.spooled_input = true;
    } else if constexpr (!std::is_same_v<In_, Nothing>) {
      route.input = &schema_of<In_>();
    }
    if constexpr (std::is_same_v<Out, RawAnswer>) {
      route.raw_output = true;
    } else if constexpr (IsStream<Out>::value) {
      route.output = &type_of<std::vector<typename Out::Item>>();
      route.streamed = true;
    } else if constexpr (!std::is_same_v<Out, Nothing>) {
      route.output = &type_of<Out>();
    }
    if (route.raw_input || route.spooled_input) {
      route.media_types = endpoint.raw_media_types;
      if (route.media_types.empty()) route.media_types = {endpoint.raw_media_type};
    }
    route.run = [handler = std::move(handler), success = endpoint.success, media_types = route.media_types](
                    Call& call, const PermitPlace& permit) -> Result<void> {
      In_ input{};
      TRY(read_input(call, media_types, input));
      auto out = run_handler<Access>(handler, call, permit, std::move(input));
      if (!out) return std::move(out).error();
      if (call.response.status == 200) call.response.status = success;
      if constexpr (IsStream<Out>::value) {
        begin(std::move(*out), call);
      } else {
        render(*out, call.response);
      }
      return {};
    };
    route.endpoint = std::move(endpoint);
    routes_.push_back(std::move(route));
  }

  template <class Input>
  static Result<void> read_input(const Call& call, const std::vector<std::string_view>& media_types, Input& input) {
    if constexpr (std::is_same_v<Input, RawBody>) {
      TRY(accepted_media_type(call, media_types));
      input.bytes = call.request.body;
    } else if constexpr (std::is_same_v<Input, SpooledBody>) {
      input = SpooledBody(call.spool.get(), call.request.body, TRY(accepted_media_type(call, media_types)));
    } else if constexpr (!std::is_same_v<Input, Nothing>) {
      TRY(decode_input(schema_of<Input>(), call, &input));
    }
    (void)media_types;
    return {};
  }

  template <class Access, class Handler, class Input>
  static auto run_handler(const Handler& handler, Call& call, const PermitPlace& permit, Input input) {
    if constexpr (std::is_same_v<Access, Anyone>) {
      (void)permit;
      return handler(call, Anyone{}, std::move(input));
    } else {
      return handler(call, permit.get<Access>(), std::move(input));
    }
  }

  static void set_access(Route&, const Endpoint&, Anyone*) {}
  template <Action A>
  static void set_access(Route& route, const Endpoint& endpoint, Permit<A>*) {
    route.action = A;
    route.authorize = [parameter = endpoint.organization, at_active = endpoint.at_active](
                          const access::Policy& policy, Call& call, PermitPlace& permit) -> Result<void> {
      auto made = at_active ? policy.permit_at_active<A>(call.principal, call.now)
                  : parameter.empty()
                      ? policy.permit<A>(call.principal, call.now)
                      : policy.permit<A>(call.principal, organization_in_path(call, parameter), call.now);
      if (!made) return std::move(made).error();
      permit.put(*made);
      return {};
    };
  }
  static OrganizationId organization_in_path(const Call& call, std::string_view parameter) {
    return OrganizationId::parse(call.path_parameter(parameter)).value_or(OrganizationId());
  }

  static void render(const Nothing&, Response& response) {
    if (response.status == 200) response.status = 204;
    response.content_type = {};
  }
  static void render(RawAnswer& answer, Response& response) {
    if (answer.status != 0) response.status = answer.status;
    response.content_type = answer.content_type;
    response.body = std::move(answer.body);
  }
  template <class Out>
  static void render(const Out& out, Response& response) {
    JsonWriter writer(response.body);
    encode_value(out, writer);
  }
  // The first batch, while a failure can still be answered as one. HEAD asks for none.
  template <class Item>
  static void begin(Stream<Item> stream, Call& call) {
    call.response.streamed = true;
    if (call.request.method == Method::kHead) return;
    auto source = std::make_unique<ArraySource<Item>>(std::move(stream));
    if (source->next(call.response.body)) {
      call.rest = std::move(source);
    } else {
      call.response.streamed = false;
    }
  }

  std::string_view tag_;
  const Dialect& dialect_;
  const SurfaceOptions options_;
  std::vector<Route> routes_;
};

}  // namespace gatehouse::http
