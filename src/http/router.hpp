// The way of a request: route, authenticate, permit, decode, handle, reply; and what is counted and logged of it.
//
// The steps stand in this order because each protects the next: an unknown path costs nothing; a caller without a
// credential learns nothing of what exists; a caller without the permission learns nothing of what a body should look like.
// Memory-only endpoints run to their end on the I/O thread; the others move to a bounded pool, and a full pool answers 503.
// Where other nodes change the same store, a node that has lost touch with it refuses everything; a request may wait for a
// revision that its caller knows; and a refusal is told when the newest picture refuses too.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/endpoint.hpp"
#include "http/freshness.hpp"
#include "http/route_table.hpp"
#include "http/worker_pool.hpp"

namespace gatehouse::http {

// What is told of every finished request, on the thread that finished it.
struct Finished {
  const Route* route = nullptr;  // null when none matched
  std::string_view method;
  std::string_view path;
  int status = 0;
  std::uint64_t micros = 0;
  std::string_view request_id;
  const Principal* principal = nullptr;
  std::string_view failure;  // internal detail of a 5xx, or of an answer that broke off; for the log only
};

struct RouterOptions {
  std::size_t read_threads = 4;
  std::size_t write_threads = 64;  // they wait for the lane; a group commit can be as large as this
  std::size_t hash_threads = 2;
  std::size_t queue = 4096;                  // of each pool
  std::vector<std::string> trusted_proxies;  // addresses whose X-Forwarded-For is believed
};

class Router final : public Handler {
 public:
  using Log = std::function<void(const Finished&)>;
  // All references must outlive the router.
  Router(const RouterOptions& options, const access::Policy& policy, Authenticator& authenticator,
         Idempotency& idempotency, Freshness& freshness, const Clock& clock, Random& random, Log log);
  ~Router() override;

  // Before the server starts. Throws std::logic_error when a declaration contradicts itself or an id or path is taken.
  void mount(Surface& surface);
  // Unknown paths below `prefix` are answered in this dialect, and so is what never becomes a request of an endpoint.
  // `ignore_case`: the prefix matches without ASCII case, as the paths of a surface of that kind do.
  void speak(std::string_view prefix, const Dialect& dialect, bool ignore_case = false);
  // What is asked below `prefix` is served, and refused, as if it had been asked below `at`: one table, so that no
  // second path can forget a check. The log and the answers keep the path as it came. Throws std::logic_error when an
  // endpoint is declared below `prefix`.
  void also_at(std::string_view prefix, std::string_view at);

  void handle(Exchange& exchange) override;
  Intake admit_body(Exchange& exchange) override;
  // In the dialect of the endpoint's surface, or of the path.
  bool render_refusal(const Request& request, int status, Response& response) override;

  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return table_.routes(); }
  void append_metrics(std::string& out) const;

 private:
  struct Job;
  class Queued;
  class Streamed;
  class Waiting;
  struct SpooledFront {  // of an endpoint whose body is spooled
    Method method;
    std::string path;  // up to its first parameter
    bool ignore_case;
  };
  void identify(Job& job);
  Result<void> route(Job& job);
  Result<void> admit(Job& job);  // of a route: gate, credentials, permit; of a head also its media type
  // After which revision it can be judged, 0: now. Errors: kUnavailable out of touch with the store, kInvalid.
  [[nodiscard]] Result<Revision> revision_to_await(const Job& job) const;
  void await_revision(Job&& job, Revision at_least);
  void begin(Job& job);  // of a route, from the gate on
  void begin_again(Job& job);
  [[nodiscard]] bool may_be_behind(const Job& job) const;  // its refusal
  void confirm(Job&& job);
  void go_on(Job& job, bool reached);  // after it has waited
  bool still_fresh(Job& job);          // else it is refused
  [[nodiscard]] static bool tells_revision(const Job& job);
  [[nodiscard]] bool may_be_spooled(Method method, std::string_view path) const;
  void finish(Job& job);
  void answer_head(Job& job);
  void tell(const Job& job);  // metrics and log
  std::unique_ptr<Rest> go_on_with(Job&& job);
  void refuse(Job& job, const Error& error);  // renders the error
  void give_up(Job& job, const std::exception& failure);
  static Work work_of(const Job& job);
  void run(Job& job);
  void run_once(Job& job);
  void run_idempotent(Job& job, std::string_view key);
  void dispatch(Job&& job);
  void check_names() const;
  // `path`, or what it is another name of, which is kept in `place`.
  std::string_view path_served(std::string_view path, std::string& place) const;
  [[nodiscard]] const Dialect& dialect_of(std::string_view path) const;  // of a served path
  static void render(const Error& error, const Dialect& dialect, Call& call);
  static void complete(Call& call);  // the headers of every answer
  [[nodiscard]] std::string_view source_address(const Request& request) const;

  const RouterOptions options_;
  const access::Policy policy_;
  Authenticator& authenticator_;
  Idempotency& idempotency_;
  Freshness& freshness_;
  const Clock& clock_;
  Random& random_;
  Log log_;
  RouteTable table_;
  RequestMetrics unmatched_;
  struct Spoken {
    std::string prefix;
    const Dialect* dialect;
    bool ignore_case;
  };
  std::vector<Spoken> dialects_;
  std::vector<SpooledFront> spooled_;
  std::vector<std::pair<std::string, std::string>> other_names_;  // prefix, what it stands for
  std::shared_ptr<Waiting> waiting_;                              // for a revision
  std::shared_ptr<Waiting> doubted_;                              // refused, by a picture that may be behind
  WorkerPool read_pool_;
  WorkerPool write_pool_;
  WorkerPool hash_pool_;
};

}  // namespace gatehouse::http
