// Surfaces that do not mind the case of names, gates before a surface, members from query or body.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "http/aspnet_problem.hpp"
#include "http/openapi.hpp"
#include "http/router.hpp"
#include "http/router_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::Answer;
using testing::as;
using testing::get;
using testing::post;
using testing::RawClient;
using testing::RunningRouter;

struct Person {
  std::string given_name;
  std::optional<std::string> nick;
};
void describe(Fields<Person>& f) {
  f.name("Person");
  f.add<&Person::given_name>("givenName", {.min = 1, .max = 9});
  f.add<&Person::nick>("nick", {.alias = "nickName"});
}
struct People {
  std::int64_t take = 0;
  std::vector<Person> people;
  std::map<std::string, std::string> notes;
};
void describe(Fields<People>& f) {
  f.name("People");
  f.add<&People::take>("take", {.in = In::kQuery, .fallback = "7"});
  f.add<&People::people>("people");
  f.add<&People::notes>("notes");
}
struct Pair {
  std::string user;
  std::string role;
  std::optional<std::int64_t> times;
};
void describe(Fields<Pair>& f) {
  f.name("Pair");
  f.add<&Pair::user>("userId", {.in = In::kEither, .max = 9});
  f.add<&Pair::role>("roleId", {.in = In::kEither, .fallback = "none"});
  f.add<&Pair::times>("times", {.in = In::kEither});
}
struct Said {
  std::string text;
};
void describe(Fields<Said>& f) {
  f.name("Said");
  f.add<&Said::text>("text");
}

// Below /api with names in any case, below /api/v1 with names as they are.
class SurfaceOptionsTest : public ::testing::Test {
 public:
  SurfaceOptionsTest() {
    loose.add({.id = "people", .method = Method::kPost, .path = "/api/People/{who}", .anyone_because = "a test"},
              [](Call& call, Anyone, const People& in) -> Result<Said> {
                std::string text(call.path_parameter("who"));
                text += " " + std::to_string(in.take) + call.query_parameter("Mark").value_or("");
                for (const auto& person : in.people) text += " " + person.given_name + person.nick.value_or("");
                for (const auto& [name, note] : in.notes) text += " " + name + ":" + note;
                return Said{text};
              });
    loose.add({.id = "unpair", .method = Method::kDelete, .path = "/api/Pair", .anyone_because = "a test"},
              [](Call&, Anyone, const Pair& in) -> Result<Said> {
                return Said{in.user + " " + in.role + " " + std::to_string(in.times.value_or(0))};
              });
    loose.add({.id = "own", .path = "/api/Own", .at_active = true},
              [](Call&, const Permit<Action::kMembershipList>&, Nothing) -> Result<Said> { return Said{"own"}; });
    exact.add({.id = "strict", .method = Method::kPost, .path = "/api/v1/people", .anyone_because = "a test"},
              [](Call&, Anyone, const People& in) -> Result<Said> { return Said{std::to_string(in.people.size())}; });
    exact.add(
        {.id = "one", .path = "/api/v1/{one}", .anyone_because = "a test"},
        [](Call& call, Anyone, Nothing) -> Result<Said> { return Said{std::string(call.path_parameter("one"))}; });
  }
  void start() {
    served.router->mount(loose);
    served.router->mount(exact);
    served.router->speak("/api", aspnet_dialect(), true);
    served.router->speak("/api/v1", plain_dialect());
    served.start();
  }
  Answer people(std::string_view body, std::string_view target = "/api/People/x") {
    return served.client().ask(post(target, body, "Content-Type: application/json\r\n"));
  }
  Answer unpair(std::string_view target, std::string_view rest = "\r\n") {
    return served.client().ask("DELETE " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(rest));
  }

  Surface loose{"loose", aspnet_dialect(), {.ignore_case = true}};
  Surface exact{"exact", plain_dialect()};
  RunningRouter served;
};

TEST_F(SurfaceOptionsTest, MatchesPathsQueriesAndMembersInAnyCase) {
  start();
  for (const auto* const path : {"/api/People/Who", "/API/people/Who", "/Api/PEOPLE/Who"}) {
    EXPECT_EQ(people("{}", path).body, R"({"text":"Who 7"})") << path;
  }
  EXPECT_EQ(people(R"({"PEOPLE":[{"GivenName":"Ann","NickName":"y"},{"givenname":"Bo"}],"Notes":{"K":"1","l":"2"}})",
                   "/api/people/x?TAKE=3&mark=%21")
                .body,
            R"({"text":"x 3! Anny Bo K:1 l:2"})");
}

TEST_F(SurfaceOptionsTest, RefusesNamesThatDifferOnlyInCase) {
  start();
  const Answer body = people(R"({"people":[{"givenName":"a"},{"givenName":"b","GivenName":"c"}]})");
  EXPECT_EQ(body.status, 400);
  EXPECT_NE(body.body.find(
                R"("errors":{"People[1].GivenName":["is given more than once: the case of names does not count"]})"),
            std::string::npos)
      << body.body;
  EXPECT_EQ(people(R"({"other":1,"Other":2})").status, 400) << "names that nobody asked for, too";
  EXPECT_EQ(people("{}", "/api/people/x?take=1&Take=2").status, 400);
}

TEST_F(SurfaceOptionsTest, LeavesOtherSurfacesAsTheyAre) {
  start();
  EXPECT_EQ(people(R"({"People":[{"GivenName":"a"}],"people":[]})", "/api/v1/people").body, R"({"text":"0"})");
  EXPECT_EQ(people("{}", "/api/v1/People").status, 405) << "what it is, is a parameter";
  EXPECT_EQ(served.client().ask(get("/api/v1/People")).body, R"({"text":"People"})");
  const Answer unknown = served.client().ask(get("/api/V1/people"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find("rfc9110"), std::string::npos) << unknown.body;
  EXPECT_EQ(served.client().ask(get("/api/v1/a/b")).body.find("rfc9110"), std::string::npos);
}

TEST_F(SurfaceOptionsTest, RefusesInTheDialectWhateverTheCase) {
  start();
  const Answer method = served.client().ask(get("/API/pair"));
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.field("Allow"), "DELETE");
  EXPECT_NE(method.body.find("rfc9110#section-15.5.6"), std::string::npos) << method.body;
  const Answer early = served.client().ask("POST /API/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n");
  EXPECT_EQ(early.status, 413);
  EXPECT_NE(early.body.find("rfc9110#section-15.5.14"), std::string::npos) << early.body;
}

TEST_F(SurfaceOptionsTest, RefusesPathsThatDifferOnlyInCase) {
  Surface twice("twice", aspnet_dialect(), {.ignore_case = true});
  const auto nothing = [](Call&, Anyone, Nothing) -> Result<Nothing> { return Nothing{}; };
  twice.add({.id = "one", .path = "/o/{x}/Name", .anyone_because = "a test"}, nothing);
  twice.add({.id = "two", .path = "/O/{x}/NAME", .anyone_because = "a test"}, nothing);
  EXPECT_THROW(served.router->mount(twice), std::logic_error);
}

TEST_F(SurfaceOptionsTest, TakesAMemberFromTheQueryOrTheBody) {
  start();
  const auto with = [](std::string_view body) {
    return "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  };
  EXPECT_EQ(unpair("/api/pair?userId=u&RoleId=r&times=2").body, R"({"text":"u r 2"})");
  EXPECT_EQ(unpair("/api/pair", with(R"({"userId":"u","roleId":"r","times":3})")).body, R"({"text":"u r 3"})");
  EXPECT_EQ(unpair("/api/pair?userid=q", with(R"({"UserId":"b","roleId":"r"})")).body, R"({"text":"q r 0"})");
  EXPECT_EQ(unpair("/api/pair?userId=u", with("{}")).body, R"({"text":"u none 0"})");
  EXPECT_NE(unpair("/api/pair").body.find(R"("errors":{"UserId":["is required"]})"), std::string::npos);
  EXPECT_NE(unpair("/api/pair", with("{}")).body.find(R"("errors":{"UserId":["is required"]})"), std::string::npos);
  EXPECT_EQ(unpair("/api/pair?userId=u", with("[]")).status, 400);
  EXPECT_EQ(unpair("/api/pair?userId=0123456789").status, 400);
  EXPECT_EQ(unpair("/api/pair?userId=u&times=many").status, 400);
  EXPECT_EQ(unpair("/api/pair?userId=u", "Content-Length: 2\r\n\r\n{}").status, 415);
  const std::string document = openapi_document({}, served.router->routes(), served.names);
  EXPECT_NE(document.find(R"({"name":"userId","in":"query","required":false,)"), std::string::npos) << document;
  EXPECT_NE(document.find(R"("requestBody":{"required":false,"content":{"application/json":{"schema":)"
                          R"({"$ref":"#/components/schemas/Pair"}}}})"),
            std::string::npos)
      << document;
  EXPECT_NE(document.find(R"("Pair":{"type":"object","required":[],"properties":{"userId":)"), std::string::npos);
}

TEST(SurfaceGate, IsAskedBeforeEverythingElseOfAnEndpoint) {
  RunningRouter served;
  std::atomic<int> asked{0};
  Surface gated("gated", aspnet_dialect(),
                {.gate = [&](const Call& call) -> Result<void> {
                   ++asked;
                   if (call.request.header("X-Key") == "open") return {};
                   return Error{ErrorKind::kUnauthenticated, "key.required", "The key is missing."};
                 },
                 .gate_header = "X-Key"});
  gated.add({.id = "people", .method = Method::kPost, .path = "/gated/people", .anyone_because = "a test"},
            [](Call&, Anyone, const Person& in) -> Result<Said> { return Said{in.given_name}; });
  gated.add({.id = "own", .path = "/gated/own", .at_active = true},
            [](Call&, const Permit<Action::kMembershipList>&, Nothing) -> Result<Said> { return Said{"own"}; });
  served.router->mount(gated);
  served.start();
  RawClient client = served.client();
  for (const std::string& bytes : {get("/gated/own", as("boss")), get("/gated/own"), post("/gated/people", "{")}) {
    const Answer shut = client.ask(bytes);
    EXPECT_EQ(shut.status, 401) << bytes;
    EXPECT_NE(shut.body.find("The key is missing."), std::string::npos) << shut.body;
  }
  EXPECT_EQ(client.ask(get("/gated/nothing")).status, 404);
  EXPECT_EQ(client.ask(get("/gated/people")).status, 405);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(client.ask(get("/gated/own", "X-Key: open\r\n" + as("boss"))).status, 200);
  EXPECT_EQ(client.ask(get("/gated/own", "X-Key: open\r\n" + as("guest"))).status, 403);
  EXPECT_EQ(client.ask(get("/gated/own", "X-Key: open\r\n")).status, 401);
  const std::string document = openapi_document({}, served.router->routes(), served.names);
  EXPECT_NE(document.find(R"({"name":"X-Key","in":"header","required":false,)"), std::string::npos) << document;
}

}  // namespace
}  // namespace gatehouse::http
