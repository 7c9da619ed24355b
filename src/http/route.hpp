// What is declared of one endpoint, and the same with its types erased: the route that the router serves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "access/policy.hpp"
#include "http/call.hpp"
#include "http/schema.hpp"

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
// `SpooledBody`, spooled_body.hpp: one of any length up to the endpoint's `max_body`, on disk.
// An answer already rendered.
struct RawAnswer {
  std::string_view content_type = "application/json";
  std::string body;
  int status = 0;  // 0: the endpoint's success status
};

struct Endpoint {
  std::string_view id{};  // operation id, unique
  Method method = Method::kGet;
  std::string_view path{};  // "/api/v1/orgs/{orgId}"
  std::string_view summary{};
  std::string_view organization{};  // path parameter that names the organization of the permit
  bool at_active = false;           // the permit is made at the caller's active organization
  bool asks_active = false;  // what it does depends on the active organization, although the permit is not made there
  bool repeatable = false;   // doing it again changes nothing: an Idempotency-Key is not looked at
  bool timeless = false;     // answered from the program alone, also while the picture of the store is out of date
  std::string_view anyone_because{};
  Work work = Work::kRead;
  Work (*work_of_call)(const Call& call) = nullptr;  // when it depends on the request
  int success = 200;
  std::vector<ErrorKind> errors{};  // beyond the ones every endpoint has
  std::string_view alias_of{};      // operation id; an alias is served but marked in the OpenAPI document
  std::string_view raw_media_type = "application/json";  // of a RawBody or SpooledBody
  std::vector<std::string_view> raw_media_types{};       // instead of that, when there are several
  std::uint64_t max_body = 0;                            // bytes of a SpooledBody; other bodies keep the server's limit
  std::string_view raw_schema{};  // JSON text of the OpenAPI schema of a RawBody or RawAnswer (request), optional
  std::string_view raw_answer_schema{};
  std::string_view answer_media_type = "application/json";
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
  bool spooled_input = false;
  std::vector<std::string_view> media_types;  // of a raw or spooled input
  bool raw_output = false;
  bool streamed = false;
  bool ignore_case = false;                       // SurfaceOptions
  std::function<Result<void>(const Call&)> gate;  // SurfaceOptions; none: open
  std::string_view gate_header;
  std::optional<Action> action;  // none: anyone
  // Makes the permit and keeps it for `run`.
  std::function<Result<void>(const access::Policy& policy, Call& call, PermitPlace& permit)> authorize;
  // Decodes, runs the handler and renders the success into call.response.
  std::function<Result<void>(Call& call, const PermitPlace& permit)> run;
};

// Decodes a described input from path, query and body; every faulty member is reported.
Result<void> decode_input(const Schema& schema, const Call& call, void* object);
// Which of the accepted media types the body has.
Result<std::string_view> accepted_media_type(const Call& call, const std::vector<std::string_view>& accepted);

}  // namespace gatehouse::http
