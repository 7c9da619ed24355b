// Bodies longer than memory, over sockets.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <string>
#include <thread>

#include "http/openapi.hpp"
#include "http/router.hpp"
#include "http/router_test_support.hpp"
#include "http/spool_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::Answer;
using testing::as;
using testing::get;
using testing::post;
using testing::RawClient;
using testing::RunningRouter;

constexpr std::uint64_t kMaxBody = 32 * 1024 * 1024;

struct Taken {
  std::int64_t size = 0;
  std::int64_t sum = 0;
  std::string media_type;
};
void describe(Fields<Taken>& f) {
  f.name("Taken");
  f.add<&Taken::size>("size");
  f.add<&Taken::sum>("sum");
  f.add<&Taken::media_type>("type");
}

// So that bytes in another place, or other bytes, make another sum.
std::int64_t sum_of(std::string_view bytes, std::int64_t from = 0) {
  std::uint64_t sum = static_cast<std::uint64_t>(from);
  for (const char byte : bytes) sum = (sum * 31 + static_cast<unsigned char>(byte)) % 1'000'000'007;
  return static_cast<std::int64_t>(sum);
}

std::string answer_to(std::string_view body, std::string_view type = "text/csv") {
  return R"({"size":)" + std::to_string(body.size()) + R"(,"sum":)" + std::to_string(sum_of(body)) + R"(,"type":")" +
         std::string(type) + "\"}";
}

std::string bytes_of(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (i * 7 + i / 1000) % 26);
  return bytes;
}

class RouterSpoolTest : public ::testing::Test {
 public:
  RouterSpoolTest() {
    surface.add({.id = "load",
                 .method = Method::kPost,
                 .path = "/big/files",
                 .at_active = true,
                 .work = Work::kWrite,
                 .raw_media_types = {"text/csv", "application/x-ndjson"},
                 .max_body = kMaxBody},
                [this](Call&, const Permit<Action::kMembershipList>&, SpooledBody in) -> Result<Taken> {
                  ++handled;
                  Taken taken{static_cast<std::int64_t>(in.size()), 0, std::string(in.media_type())};
                  for (std::string piece; in.next(piece);) taken.sum = sum_of(piece, taken.sum);
                  return taken;
                });
    surface.add({.id = "small", .method = Method::kPost, .path = "/big/files/{file}", .anyone_because = "a test"},
                [](Call& call, Anyone, const RawBody& in) -> Result<Taken> {
                  return Taken{static_cast<std::int64_t>(in.bytes.size()), 0, std::string(call.path_parameter("file"))};
                });
  }
  void start(ServerOptions options = {}) {
    if (options.spool_directory == "/tmp") options.spool_directory = directory.path();
    served.router->mount(surface);
    served.start(options);
  }
  static std::string head(std::string_view framing, std::string_view who = "boss", std::string_view type = "text/csv") {
    return "POST /big/files HTTP/1.1\r\nHost: h\r\nContent-Type: " + std::string(type) + "\r\n" + as(who) +
           std::string(framing) + "\r\n\r\n";
  }
  static std::string length(std::size_t bytes) { return "Content-Length: " + std::to_string(bytes); }
  static std::string whole(std::string_view body) { return head(length(body.size())) + std::string(body); }
  void wait_until_spooling(std::size_t count) {
    while (served.server->counters().bodies_spooled != count) std::this_thread::yield();
  }

  std::atomic<int> handled{0};
  std::atomic<int> asked{0};
  std::atomic<bool> open{true};
  testing::SpoolDirectory directory;
  Surface surface{"big", plain_dialect(), {.gate = [this](const Call&) -> Result<void> {
                    ++asked;
                    if (open) return {};
                    return forbidden("key.closed", "The gate is closed.");
                  }}};
  RunningRouter served;
};

TEST_F(RouterSpoolTest, TakesABodyOfTwentyMegabytesInLittleMemory) {
  start();
  const std::string body = bytes_of(20'000'000);
  RawClient client = served.client();
  std::thread sender([&] { client.send(whole(body)); });
  EXPECT_EQ(client.read().body, answer_to(body));
  sender.join();
  EXPECT_GT(served.server->counters().spool_buffer_bytes, 0U);
  EXPECT_LT(served.server->counters().spool_buffer_bytes, 256U * 1024);
  EXPECT_EQ(directory.entries(), 0U);
  wait_until_spooling(0);
  EXPECT_EQ(client.ask(whole("next")).body, answer_to("next"));
}

TEST_F(RouterSpoolTest, TakesChunksUpToTheLimit) {
  start();
  const std::string body = bytes_of(3'000'000);
  std::string chunks = head("Transfer-Encoding: chunked", "boss", "application/x-ndjson; charset=utf-8");
  for (std::size_t at = 0; at < body.size(); at += 10'000) chunks += "2710\r\n" + body.substr(at, 10'000) + "\r\n";
  RawClient client = served.client();
  std::thread sender([&] { client.send(chunks + "0\r\n\r\n" + get("/nothing")); });
  EXPECT_EQ(client.read().body, answer_to(body, "application/x-ndjson"));
  EXPECT_EQ(client.read().status, 404);
  sender.join();
  // The last byte over the limit comes when a good part is on disk.
  std::thread flooder([&] {
    std::string many = head("Transfer-Encoding: chunked");
    const std::string chunk = "100000\r\n" + bytes_of(0x100000) + "\r\n";
    for (int i = 0; i < 32; ++i) many += chunk;
    client.send(many + "1\r\n");
  });
  const Answer refused = client.read();
  flooder.join();
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(handled, 1);
  wait_until_spooling(0);
}

TEST_F(RouterSpoolTest, RefusesBeforeAnyOfTheBody) {
  start();
  const std::string expect = "Expect: 100-continue\r\n" + length(5'000'000);
  struct Case {
    std::string bytes;
    int status;
  };
  const Case cases[] = {{head(expect, "nobody"), 401},
                        {head(expect, "guest"), 403},
                        {head(expect, "boss", "text/plain"), 415},
                        {head("Expect: 100-continue\r\n" + length(kMaxBody + 1)), 413},
                        {head("Transfer-Encoding: chunked", "guest"), 403},
                        {post("/big/files", "a", as("boss")), 415}};
  for (const auto& [bytes, status] : cases) {
    RawClient client = served.client();
    const Answer answer = client.ask(bytes);
    EXPECT_EQ(answer.status, status) << bytes;
    EXPECT_EQ(answer.field("Connection"), "close") << bytes;
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json") << bytes;
    EXPECT_NE(answer.field("X-Request-ID"), "") << bytes;
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
  open = false;
  EXPECT_EQ(served.client().ask(head(expect, "nobody")).status, 403) << "the gate stands before the credential";
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(served.server->counters().spool_buffer_bytes, 0U);
  EXPECT_EQ(served.told(6)[0].status, 401);
}

TEST_F(RouterSpoolTest, LetsAClientReadTheRefusalOfABodyItIsStillSending) {
  start();
  RawClient client = served.client();
  client.send(head(length(3'000'000), "guest"));
  client.send(std::string(3'000'000, 'x'));
  EXPECT_EQ(client.read().status, 403);
}

TEST_F(RouterSpoolTest, AsksAgainWhenTheBodyIsThere) {
  start();
  RawClient client = served.client();
  client.send(head("Expect: 100-continue\r\n" + length(4)));
  EXPECT_EQ(client.read_head().status, 100);
  EXPECT_EQ(asked, 1);
  open = false;
  client.send("body");
  EXPECT_EQ(client.read().status, 403);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(handled, 0);
  open = true;
  EXPECT_EQ(client.ask(whole("body")).body, answer_to("body")) << "the connection goes on";
}

TEST_F(RouterSpoolTest, KeepsPipelinedRequestsApart) {
  start();
  RawClient client = served.client();
  const std::string large = bytes_of(300'000);
  const std::string small = post("/big/files/x", "{}", "Content-Type: application/json\r\n");
  std::thread sender([&] { client.send(whole(large) + small + whole("b") + whole(large) + get("/big/files")); });
  EXPECT_EQ(client.read().body, answer_to(large));
  EXPECT_EQ(client.read().body, R"({"size":2,"sum":0,"type":"x"})");
  EXPECT_EQ(client.read().body, answer_to("b"));
  EXPECT_EQ(client.read().body, answer_to(large));
  EXPECT_EQ(client.read().status, 405);
  sender.join();
  EXPECT_EQ(client.ask(whole("")).body, answer_to(""));
}

TEST_F(RouterSpoolTest, KeepsTheCommonLimitForEverythingElse) {
  start();
  for (const auto* const path : {"/big/files/x", "/big/fil", "/other"}) {
    EXPECT_EQ(served.client()
                  .ask("POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + length(1'048'577) + "\r\n\r\n")
                  .status,
              413)
        << path;
  }
  EXPECT_EQ(asked, 0);
}

TEST_F(RouterSpoolTest, GivesUpTheFileOfAClientThatIsGone) {
  start();
  {
    RawClient client = served.client();
    client.send(head(length(5'000'000)) + bytes_of(1'000'000));
    wait_until_spooling(1);
  }
  wait_until_spooling(0);
  EXPECT_EQ(handled, 0);
  {
    RawClient client = served.client();
    client.send(head(length(5'000'000)) + "some");
    wait_until_spooling(1);
    served.server->stop(std::chrono::milliseconds(0));
  }
  EXPECT_EQ(served.server->counters().bodies_spooled, 0U);
}

TEST_F(RouterSpoolTest, GivesASenderTimeAsLongAsThereIsProgress) {
  ServerOptions options;
  options.request_timeout = std::chrono::seconds(2);
  start(options);
  // Whether something is to be read within 250 ms: which is how slow this sender is.
  const auto hears = [](const RawClient& client) {
    pollfd readable{client.fd(), POLLIN, 0};
    return ::poll(&readable, 1, 250) > 0;
  };
  RawClient steady = served.client();
  steady.send(head(length(12 * 20'000)));
  for (int i = 0; i < 12; ++i) {
    EXPECT_FALSE(hears(steady)) << i;
    steady.send(std::string(20'000, 's'));
  }
  EXPECT_EQ(steady.read().body, answer_to(std::string(12 * 20'000, 's')));
  RawClient trickling = served.client();
  trickling.send(head(length(1'000'000)));
  int bytes = 0;
  while (!hears(trickling) && bytes < 40) bytes += trickling.send("t") ? 1 : 40;
  EXPECT_EQ(trickling.read().status, 408) << "a byte now and then is no progress";
  EXPECT_LT(bytes, 40);
  EXPECT_EQ(served.server->counters().requests_timed_out, 1U);
  wait_until_spooling(0);
}

TEST_F(RouterSpoolTest, RefusesMoreBodiesThanThereArePlaces) {
  ServerOptions options;
  options.max_spooled_bodies = 1;
  start(options);
  RawClient first = served.client();
  first.send(head("Expect: 100-continue\r\n" + length(4)));
  EXPECT_EQ(first.read_head().status, 100);
  const Answer refused = served.client().ask(head(length(4)));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "5");
  EXPECT_EQ(refused.field("Connection"), "close");
  first.send("body");
  EXPECT_EQ(first.read().body, answer_to("body"));
  wait_until_spooling(0);
  EXPECT_EQ(served.client().ask(whole("later")).body, answer_to("later"));
  EXPECT_EQ(served.server->counters().bodies_refused, 1U);
}

TEST_F(RouterSpoolTest, RefusesWhatTheDiskDoesNotTake) {
  start();
  const testing::FileSizeLimit limit(200'000);
  RawClient client = served.client();
  client.send(whole(bytes_of(400'000)));
  const Answer refused = client.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "60");
  EXPECT_NE(refused.body.find("no room for the body"), std::string::npos) << refused.body;
  EXPECT_EQ(refused.body.find(directory.path()), std::string::npos);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(handled, 0);
  wait_until_spooling(0);
  EXPECT_EQ(served.client().ask(whole("small")).body, answer_to("small"));
}

TEST_F(RouterSpoolTest, TellsBodiesApartUnderAnIdempotencyKey) {
  start();
  RawClient client = served.client();
  for (const auto* const body : {"one", "two", "one"}) {
    EXPECT_EQ(client.ask(head(length(3) + "\r\nIdempotency-Key: k") + body).status, 200);
  }
  const auto fingerprints = served.keys.fingerprints();
  ASSERT_EQ(fingerprints.size(), 3U);
  EXPECT_NE(fingerprints[0], fingerprints[1]);
  EXPECT_EQ(fingerprints[0], fingerprints[2]);
}

TEST_F(RouterSpoolTest, RefusesDeclarationsThatContradictThemselves) {
  const auto mounts = [&](Endpoint endpoint, auto handler) {
    Surface bad("bad", plain_dialect());
    endpoint.anyone_because = "a test";
    bad.add(std::move(endpoint), handler);
    served.router->mount(bad);
  };
  const auto spooled = [](Call&, Anyone, SpooledBody) -> Result<Nothing> { return Nothing{}; };
  const auto raw = [](Call&, Anyone, const RawBody&) -> Result<Nothing> { return Nothing{}; };
  EXPECT_THROW(mounts({.id = "a", .method = Method::kPost, .path = "/a"}, spooled), std::logic_error);
  EXPECT_THROW(mounts({.id = "b", .method = Method::kPost, .path = "/b", .max_body = 9}, raw), std::logic_error);
  EXPECT_THROW(mounts({.id = "c", .method = Method::kGet, .path = "/c", .max_body = 9}, spooled), std::logic_error);
  EXPECT_THROW(
      mounts({.id = "d", .method = Method::kPost, .path = "/d", .work = Work::kMemory, .max_body = 9}, spooled),
      std::logic_error);
  EXPECT_NO_THROW(mounts({.id = "e", .method = Method::kPost, .path = "/e", .max_body = 9}, spooled));
}

TEST_F(RouterSpoolTest, IsDescribed) {
  start();
  const std::string document = openapi_document({}, served.router->routes(), served.names);
  EXPECT_NE(document.find(R"("requestBody":{"description":"At most 33554432 bytes.","required":true,"content":{)"
                          R"("text/csv":{"schema":{"type":"string"}},)"
                          R"("application/x-ndjson":{"schema":{"type":"string","format":"binary"}}}})"),
            std::string::npos)
      << document;
}

}  // namespace
}  // namespace gatehouse::http
