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
// input: a described struct (members in path, query and body), `Nothing`, or `RawBody`. The result is a described struct, a
// vector or a map of them, a `Stream` of them (an array that is made while it is sent), `Nothing` (204), or `RawAnswer`.
// Surfaces whose every call acts on the caller's active organization say `.at_active` instead of `.organization`.
// An organization id in the path that is no UUID, or out of reach, answers the surface's "not found" before anything is decoded.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "access/policy.hpp"
#include "http/message.hpp"
#include "http/schema.hpp"
#include "http/stream.hpp"

namespace gatehouse::http {

using access::Action;
using access::Permit;

// Where the handler runs.
enum class Work : std::uint8_t {
  kMemory,  // on the I/O thread: look-ups in memory only, microseconds
  kRead,    // on the reading pool: touches the store
  kWrite,   // on the writing pool: waits for the write lane
  kHash,    // on the hashing pool, below the others' priority: password hashing
};

// The handler needs no credentials; the endpoint says why.
struct Anyone {};
struct Nothing {};
// The body as it came; the endpoint says which media type it must have.
struct RawBody {
  std::string_view bytes;
};
// An answer already rendered.
struct RawAnswer {
  std::string_view content_type = "application/json";
  std::string body;
  int status = 0;  // 0: the endpoint's success status
};

class Call;

struct Endpoint {
  std::string_view id{};  // operation id, unique
  Method method = Method::kGet;
  std::string_view path{};  // "/api/v1/orgs/{orgId}"
  std::string_view summary{};
  std::string_view organization{};  // path parameter that names the organization of the permit
  bool at_active = false;           // the permit is made at the caller's active organization
  bool asks_active = false;  // what it does depends on the active organization, although the permit is not made there
  bool repeatable = false;   // doing it again changes nothing: an Idempotency-Key is not looked at
  std::string_view anyone_because{};
  Work work = Work::kRead;
  Work (*work_of_call)(const Call& call) = nullptr;  // when it depends on the request
  int success = 200;
  std::vector<ErrorKind> errors{};  // beyond the ones every endpoint has
  std::string_view alias_of{};      // operation id; an alias is served but marked in the OpenAPI document
  std::string_view raw_media_type = "application/json";  // of a RawBody
  std::string_view raw_schema{};  // JSON text of the OpenAPI schema of a RawBody or RawAnswer (request), optional
  std::string_view raw_answer_schema{};
  std::string_view answer_media_type = "application/json";
};

// One request as a handler sees it.
class Call {
 public:
  const Request& request;
  Response& response;
  Timestamp now;
  std::string_view request_id;
  Principal principal;              // kNobody for Anyone
  std::string_view source_address;  // of the client, honouring trusted proxies
  std::vector<std::pair<std::string_view, std::string>> path_parameters;
  std::unique_ptr<BodySource> rest{};  // of a body that has begun

  [[nodiscard]] std::string_view path_parameter(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> query_parameter(
      std::string_view name) const;  // decoded, the first of that name
  // `name` is a literal; `value` has no CR or LF.
  void set_header(std::string_view name, std::string value) { response.headers.emplace_back(name, std::move(value)); }
  // RFC 9110 13.1.1: the versions that If-Match names; none when it is absent or `*`. Set by set_etag as "<version>".
  [[nodiscard]] Result<std::vector<std::int64_t>> if_match() const;
  void set_etag(std::int64_t version) { set_header("ETag", "\"" + std::to_string(version) + "\""); }
};

// How a surface speaks of errors.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual void render(const Error& error, const Call& call, Response& response) const = 0;
  [[nodiscard]] virtual int status(ErrorKind kind) const;  // RFC 9110's usual ones
  [[nodiscard]] virtual std::string_view error_media_type() const = 0;
  [[nodiscard]] virtual std::string_view error_schema() const = 0;  // JSON text of the OpenAPI schema
  [[nodiscard]] virtual std::string_view error_schema_name() const = 0;
};

// RFC 9457 problem details with the core's codes: for everything that is no surface of its own.
const Dialect& plain_dialect();

// Makes a principal of a bearer credential, from memory only.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual Result<Principal> authenticate(std::string_view bearer, Timestamp now) = 0;
};

// Keeps the answers of POST requests that carry an Idempotency-Key.
class Idempotency {
 public:
  struct Claim {
    bool replay = false;  // `answer` is to be sent again
    std::string answer;
  };
  virtual ~Idempotency() = default;
  // Errors: kConflict while the first one runs, kUnprocessable when the fingerprint differs.
  virtual Result<Claim> claim(const Principal& who, std::string_view key, std::string_view fingerprint) = 0;
  virtual void complete(const Principal& who, std::string_view key, std::string_view answer) = 0;
  virtual void abandon(const Principal& who, std::string_view key) = 0;  // nothing happened: the key is free again
};

// Room for one permit, of whatever action: they are small, and made for nearly every request.
class PermitPlace {
 public:
  template <class AnyPermit>
  void put(const AnyPermit& permit) {
    static_assert(sizeof(AnyPermit) == sizeof(access::Pass) && std::is_trivially_copyable_v<AnyPermit>);
    ::new (static_cast<void*>(room_.data())) AnyPermit(permit);
  }
  // Precondition: it was put as that.
  template <class AnyPermit>
  [[nodiscard]] const AnyPermit& get() const {
    return *std::launder(reinterpret_cast<const AnyPermit*>(room_.data()));
  }

 private:
  alignas(access::Pass) std::array<std::byte, sizeof(access::Pass)> room_;
};

// A declared endpoint, types erased.
struct Route {
  Endpoint endpoint;
  const Dialect* dialect = nullptr;
  std::string_view tag;
  const Schema* input = nullptr;
  const TypeInfo* output = nullptr;
  bool raw_input = false;
  bool raw_output = false;
  bool streamed = false;
  std::optional<Action> action;  // none: anyone
  // Makes the permit and keeps it for `run`.
  std::function<Result<void>(const access::Policy& policy, Call& call, PermitPlace& permit)> authorize;
  // Decodes, runs the handler and renders the success into call.response.
  std::function<Result<void>(Call& call, const PermitPlace& permit)> run;
};

// Decodes a described input from path, query and body; every faulty member is reported.
Result<void> decode_input(const Schema& schema, const Call& call, void* object);
// Checks the media type of a raw body.
Result<void> check_media_type(const Call& call, std::string_view expected);

class Surface {
 public:
  Surface(std::string_view tag, const Dialect& dialect) : tag_(tag), dialect_(dialect) {}

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
    set_access(route, endpoint, static_cast<Access*>(nullptr));
    if constexpr (std::is_same_v<In_, RawBody>) {
      route.raw_input = true;
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
    const int success = endpoint.success;
    const std::string_view media_type = endpoint.raw_media_type;
    route.run = [handler = std::move(handler), success, media_type](Call& call,
                                                                    const PermitPlace& permit) -> Result<void> {
      In_ input{};
      if constexpr (std::is_same_v<In_, RawBody>) {
        TRY(check_media_type(call, media_type));
        input.bytes = call.request.body;
      } else if constexpr (!std::is_same_v<In_, Nothing>) {
        TRY(decode_input(schema_of<In_>(), call, &input));
      }
      (void)media_type;
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
  std::vector<Route> routes_;
};

}  // namespace gatehouse::http
