// The way of a request: which table, whose words, at which organization.
#include "http/router.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>

#include "base/unavailable.hpp"
#include "http/openapi.hpp"
#include "http/router_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::Answer;
using testing::as;
using testing::get;
using testing::post;
using testing::RawClient;
using testing::RunningRouter;

struct Named {
  std::string name;
};
void describe(Fields<Named>& f) {
  f.name("Named");
  f.add<&Named::name>("name", {.min = 1, .max = 20});
}
struct Group {
  std::string description;
  std::vector<Named> members;
};
void describe(Fields<Group>& f) {
  f.name("Group");
  f.add<&Group::description>("description");
  f.add<&Group::members>("members");
}
struct Away : std::runtime_error, Unavailable {
  using std::runtime_error::runtime_error;
};
using Groups = std::map<std::string, Group>;

// Below /words, in words of its own, and below /plain, in those of everybody.
class RouterTest : public ::testing::Test {
 public:
  RouterTest() {
    declare(own_words, "/words");
    declare(plain_words, "/plain");
  }
  void start(const ServerOptions& options = {}) {
    served.router->mount(own_words);
    served.router->mount(plain_words);
    served.router->speak("/words", dialect);
    served.router->also_at("/saas/words", "/words");
    served.start(options);
  }

  testing::PlainWords dialect;
  Surface own_words{"words", dialect};
  Surface plain_words{"plain", plain_dialect()};
  RunningRouter served;

 private:
  static void declare(Surface& surface, std::string_view base) {
    static std::vector<std::unique_ptr<std::string>> texts;
    const auto text = [&](std::string_view rest) -> std::string_view {
      return *texts.emplace_back(std::make_unique<std::string>(std::string(base) + std::string(rest)));
    };
    surface.add({.id = text(":where"), .path = text("/where"), .at_active = true, .work = Work::kMemory},
                [](Call&, const Permit<Action::kMembershipList>& permit, Nothing) -> Result<Named> {
                  return Named{"organization " + std::to_string(permit.organization().value)};
                });
    surface.add({.id = text(":reach"), .path = text("/reach"), .at_active = true},
                [](Call&, const Permit<Action::kOrganizationGet>& permit, Nothing) -> Result<Named> {
                  return Named{"organization " + std::to_string(permit.organization().value)};
                });
    surface.add({.id = text(":name"), .method = Method::kPost, .path = text("/things/{thing}"), .work = Work::kWrite},
                [](Call& call, const Permit<Action::kOrganizationList>&, const Named& in) -> Result<Named> {
                  if (in.name == "throttle") return Error{ErrorKind::kThrottled, "x", "Later.", {}, 7};
                  if (in.name == "throw") throw std::runtime_error("asked for");
                  if (in.name == "away") throw Away("the store is away");
                  if (in.name == "doubt")
                    return Error{ErrorKind::kUnavailable, "store.outcome_unknown", "Look.", {}, 1};
                  return Named{std::string(call.path_parameter("thing")) + "=" + in.name};
                });
    surface.add({.id = text(":groups"), .path = text("/groups"), .anyone_because = "a test", .work = Work::kMemory},
                [](Call&, Anyone, Nothing) -> Result<Groups> {
                  return Groups{{"ONE", {"first", {{"a"}, {"b"}}}}, {"TWO", {"second", {}}}};
                });
  }
};

std::string json_post(std::string_view path, std::string_view body, std::string_view fields = "") {
  return post(path, body, "Content-Type: application/json\r\n" + std::string(fields));
}

TEST_F(RouterTest, AsksAtTheActiveOrganization) {
  start();
  RawClient client = served.client();
  EXPECT_EQ(client.ask(get("/words/where", as("boss"))).body, R"({"name":"organization 3"})");
  EXPECT_EQ(client.ask(get("/words/reach", as("guest"))).body, R"({"name":"organization 3"})");
  EXPECT_EQ(client.ask(get("/words/where", as("guest"))).status, 403);
  for (const auto* const who : {"lost", "gone"}) {
    for (const auto* const path : {"/plain/where", "/plain/reach"}) {
      const Answer refused = client.ask(get(path, as(who)));
      EXPECT_EQ(refused.status, 403) << who;
      EXPECT_NE(refused.body.find("access.no_active_organization"), std::string::npos) << refused.body;
      EXPECT_NE(refused.body.find("You have no active organization: switch to one first."), std::string::npos);
    }
  }
}

TEST_F(RouterTest, RefusesDeclarationsThatContradictThemselves) {
  const auto mounts = [&](Endpoint endpoint, auto handler) {
    Surface surface("bad", dialect);
    surface.add(std::move(endpoint), handler);
    served.router->mount(surface);
  };
  const auto at = [](Call&, const Permit<Action::kMembershipList>&, Nothing) -> Result<Nothing> { return Nothing{}; };
  const auto nowhere = [](Call&, const Permit<Action::kSelfEdit>&, Nothing) -> Result<Nothing> { return Nothing{}; };
  const auto platform = [](Call&, const Permit<Action::kAccountCreate>&, Nothing) -> Result<Nothing> {
    return Nothing{};
  };
  const auto anyone = [](Call&, Anyone, Nothing) -> Result<Nothing> { return Nothing{}; };
  const auto stream = [](Call&, Anyone, Nothing) -> Result<Stream<Named>> { return Stream<Named>{}; };
  EXPECT_THROW(mounts({.id = "both", .path = "/o/{org}", .organization = "org", .at_active = true}, at),
               std::logic_error);
  EXPECT_THROW(mounts({.id = "nowhere", .path = "/p", .at_active = true}, nowhere), std::logic_error);
  EXPECT_THROW(mounts({.id = "platform", .path = "/q", .at_active = true}, platform), std::logic_error);
  EXPECT_THROW(mounts({.id = "anyone", .path = "/r", .at_active = true, .anyone_because = "a test"}, anyone),
               std::logic_error);
  EXPECT_THROW(mounts({.id = "posted", .method = Method::kPost, .path = "/s", .anyone_because = "a test"}, stream),
               std::logic_error);
  EXPECT_NO_THROW(mounts({.id = "fine", .path = "/t", .at_active = true}, at));
}

TEST_F(RouterTest, ServesAnotherPrefixFromTheSameTable) {
  start();
  RawClient client = served.client();
  EXPECT_EQ(client.ask(get("/saas/words/where", as("boss"))).body, R"({"name":"organization 3"})");
  EXPECT_EQ(client.ask(get("/saas/words/where")).status, 401);
  EXPECT_EQ(client.ask(get("/saas/words/where", as("guest"))).status, 403);
  EXPECT_EQ(client.ask(json_post("/saas/words/things/a%20b", R"({"name":"c"})", as("boss"))).body,
            R"({"name":"a b=c"})");
  const Answer unknown = client.ask(get("/saas/words/nothing"));
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.body, R"({"detail":"There is nothing at this address."})");
  for (const auto* const path :
       {"/saas/wordsmith", "/saas/word/where", "/saas", "/saas/words%2fwhere", "/words/saas"}) {
    EXPECT_EQ(client.ask(get(path, as("boss"))).status, std::string_view(path) == "/words/saas" ? 400 : 404) << path;
  }
  const auto told = served.told(6);
  EXPECT_EQ(told[0].path, "/saas/words/where");
  EXPECT_EQ(told[0].route->endpoint.id, "/words:where");
  EXPECT_EQ(told[4].path, "/saas/words/nothing");
}

TEST_F(RouterTest, RefusesAnotherNameThatWouldHideEndpoints) {
  served.router->mount(own_words);
  EXPECT_THROW(served.router->also_at("/words", "/plain"), std::logic_error);
  EXPECT_THROW(served.router->also_at("/words/", "/plain"), std::logic_error);
  EXPECT_THROW(served.router->also_at("saas", "/words"), std::logic_error);
  RunningRouter other;
  other.router->also_at("/plain", "/words");
  EXPECT_THROW(other.router->mount(plain_words), std::logic_error);
}

TEST_F(RouterTest, LetsTheDialectDecideAboutEveryStatus) {
  start();
  RawClient client = served.client();
  const Answer method = client.ask(post("/words/where", ""));
  EXPECT_EQ(method.status, 400);
  EXPECT_EQ(method.field("Allow"), "GET, HEAD");
  EXPECT_EQ(method.field("Content-Type"), "application/json");
  EXPECT_EQ(client.ask(get("/words")).status, 400);
  const Answer nobody = client.ask(get("/words/where"));
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.field("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(client.ask(get("/words/where", as("nobody"))).field("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  const Answer broken = client.ask(get("/words/where", as("broken")));
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(broken.body, R"({"detail":"Something went wrong here; nothing was acknowledged."})");
  EXPECT_EQ(served.told(5)[4].failure, "the callers cannot be read");
  const std::string at = "/words/things/t";
  EXPECT_EQ(client.ask(json_post(at, R"({"name":"throw"})", as("boss"))).status, 500);
  EXPECT_EQ(client.ask(json_post(at, R"({"name":""})", as("boss"))).status, 400);
  EXPECT_EQ(client.ask(json_post(at, "{", as("boss"))).status, 400);
  EXPECT_EQ(client.ask(post(at, "{}", as("boss"))).status, 400) << "without a content type";
  const Answer key = client.ask(json_post(at, R"({"name":"n"})", as("boss") + "Idempotency-Key: a b\r\n"));
  EXPECT_EQ(key.status, 400);
  const Answer later = client.ask(json_post(at, R"({"name":"throttle"})", as("boss") + "Idempotency-Key: k\r\n"));
  EXPECT_EQ(later.status, 400);
  EXPECT_EQ(later.field("Retry-After"), "7");
  EXPECT_EQ(served.keys.abandoned, 1) << "a refusal for the moment is not kept, whatever its status";
  EXPECT_EQ(served.keys.completed, 0);
}

TEST(RouterOverload, IsToldInTheDialect) {
  RouterOptions options;
  options.queue = 0;
  RunningRouter served(options);
  testing::PlainWords dialect;
  Surface surface("words", dialect);
  surface.add({.id = "read", .path = "/words/read", .anyone_because = "a test"},
              [](Call&, Anyone, Nothing) -> Result<Nothing> { return Nothing{}; });
  served.router->mount(surface);
  served.start();
  const Answer answer = served.client().ask(get("/words/read"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_EQ(answer.body, R"({"detail":"The service is busy; try again in a moment."})");
}

struct Early {
  std::string_view why;
  std::string bytes;  // at PATH
  int status;
  std::string_view detail;
};

std::vector<Early> early_refusals() {
  const std::string start = "POST PATH HTTP/1.1\r\nHost: h\r\nX-Request-ID: mine\r\n";
  const std::string_view malformed = "The request is not HTTP as this service reads it.";
  const std::string_view large = "The body is larger than this service takes.";
  return {
      {"a body too large", start + "Content-Length: 1048577\r\n\r\n", 413, large},
      {"chunks too large", start + "Transfer-Encoding: chunked\r\n\r\n100001\r\n", 413, large},
      {"a bad chunk", start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n", 400, malformed},
      {"an unknown expectation", start + "Expect: tea\r\n\r\n", 417, malformed},
      {"length and coding", start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, malformed},
      {"headers too large", start + "A: " + std::string(17'000, 'a') + "\r\n\r\n", 431,
       "The headers are larger than this service takes."},
  };
}

TEST_F(RouterTest, RefusesInTheDialectWhatNeverBecomesARequest) {
  start();
  const auto cases = early_refusals();
  for (const Early& early : cases) {
    for (const std::string path : {"/words/things/t", "/saas/words/things/t?q", "/words/nothing", "/plain/things/t"}) {
      const bool plain = path.starts_with("/plain");
      std::string bytes = early.bytes;
      bytes.replace(bytes.find("PATH"), 4, path);
      RawClient client = served.client();
      const Answer answer = client.ask(bytes);
      EXPECT_EQ(answer.status, plain ? early.status : 400) << early.why << path;
      EXPECT_EQ(answer.field("Connection"), "close") << early.why << path;
      EXPECT_NE(answer.field("X-Request-ID"), "") << early.why << path;
      EXPECT_NE(answer.body.find(early.detail), std::string::npos) << early.why << path << answer.body;
      EXPECT_EQ(answer.field("Content-Type"), plain ? "application/problem+json" : "application/json") << early.why;
      if (!plain) { EXPECT_EQ(answer.body, "{\"detail\":\"" + std::string(early.detail) + "\"}"); }
      EXPECT_TRUE(client.is_closed()) << early.why << path;
    }
  }
  EXPECT_EQ(served.server->counters().requests_malformed, cases.size() * 4);
  // Where there is no request line there is no path, and no surface.
  const Answer answer = served.client().ask("GET /words/\x01 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"type":"about:blank","title":"Bad Request","status":400})");
}

TEST_F(RouterTest, KeepsTheRequestIdOfABodyThatWasTooLarge) {
  start();
  const Answer answer = served.client().ask(early_refusals()[1].bytes.replace(5, 4, "/words/things/t"));
  EXPECT_EQ(answer.field("X-Request-ID"), "mine");
}

TEST_F(RouterTest, RefusesInTheDialectWhatComesTooSlowly) {
  ServerOptions options;
  options.request_timeout = std::chrono::seconds(1);
  start(options);
  const Answer answer = served.client().ask("POST /words/things/t HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"detail":"The request did not arrive in time."})");
  EXPECT_EQ(served.server->counters().requests_timed_out, 1U);
}

TEST_F(RouterTest, WritesMapsOfDescribedThings) {
  start();
  EXPECT_EQ(served.client().ask(get("/words/groups")).body,
            R"({"ONE":{"description":"first","members":[{"name":"a"},{"name":"b"}]},)"
            R"("TWO":{"description":"second","members":[]}})");
}

TEST_F(RouterTest, DescribesWhatItServes) {
  plain_words.add({.id = "rows", .path = "/plain/rows", .anyone_because = "a test"},
                  [](Call&, Anyone, Nothing) -> Result<Stream<Named>> { return Stream<Named>{}; });
  start();
  const std::string document = openapi_document({}, served.router->routes(), served.names);
  const auto has = [&](std::string_view text) { return document.find(text) != std::string::npos; };
  EXPECT_TRUE(has(R"("x-access":{"kind":"organization","action":"membership.list","permission":"users.view",)"
                  R"("at":"active_organization"})"));
  EXPECT_TRUE(has(R"("additionalProperties":{"$ref":"#/components/schemas/Group"})"));
  EXPECT_TRUE(has(R"("application/json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/Named"}}})"));
  const std::string words = document.substr(document.find("\"/words/things/{thing}\""));
  EXPECT_EQ(words.find("\"413\""), std::string::npos) << "this dialect has no such status";
  EXPECT_NE(words.find("\"500\""), std::string::npos);
  EXPECT_TRUE(has("\"413\"")) << "the other has";
}

TEST_F(RouterTest, SaysThatTheStoreIsAwayWhenItIs) {
  start();
  RawClient client = served.client();
  const Answer answer = client.ask(json_post("/plain/things/1", R"({"name":"away"})", as("boss")));
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("store.unavailable"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_EQ(client.ask(json_post("/plain/things/1", R"({"name":"throw"})", as("boss"))).status, 500);
  EXPECT_EQ(served.told(2).front().failure, "the store is away") << "for the operator";
}

TEST_F(RouterTest, KeepsAKeyTakenWhenNobodyKnowsWhatHappened) {
  start();
  RawClient client = served.client();
  const std::string with_key = as("boss") + "Idempotency-Key: k\r\n";
  EXPECT_EQ(client.ask(json_post("/plain/things/1", R"({"name":"throttle"})", with_key)).status, 429);
  EXPECT_EQ(served.keys.abandoned, 1) << "a refusal for now gives it back";
  EXPECT_EQ(client.ask(json_post("/plain/things/1", R"({"name":"doubt"})", with_key)).status, 503);
  EXPECT_EQ(client.ask(json_post("/plain/things/1", R"({"name":"throw"})", with_key)).status, 500);
  EXPECT_EQ(served.keys.abandoned, 1);
  EXPECT_EQ(served.keys.completed, 0);
}

}  // namespace
}  // namespace gatehouse::http
