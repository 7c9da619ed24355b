// Refusals of a node whose picture may be behind: what is asked again, what is not, and what is told in the end.
#include <string>

#include "http/router_freshness_support.hpp"
#include "http/spool_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::AmongNodes;
using testing::Answer;
using testing::as;
using testing::get;
using testing::post;
using testing::RawClient;

TEST_F(AmongNodes, LetsInWhoWasLetInElsewhereAMomentAgo) {
  served.start();
  for (const std::string& request : {get("/read", as("late")), json_post("/decide", as("late")),
                                     json_post("/write", as("late")), json_post("/hash", as("late"))}) {
    RawClient caller = client();
    caller.send(request);
    freshness.expect_waiting(0, 1);
    served.callers.known["late"] = served.callers.known["boss"];
    freshness.move_to(freshness.now + 1);
    freshness.head_is_known();
    EXPECT_EQ(caller.read().status, 200) << request;
    freshness.expect_waiting(0, 0);
    served.callers.known.erase("late");
  }
  EXPECT_EQ(runs, 4);
  EXPECT_EQ(served.told(4).size(), 4U) << "each is one request";
}

TEST_F(AmongNodes, AsksTheHandlerAgainWhatItRefused) {
  served.start();
  for (const auto kind : {ErrorKind::kNotFound, ErrorKind::kForbidden, ErrorKind::kUnauthenticated}) {
    refuse_with(kind);
    runs = 0;
    RawClient caller = client();
    caller.send(json_post("/write", as("boss")));
    freshness.expect_waiting(0, 1);
    refuse_no_more();
    freshness.move_to(freshness.now + 1);
    freshness.head_is_known();
    const Answer answer = caller.read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "written");
    EXPECT_EQ(answer.field("WWW-Authenticate"), "") << "nothing is left of the refusal";
    EXPECT_EQ(answer.field("Content-Type"), "text/plain");
    EXPECT_EQ(runs, 2);
  }
}

TEST_F(AmongNodes, AsksOnceAndWhenThereIsNews) {
  served.start();
  refuse_with(ErrorKind::kNotFound);
  RawClient caller = client();
  const auto ask = [&](const std::function<void()>& meanwhile) {
    caller.send(get("/read", as("boss")));
    freshness.expect_waiting(0, 1);
    meanwhile();
    const Answer answer = caller.read();
    EXPECT_TRUE(tells(answer, "test.refused")) << answer.body;
    freshness.expect_waiting(0, 0);
    return runs.exchange(0);
  };
  const auto move = [&] { freshness.move_to(freshness.now + 1); };
  EXPECT_EQ(ask([&] { freshness.head_is_known(); }), 1) << "there was nothing new";
  EXPECT_EQ(ask([&] { move(), freshness.head_is_known(); }), 2) << "and the second refusal stands";
  EXPECT_EQ(ask([&] { move(), freshness.time_is_over(); }), 1) << "nobody can say";
  const auto told = served.told(3);
  EXPECT_EQ(told.size(), 3U);
}

TEST_F(AmongNodes, DoesNotRefuseForGoodWhenItHasLostTouchMeanwhile) {
  served.start();
  RawClient caller = client();
  caller.send(get("/read", as("nobody")));
  freshness.expect_waiting(0, 1);
  freshness.fresh = false;
  freshness.time_is_over();
  const Answer answer = caller.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(tells(answer, "node.stale")) << answer.body;
  EXPECT_EQ(answer.field("WWW-Authenticate"), "") << "nothing is left of the refusal";
  freshness.fresh = true;
}

TEST_F(AmongNodes, TellsAtOnceWhatNoPictureChanges) {
  served.start();
  RawClient caller = client();
  EXPECT_EQ(caller.ask(get("/read")).status, 401) << "no credential";
  EXPECT_EQ(caller.ask(get("/nothing", as("boss"))).status, 404) << "no endpoint";
  EXPECT_EQ(caller.ask(testing::post("/write", "{}", as("boss"))).status, 415);
  EXPECT_EQ(caller.ask(get("/read", as("broken"))).status, 500);
  for (const auto kind : {ErrorKind::kConflict, ErrorKind::kInvalid, ErrorKind::kThrottled, ErrorKind::kUnavailable}) {
    refuse_with(kind);
    EXPECT_GE(caller.ask(json_post("/write", as("boss"))).status, 400);
  }
  refuse_with(ErrorKind::kUnauthenticated);
  EXPECT_EQ(caller.ask(json_post("/sign-in", "")).status, 401) << "not by a credential of ours";
  runs = 0;
  EXPECT_EQ(caller.ask(json_post("/hash", as("boss"))).status, 401) << "a wrong secret may have been counted";
  EXPECT_EQ(runs, 1);
  freshness.others = false;
  EXPECT_EQ(caller.ask(get("/read", as("boss"))).status, 401) << "a node alone";
  EXPECT_EQ(caller.ask(get("/read", as("nobody"))).status, 401);
  EXPECT_EQ(freshness.asked(), 0U);
}

TEST_F(AmongNodes, KeepsNoRefusalUnderAKeyBeforeItIsConfirmed) {
  served.start();
  const std::string request = json_post("/write", as("boss") + "Idempotency-Key: k\r\n");
  RawClient caller = client();
  refuse_with(ErrorKind::kNotFound);
  caller.send(request);
  freshness.expect_waiting(0, 1);
  EXPECT_EQ(served.keys.abandoned, 1);
  EXPECT_EQ(served.keys.completed, 0);
  refuse_no_more();
  freshness.move_to(11);
  freshness.head_is_known();
  EXPECT_EQ(caller.read().status, 200);
  EXPECT_EQ(served.keys.completed, 1);

  refuse_with(ErrorKind::kNotFound);
  caller.send(request);
  freshness.expect_waiting(0, 1);
  freshness.head_is_known();
  EXPECT_EQ(caller.read().status, 404);
  EXPECT_EQ(served.keys.completed, 2) << "the refusal is kept, with nothing new too";
  EXPECT_EQ(served.keys.abandoned, 2);
}

TEST_F(AmongNodes, ARefusalStandsWhenTooManyAreDoubted) {
  served.start();
  std::vector<RawClient> waiting;
  for (int i = 0; i < 256; ++i) {
    waiting.push_back(client());
    waiting.back().send(get("/read", as("nobody")));
  }
  freshness.expect_waiting(0, 256);
  EXPECT_EQ(client().ask(get("/read", as("nobody"))).status, 401);
  RawClient patient = client();
  patient.send(get("/read", as("boss") + at_least("11")));
  freshness.expect_waiting(1, 256);
  freshness.move_to(11);
  EXPECT_EQ(patient.read().status, 200) << "a revision has places of its own";
  freshness.head_is_known();
  for (auto& one : waiting) EXPECT_EQ(one.read().status, 401);
}

// Asked when there is only the head; what follows is not asked again.
class SpooledAmongNodes : public AmongNodes {
 public:
  SpooledAmongNodes() {
    loading.add({.id = "load",
                 .method = Method::kPost,
                 .path = "/load",
                 .work = Work::kWrite,
                 .raw_media_type = "text/csv",
                 .max_body = 1'000'000},
                [this](Call&, const Permit<Action::kOrganizationList>&, const SpooledBody& body) -> Result<RawAnswer> {
                  ++loads;
                  if (missing) return not_found("test.missing", "There is no place for it.");
                  return RawAnswer{"text/plain", std::to_string(body.size())};
                });
    served.router->mount(loading);
    ServerOptions options;
    options.spool_directory = directory.path();
    served.start(options);
  }
  ~SpooledAmongNodes() override { served.stop(); }
  static std::string load(std::string_view fields) {
    return post("/load", std::string(300'000, 'x'), "Content-Type: text/csv\r\n" + std::string(fields));
  }

  testing::SpoolDirectory directory;
  Surface loading{"load", plain_dialect()};
  std::atomic<bool> missing{false};
  std::atomic<int> loads{0};
};

TEST_F(SpooledAmongNodes, WaitsBeforeTheBodyIsTaken) {
  RawClient caller = client();
  const std::string request = load(as("late") + at_least("11"));
  const std::size_t head = request.find("\r\n\r\n") + 4;
  caller.send(request.substr(0, head + 10));
  freshness.expect_waiting(1, 0);
  freshness.move_to(11);
  freshness.expect_waiting(0, 1);
  EXPECT_EQ(directory.entries(), 0U) << "nothing is on disk";
  served.callers.known["late"] = served.callers.known["boss"];
  freshness.move_to(12);
  freshness.head_is_known();
  caller.send(request.substr(head + 10));
  const Answer answer = caller.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "300000");
  EXPECT_EQ(answer.field("Gatehouse-Revision"), "12");
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(served.told(1).size(), 1U);
}

TEST_F(SpooledAmongNodes, TakesTheBodyThatCameWithTheHead) {
  RawClient caller = client();
  const std::string small = post("/load", "a,b", "Content-Type: text/csv\r\n" + as("boss") + at_least("11"));
  caller.send(small + small);
  freshness.expect_waiting(1, 0);
  freshness.move_to(11);
  EXPECT_EQ(caller.read().body, "3");
  EXPECT_EQ(caller.read().body, "3");
}

TEST_F(SpooledAmongNodes, RefusesAHeadWithoutItsBody) {
  RawClient caller = client();
  const std::string request = load(as("nobody"));
  caller.send(request.substr(0, request.find("\r\n\r\n") + 4));
  freshness.expect_waiting(0, 1);
  freshness.head_is_known();
  const Answer refused = caller.read();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.field("Connection"), "close");
  EXPECT_EQ(loads, 0);
  freshness.fresh = false;
  const Answer stale = client().ask(request.substr(0, request.find("\r\n\r\n") + 4));
  EXPECT_TRUE(tells(stale, "node.stale")) << stale.body;
}

TEST_F(SpooledAmongNodes, TakesNoBodyTwice) {
  missing = true;
  EXPECT_EQ(client().ask(load(as("boss"))).status, 404);
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(freshness.asked(), 0U);
}

}  // namespace
}  // namespace gatehouse::http
