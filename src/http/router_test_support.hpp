// What the tests of the router share: a platform with two organizations, callers known by their token, a surface whose
// dialect has a status of its own for everything, and a running server.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/server_test_support.hpp"

namespace gatehouse::http::testing {

template <class T>
T id(std::uint8_t no) {
  Uuid uuid;
  uuid.bytes[15] = no;
  return T(uuid);
}

// Whatever the status was going to be, it is 400, 401, 403 or 500.
class PlainWords final : public Dialect {
 public:
  void render(const Error& error, const Call&, Response& response) const override {
    response.status = status(error.kind);
    response.content_type = error_media_type();
    response.body = "{\"detail\":\"" + error.detail + "\"}";
  }
  [[nodiscard]] int status(ErrorKind kind) const override {
    if (kind == ErrorKind::kUnauthenticated) return 401;
    if (kind == ErrorKind::kForbidden) return 403;
    return kind == ErrorKind::kInternal || kind == ErrorKind::kUnavailable ? 500 : 400;
  }
  [[nodiscard]] std::string_view error_media_type() const override { return "application/json"; }
  [[nodiscard]] std::string_view error_schema() const override { return R"({"type":"object"})"; }
  [[nodiscard]] std::string_view error_schema_name() const override { return "Detail"; }
};

// The token is the caller's name.
class KnownCallers final : public Authenticator {
 public:
  Result<Principal> authenticate(std::string_view bearer, Timestamp) override {
    if (bearer == "broken") throw std::runtime_error("the callers cannot be read");
    const auto found = known.find(bearer);
    if (found != known.end()) return found->second;
    return Error{ErrorKind::kUnauthenticated, "auth.token_invalid", "The token is not valid."};
  }
  std::map<std::string, Principal, std::less<>> known;
};

class NoKeys final : public Idempotency {
 public:
  Result<Claim> claim(const Principal&, std::string_view, std::string_view fingerprint) override {
    const std::lock_guard lock(mutex_);
    fingerprints_.emplace_back(fingerprint);
    return Claim{};
  }
  void complete(const Principal&, std::string_view, std::string_view) override { ++completed; }
  void abandon(const Principal&, std::string_view) override { ++abandoned; }
  std::atomic<int> completed{0};
  std::atomic<int> abandoned{0};
  std::vector<std::string> fingerprints() {
    const std::lock_guard lock(mutex_);
    return fingerprints_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> fingerprints_;
};

// "boss" is an admin of the parent and works at the child; "lost" has no active organization, "gone" one that it does
// not reach; "guest" is a member of the child and holds nothing.
class RunningRouter {
 public:
  static constexpr OrganizationNo kPlatform{1};
  static constexpr OrganizationNo kParent{2};
  static constexpr OrganizationNo kChild{3};
  static constexpr OrganizationNo kOther{4};
  struct Told {
    std::string path;
    int status;
    std::string failure;
    const Route* route;
  };

  // Alone with its store unless it is told how fresh it is.
  explicit RunningRouter(const RouterOptions& options = {}, Freshness* freshness = nullptr) {
    graph.load(access::OrganizationFact{kPlatform, id<OrganizationId>(1), {}});
    graph.load(access::OrganizationFact{kParent, id<OrganizationId>(2), kPlatform});
    graph.load(access::OrganizationFact{kChild, id<OrganizationId>(3), kParent});
    graph.load(access::OrganizationFact{kOther, id<OrganizationId>(4), kPlatform});
    graph.load(access::RoleFact{{1}, id<RoleId>(1), "admin", 30, {"organizations.view", "users.view"}});
    for (std::uint8_t no = 1; no <= 2; ++no) graph.load(access::UserFact{{no}, id<UserId>(no), true});
    graph.load(access::HoldingFact{{1}, kParent, true, {{1}}});
    graph.load(access::HoldingFact{{2}, kChild, true, {}});
    for (std::uint8_t no = 1; no <= 2; ++no)
      graph.load(access::SessionFact{id<SessionId>(no), {no}, kChild, access::kNever});
    graph.finish_load(1);
    callers.known = {{"boss", caller(1, kChild)},
                     {"lost", caller(1, {})},
                     {"gone", caller(1, kOther)},
                     {"guest", caller(2, kChild)}};
    router = std::make_unique<Router>(options, policy, callers, keys, freshness != nullptr ? *freshness : alone, clock,
                                      random, [this](const Finished& done) { tell(done); });
  }
  ~RunningRouter() { stop(); }
  RunningRouter(const RunningRouter&) = delete;
  RunningRouter& operator=(const RunningRouter&) = delete;

  // After everything is mounted.
  void start(ServerOptions options = {}) {
    if (options.threads == 0) options.threads = 2;
    auto made = Server::listen(options, *router);
    if (!made) throw std::runtime_error(made.error().detail);
    server = std::move(made).value();
    server->start();
  }
  void stop(std::chrono::milliseconds grace = {}) {
    if (server) server->stop(grace);
    router.reset();
    server.reset();
  }
  [[nodiscard]] RawClient client(int receive_buffer = 0) const { return RawClient(server->port(), receive_buffer); }

  // What was told of the requests so far, as soon as it is so many.
  std::vector<Told> told(std::size_t count) {
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [&] { return told_.size() >= count; });
    return told_;
  }

  access::Permissions names;
  access::Graph graph{names};
  access::Policy policy{graph};
  SingleNode alone{[this] { return graph.revision(); }};
  KnownCallers callers;
  NoKeys keys;
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<Router> router;
  std::unique_ptr<Server> server;

 private:
  static Principal caller(std::uint8_t no, OrganizationNo active) {
    return {Principal::Kind::kUser, id<UserId>(no), {no}, id<SessionId>(no), active, access::kNever};
  }
  void tell(const Finished& done) {
    const std::lock_guard lock(mutex_);
    told_.push_back({std::string(done.path), done.status, std::string(done.failure), done.route});
    heard_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<Told> told_;
};

inline std::string as(std::string_view caller) { return "Authorization: Bearer " + std::string(caller) + "\r\n"; }

}  // namespace gatehouse::http::testing
