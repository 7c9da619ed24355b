// A node among others: when it refuses to answer, how requests wait for a revision, and which one an answer tells.
#include <future>
#include <thread>

#include "http/openapi.hpp"
#include "http/router_freshness_support.hpp"

namespace gatehouse::http {
namespace {

using testing::AmongNodes;
using testing::Answer;
using testing::as;
using testing::get;
using testing::RawClient;
using testing::RunningRouter;

TEST_F(AmongNodes, RefusesWhatNeedsTheStoreWhileItIsOutOfTouch) {
  testing::PlainWords words;
  Surface other("words", words);
  other.add({.id = "words", .path = "/words", .anyone_because = "a test"},
            [](Call&, Anyone, Nothing) -> Result<Nothing> { return Nothing{}; });
  served.router->mount(other);
  served.start();
  RawClient caller = client();
  freshness.fresh = false;
  for (const std::string& request :
       {get("/read", as("boss")), json_post("/decide", as("boss")), json_post("/write", as("boss") + at_least("99")),
        json_post("/sign-in", ""), get("/keys"), get("/read", as("nobody")), get("/read"),
        get("/read", at_least("x"))}) {
    const Answer refused = caller.ask(request);
    EXPECT_EQ(refused.status, 503) << request;
    EXPECT_TRUE(tells(refused, "node.stale")) << refused.body;
    EXPECT_EQ(refused.field("Retry-After"), "1") << request;
    EXPECT_EQ(refused.field("Gatehouse-Revision"), "") << request;
  }
  const Answer in_words = caller.ask(get("/words"));
  EXPECT_EQ(in_words.status, 500) << "a dialect without 503";
  EXPECT_TRUE(tells(in_words, R"({"detail":"This node has lost touch)")) << in_words.body;
  EXPECT_EQ(caller.ask(get("/page")).body, "the page");
  EXPECT_EQ(caller.ask(get("/nothing")).status, 404);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(freshness.asked(), 0U);
  freshness.fresh = true;
  EXPECT_EQ(caller.ask(get("/read", as("boss"))).status, 200);
}

class OneReader : public AmongNodes {
 public:
  OneReader() : AmongNodes(one_thread()) {}
  static RouterOptions one_thread() {
    RouterOptions options;
    options.read_threads = 1;
    return options;
  }
};

TEST_F(OneReader, RefusesWhatWentOutOfDateWhileItWasQueued) {
  std::promise<void> begun;
  std::promise<void> released;
  std::atomic<int> held{0};
  hold = [&, release = released.get_future().share()] {
    if (held++ > 0) return;
    begun.set_value();
    release.wait();
  };
  served.start();
  RawClient first = client();
  RawClient second = client();
  first.send(get("/read", as("boss")));
  begun.get_future().wait();
  second.send(get("/read", as("boss")));
  for (std::string metrics; metrics.find("gatehouse_pool_waiting_read 1\n") == std::string::npos;) {
    metrics.clear();
    served.router->append_metrics(metrics);
    std::this_thread::yield();
  }
  freshness.fresh = false;
  released.set_value();
  EXPECT_EQ(first.read().status, 200);
  EXPECT_TRUE(tells(second.read(), "node.stale"));
  EXPECT_EQ(runs, 1);
}

TEST_F(AmongNodes, LetsARequestWaitForItsRevisionAndAnswersOthersMeanwhile) {
  ServerOptions one_thread;
  one_thread.threads = 1;
  served.start(one_thread);
  const std::string fields = as("boss") + at_least("12") + "X-Request-ID: short\r\n";
  std::vector<RawClient> waiting;
  for (const std::string& request : {json_post("/decide", fields), get("/read", fields), json_post("/write", fields),
                                     json_post("/sign-in", at_least("12"))}) {
    waiting.push_back(client());
    waiting.back().send(request);
  }
  freshness.expect_waiting(4, 0);
  EXPECT_EQ(client().ask(json_post("/decide", as("boss"))).body, "decided");
  EXPECT_EQ(runs, 1);
  freshness.move_to(11);
  freshness.expect_waiting(4, 0);
  freshness.move_to(12);
  std::size_t next = 0;
  for (const auto* const body : {"decided", "read", "written", "signed in"}) {
    const Answer answer = waiting[next++].read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.field("X-Request-ID") == "short", body != std::string_view("signed in"));
  }
  EXPECT_EQ(runs, 5);
}

TEST_F(AmongNodes, AnswersAtOnceWhatItKnows) {
  served.start();
  RawClient caller = client();
  for (const auto* const revision : {"0", "9", "10", "0010"}) {
    EXPECT_EQ(caller.ask(json_post("/decide", as("boss") + at_least(revision))).status, 200) << revision;
  }
  EXPECT_EQ(caller.ask(get("/page", at_least("99"))).status, 200) << "nothing of it changes";
  EXPECT_EQ(caller.ask(get("/read", at_least("99"))).status, 401) << "without a credential";
  EXPECT_EQ(freshness.asked(), 0U);
}

TEST_F(AmongNodes, SaysThatARevisionWasNotReachedInTime) {
  served.start();
  RawClient caller = client();
  caller.send(get("/read", as("boss") + at_least("9223372036854775807") + "X-Request-ID: short\r\n"));
  freshness.expect_waiting(1, 0);
  freshness.time_is_over();
  const Answer late = caller.read();
  EXPECT_EQ(late.status, 503);
  EXPECT_TRUE(tells(late, "revision.not_reached")) << late.body;
  EXPECT_EQ(late.field("Retry-After"), "1");
  EXPECT_EQ(late.field("X-Request-ID"), "short");
  freshness.at_once = true;
  EXPECT_EQ(caller.ask(get("/read", as("boss") + at_least("11"))).status, 503) << "told before await returned";
  EXPECT_EQ(runs, 0);
  // What comes while it waits is not answered from a picture that is out of date by then.
  freshness.at_once = false;
  caller.send(json_post("/decide", as("boss") + at_least("11")));
  freshness.expect_waiting(1, 0);
  freshness.fresh = false;
  freshness.move_to(11);
  EXPECT_TRUE(tells(caller.read(), "node.stale"));
  EXPECT_EQ(runs, 0);
}

TEST_F(AmongNodes, RefusesWhatIsNoRevision) {
  served.start();
  RawClient caller = client();
  for (const auto* const value : {"-1", "-0", "+1", "1.0", "1 2", "0x10", "latest", "9223372036854775808", "", "1,2"}) {
    const Answer refused = caller.ask(json_post("/decide", as("boss") + at_least(value)));
    EXPECT_EQ(refused.status, 400) << value;
    EXPECT_TRUE(tells(refused, R"("field":"Gatehouse-At-Least-Revision","message":"must be a whole number)"))
        << refused.body;
  }
  const Answer twice = caller.ask(json_post("/decide", as("boss") + at_least("1") + at_least("1")));
  EXPECT_EQ(twice.status, 400);
  EXPECT_TRUE(tells(twice, "is given more than once")) << twice.body;
  EXPECT_EQ(runs, 0);
}

TEST_F(AmongNodes, LetsSoManyWaitAndNoMore) {
  served.start();
  std::vector<RawClient> waiting;
  const std::string request = get("/read", as("boss") + at_least("11"));
  for (int i = 0; i < 256; ++i) {
    waiting.push_back(client());
    waiting.back().send(request);
  }
  freshness.expect_waiting(256, 0);
  const Answer refused = client().ask(request);
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(tells(refused, "request.overloaded")) << refused.body;
  EXPECT_EQ(refused.field("Retry-After"), "1");
  freshness.move_to(11);
  for (auto& one : waiting) EXPECT_EQ(one.read().status, 200);
  EXPECT_EQ(client().ask(get("/read", as("boss") + at_least("11"))).status, 200);
}

TEST_F(AmongNodes, TellsTheRevisionOfWhatWasChangedOrDecided) {
  served.start();
  RawClient caller = client();
  freshness.now = 9'007'199'254'740'993;
  for (const auto* const path : {"/decide", "/write", "/hash", "/sign-in"}) {
    EXPECT_EQ(caller.ask(json_post(path, as("boss"))).field("Gatehouse-Revision"), "9007199254740993") << path;
  }
  for (const auto* const path : {"/read", "/keys", "/page"}) {
    EXPECT_EQ(caller.ask(get(path, as("boss"))).field("Gatehouse-Revision"), "") << path;
  }
  refuse_with(ErrorKind::kConflict);
  EXPECT_EQ(caller.ask(json_post("/write", as("boss"))).field("Gatehouse-Revision"), "");
}

TEST(NodeAlone, TellsTheRevisionOfItsGraphAndKnowsNoOther) {
  RunningRouter served;
  Surface surface("test", plain_dialect());
  surface.add({.id = "decide", .method = Method::kPost, .path = "/decide", .work = Work::kMemory},
              [](Call&, const Permit<Action::kOrganizationList>&, Nothing) -> Result<Nothing> { return Nothing{}; });
  served.router->mount(surface);
  served.start();
  RawClient caller = served.client();
  const Answer answer = caller.ask(AmongNodes::json_post("/decide", as("boss") + AmongNodes::at_least("1")));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.field("Gatehouse-Revision"), "1");
  const Answer ahead = caller.ask(AmongNodes::json_post("/decide", as("boss") + AmongNodes::at_least("2")));
  EXPECT_TRUE(AmongNodes::tells(ahead, "revision.not_reached")) << ahead.body;
}

TEST_F(AmongNodes, EndsWhatWaitsWhenItStops) {
  served.start();
  RawClient one = client();
  RawClient other = client();
  one.send(get("/read", as("boss") + at_least("11")));
  other.send(get("/read", as("nobody")));
  freshness.expect_waiting(1, 1);
  served.stop();
  EXPECT_EQ(one.read().status, 0);
  EXPECT_EQ(other.read().status, 0);
  EXPECT_EQ(served.told(2).size(), 2U);
  freshness.move_to(11);
  freshness.head_is_known();
  EXPECT_EQ(runs, 0);
}

// The picture moves while requests ask for what it will be.
TEST_F(AmongNodes, KeepsItsWordWhileThePictureMoves) {
  served.start();
  std::atomic<bool> done{false};
  std::thread follower([&] {
    while (!done) {
      freshness.move_to(freshness.now + 1);
      freshness.head_is_known();
    }
  });
  std::vector<std::thread> askers;
  askers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&, i] {
      RawClient caller = client();
      const std::string path = i % 2 == 0 ? "/decide" : "/write";
      for (int round = 0; round < 200; ++round) {
        const Revision wanted = freshness.now + round % 7;
        const Answer answer = caller.ask(json_post(path, as("boss") + at_least(std::to_string(wanted))));
        EXPECT_EQ(answer.status, 200);
        EXPECT_GE(std::atoll(answer.field("Gatehouse-Revision").c_str()), wanted);
        EXPECT_EQ(caller.ask(get("/read", as("nobody"))).status, 401);
      }
    });
  }
  for (auto& asker : askers) asker.join();
  done = true;
  follower.join();
  freshness.time_is_over();
}

TEST_F(AmongNodes, DescribesTheHeadersOnce) {
  const std::string document = openapi_document({}, served.router->routes(), served.names);
  const auto count = [&](std::string_view text) {
    int found = 0;
    for (std::size_t at = document.find(text); at != std::string::npos; at = document.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(R"("name":"Gatehouse-At-Least-Revision")"), 1);
  EXPECT_EQ(count(R"({"$ref":"#/components/parameters/AtLeastRevision"})"), 6) << "all but the page";
  EXPECT_EQ(count(R"("headers":{"Gatehouse-Revision":{"$ref":"#/components/headers/Revision"}})"), 4);
  EXPECT_EQ(count(R"("503":)"), 6);
}

}  // namespace
}  // namespace gatehouse::http
