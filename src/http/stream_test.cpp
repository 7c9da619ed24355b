// Arrays that are made while they are sent: whole or visibly broken, in order, in the memory of one batch.
#include "http/stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <string>

#include "http/router_test_support.hpp"

namespace gatehouse::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;
using testing::get;
using testing::RawClient;
using testing::RunningRouter;

// Counts the items that live.
struct Counted {
  Counted() { ++live; }
  Counted(const Counted&) { ++live; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --live; }
  static inline std::atomic<int> live{0};
};
struct Row {
  std::int64_t no = 0;
  std::string text;
  Counted counted{};
};
void describe(Fields<Row>& f) {
  f.name("Row");
  f.add<&Row::no>("no");
  f.add<&Row::text>("text");
}

// Where a source stands, seen from the test.
struct Progress {
  std::atomic<int> batches{0};
  std::atomic<int> most_live{0};
  std::atomic<int> sources{0};
};

constexpr int kRowsPerBatch = 100;
constexpr std::string_view kWord = R"({"no":7,"text":"w"})";

std::string row(int no, std::size_t text) {
  return "{\"no\":" + std::to_string(no) + ",\"text\":\"" + std::string(text, 't') + "\"}";
}
std::string rows(int count, std::size_t text) {
  std::string all = "[";
  for (int no = 0; no < count; ++no) all += (no == 0 ? "" : ",") + row(no, text);
  return all + "]";
}

class StreamTest : public ::testing::Test {
 public:
  // Counts the sources that live.
  struct Held {
    explicit Held(Progress& of) : progress(of) { ++progress.sources; }
    Held(const Held& other) : progress(other.progress) { ++progress.sources; }
    Held& operator=(const Held&) = delete;
    ~Held() { --progress.sources; }
    Progress& progress;
  };

  // `path` streams rows with `text` bytes each; `before` runs in front of every batch, with its number.
  void stream(std::string_view path, int count, std::size_t text, std::function<void(int)> before = {},
              Work work = Work::kRead) {
    surface.add(
        {.id = path, .path = path, .anyone_because = "a test", .work = work},
        [this, count, text, before = std::move(before)](Call&, Anyone, Nothing) -> Result<Stream<Row>> {
          return Stream<Row>{[held = Held(progress), count, text, before, no = 0](std::vector<Row>& batch) mutable {
            const int number = ++held.progress.batches;
            if (before) before(number);
            for (int i = 0; i < kRowsPerBatch && no < count; ++i) batch.push_back({no++, std::string(text, 't')});
            held.progress.most_live = std::max(held.progress.most_live.load(), Counted::live.load());
            return no < count;
          }};
        });
  }
  void start(const ServerOptions& options = {}) {
    surface.add({.id = "word", .path = "/word", .anyone_because = "a test"}, [](Call&, Anyone, Nothing) -> Result<Row> {
      return Row{7, "w"};
    });
    served.router->mount(surface);
    served.start(options);
  }
  void TearDown() override {
    served.stop();
    EXPECT_EQ(progress.sources, 0) << "every source goes with its answer";
    EXPECT_EQ(Counted::live, 0);
  }
  static RouterOptions one_thread() {
    RouterOptions options;
    options.read_threads = 1;
    return options;
  }

  Progress progress;
  Surface surface{"test", plain_dialect()};
  RunningRouter served{one_thread()};
};

TEST_F(StreamTest, SendsTenThousandItemsInChunks) {
  stream("/rows", 10'000, 10);
  start();
  RawClient client = served.client();
  const Answer answer = client.ask(get("/rows"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.field("Content-Length"), "");
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_NE(answer.field("X-Request-ID"), "");
  EXPECT_EQ(answer.body, rows(10'000, 10));
  EXPECT_EQ(progress.batches, 100);
  EXPECT_EQ(client.ask(get("/word")).body, kWord);
  const auto told = served.told(2);
  EXPECT_EQ(told[0].path, "/rows");
  EXPECT_EQ(told[0].status, 200);
  EXPECT_EQ(told[0].failure, "");
}

TEST_F(StreamTest, MakesNoMoreThanTheClientTakes) {
  constexpr int kBatches = 400;
  constexpr std::size_t kText = 2'000;
  constexpr std::size_t kBatchBytes = kRowsPerBatch * kText;
  // What may lie in the sockets: by default the kernel lets a sender keep 4 MiB.
  constexpr std::size_t kInSockets = 8 * 1024 * 1024;
  stream("/rows", kBatches * kRowsPerBatch, kText);
  start();
  RawClient slow = served.client(16 * 1024);
  slow.send(get("/rows"));
  EXPECT_EQ(slow.read_head().status, 200);
  std::string body;
  for (;;) {
    // The only reading thread is free while the slow client has something to read.
    if (body.size() / kBatchBytes % 50 == 0) { EXPECT_EQ(served.client().ask(get("/word")).status, 200); }
    const auto chunk = slow.read_chunk();
    ASSERT_TRUE(chunk.has_value());
    if (chunk->empty()) break;
    body += *chunk;
    const std::size_t made = static_cast<std::size_t>(progress.batches) * kBatchBytes;
    ASSERT_LE(made, body.size() + kInSockets);
  }
  EXPECT_EQ(body, rows(kBatches * kRowsPerBatch, kText));
  EXPECT_EQ(progress.batches, kBatches);
  EXPECT_LE(progress.most_live, kRowsPerBatch + 1) << "one batch at a time, and the other endpoint's row";
}

TEST_F(StreamTest, SendsItToTheEndOfTheConnectionInHttp10) {
  stream("/rows", 1'000, 10);
  start();
  for (const std::string fields : {"", "Connection: keep-alive\r\n"}) {
    RawClient client = served.client();
    client.send("GET /rows HTTP/1.0\r\n" + fields + "\r\n");
    const Answer head = client.read_head();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Connection"), "close");
    EXPECT_EQ(head.field("Transfer-Encoding"), "");
    EXPECT_EQ(head.field("Content-Length"), "");
    std::string body;
    EXPECT_TRUE(client.read_to_end(body));
    EXPECT_EQ(body, rows(1'000, 10));
  }
}

TEST_F(StreamTest, AsksForNothingWhenOnlyTheHeadIsWanted) {
  stream("/rows", 1'000, 10);
  start();
  RawClient client = served.client();
  const Answer head = client.ask("HEAD /rows HTTP/1.1\r\nHost: h\r\n\r\n", false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Type"), "application/json");
  EXPECT_EQ(head.field("Content-Length"), "");
  EXPECT_EQ(client.ask(get("/word")).status, 200);
  EXPECT_EQ(progress.batches, 0);
  EXPECT_EQ(served.told(2).size(), 2U);
}

TEST_F(StreamTest, GivesTheLengthOfWhatFitsInOneBatch) {
  stream("/none", 0, 0);
  stream("/few", 3, 1);
  start();
  RawClient client = served.client();
  const Answer none = client.ask(get("/none"));
  EXPECT_EQ(none.body, "[]");
  EXPECT_EQ(none.field("Content-Length"), "2");
  EXPECT_EQ(none.field("Transfer-Encoding"), "");
  EXPECT_EQ(client.ask(get("/few")).body, rows(3, 1));
}

TEST_F(StreamTest, TakesEmptyBatchesAsNotYetTheEnd) {
  surface.add({.id = "sparse", .path = "/sparse", .anyone_because = "a test"},
              [](Call&, Anyone, Nothing) -> Result<Stream<Row>> {
                return Stream<Row>{[turn = 0](std::vector<Row>& batch) mutable {
                  if (++turn % 10 == 0) batch.push_back({turn, "x"});
                  return turn < 35;
                }};
              });
  start();
  EXPECT_EQ(served.client().ask(get("/sparse")).body,
            R"([{"no":10,"text":"x"},{"no":20,"text":"x"},{"no":30,"text":"x"}])");
}

TEST_F(StreamTest, AnswersPipelinedRequestsInOrder) {
  stream("/rows", 2'000, 10);
  stream("/inline", 1'000, 10, {}, Work::kMemory);
  start();
  RawClient client = served.client();
  client.send(get("/word") + get("/rows") + get("/word") + get("/inline") + get("/inline") + get("/nothing"));
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(client.read().body, rows(2'000, 10));
  EXPECT_EQ(client.read().body, kWord);
  EXPECT_EQ(client.read().body, rows(1'000, 10));
  EXPECT_EQ(client.read().body, rows(1'000, 10));
  EXPECT_EQ(client.read().status, 404);
}

TEST_F(StreamTest, AnswersAFailureOfTheFirstBatchAsOne) {
  stream("/rows", 1'000, 10, [](int) { throw std::runtime_error("the first"); });
  start();
  RawClient client = served.client();
  const Answer answer = client.ask(get("/rows"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(answer.body.front(), '{');
  EXPECT_EQ(served.told(1)[0].failure, "the first");
  EXPECT_EQ(client.ask(get("/word")).status, 200);
}

TEST_F(StreamTest, BreaksOffVisiblyWhenALaterBatchFails) {
  stream("/rows", 1'000, 10, [](int number) {
    if (number % 3 == 0) throw std::runtime_error("the third");
  });
  start();
  RawClient client = served.client();
  client.send(get("/rows") + get("/word"));
  EXPECT_EQ(client.read_head().status, 200);
  std::string body;
  std::optional<std::string> chunk;
  while ((chunk = client.read_chunk()).has_value() && !chunk->empty()) body += *chunk;
  EXPECT_FALSE(chunk.has_value()) << "no last chunk";
  const std::string two_batches = rows(2 * kRowsPerBatch, 10);
  EXPECT_EQ(body, two_batches.substr(0, two_batches.size() - 1)) << "up to the failure, and no end of the array";
  EXPECT_TRUE(client.is_closed());
  RawClient old = served.client();
  old.send("GET /rows HTTP/1.0\r\n\r\n");
  while (::recv(old.fd(), body.data(), body.size(), 0) > 0) {}
  EXPECT_EQ(errno, ECONNRESET) << "in HTTP/1.0 an end would mean completeness";
  const auto told = served.told(2);
  ASSERT_EQ(told.size(), 2U) << "what was behind it was not answered";
  for (const auto& one : told) EXPECT_EQ(one.failure, "the third");
}

TEST_F(StreamTest, GoesOnWhenTheReadingPoolTakesNothingNew) {
  RouterOptions options;
  options.queue = 0;
  RunningRouter full(options);
  stream("/rows", 1'000, 10, {}, Work::kMemory);
  full.router->mount(surface);
  full.start();
  RawClient client = full.client();
  client.send(get("/rows"));
  EXPECT_EQ(client.read_head().status, 200);
  std::string body;
  std::optional<std::string> chunk;
  while ((chunk = client.read_chunk()).has_value() && !chunk->empty()) body += *chunk;
  EXPECT_EQ(body, rows(1'000, 10)) << "what has begun is no new work";
  EXPECT_EQ(full.told(1)[0].failure, "");
  full.stop();
}

TEST_F(StreamTest, EndsWithAClientThatGoesAway) {
  stream("/rows", 1'000'000'000, 1'000);
  start();
  {
    RawClient client = served.client();
    client.send(get("/rows"));
    EXPECT_EQ(client.read_head().status, 200);
    EXPECT_TRUE(client.read_chunk().has_value());
  }
  const auto told = served.told(1);
  EXPECT_EQ(told[0].path, "/rows");
  EXPECT_EQ(told[0].failure, "");
  EXPECT_EQ(served.client().ask(get("/word")).status, 200);
}

TEST_F(StreamTest, EndsWithAClientThatDoesNotRead) {
  ServerOptions options;
  options.write_timeout = seconds(1);
  stream("/rows", 1'000'000'000, 1'000);
  start(options);
  RawClient client = served.client(16 * 1024);
  client.send(get("/rows"));
  EXPECT_EQ(served.told(1)[0].path, "/rows");
  std::string all;
  EXPECT_TRUE(client.read_to_end(all));
}

TEST_F(StreamTest, FinishesWithinTheGraceOfAStop) {
  std::promise<void> reached;
  std::promise<void> go_on;
  stream("/rows", 100'000, 10, [&, wait = go_on.get_future().share()](int number) {
    if (number == 10) reached.set_value();
    if (number >= 10) wait.wait();
  });
  start();
  RawClient idle = served.client();
  EXPECT_EQ(idle.ask(get("/word")).status, 200);
  RawClient client = served.client();
  client.send(get("/rows"));
  reached.get_future().wait();
  std::thread stopping([&] { served.server->stop(seconds(20)); });
  EXPECT_TRUE(idle.is_closed());
  go_on.set_value();
  EXPECT_EQ(client.read().body, rows(100'000, 10));
  EXPECT_TRUE(client.is_closed());
  stopping.join();
}

TEST_F(StreamTest, DoesNotOutliveTheGraceOfAStop) {
  stream("/rows", 1'000'000'000, 1'000);
  start();
  RawClient client = served.client(16 * 1024);
  client.send(get("/rows"));
  EXPECT_EQ(client.read_head().status, 200);
  served.server->stop(milliseconds(50));
  EXPECT_EQ(served.told(1)[0].path, "/rows");
  std::string all;
  EXPECT_TRUE(client.read_to_end(all));
}

TEST_F(StreamTest, OutlivesAServerThatStoppedDuringABatch) {
  std::promise<void> reached;
  std::promise<void> go_on;
  stream("/rows", 100'000, 10, [&, wait = go_on.get_future().share()](int number) {
    if (number == 2) reached.set_value();
    if (number >= 2) wait.wait();
  });
  start();
  RawClient client = served.client();
  client.send(get("/rows"));
  reached.get_future().wait();
  served.server->stop(milliseconds(0));
  EXPECT_FALSE(client.is_closed()) << "the head and the first batch";
  go_on.set_value();
  EXPECT_EQ(served.told(1)[0].path, "/rows");
}

TEST_F(StreamTest, LetsGoOfABatchThatThePoolNeverBegan) {
  std::promise<void> reached;
  std::promise<void> go_on;
  stream("/rows", 1'000, 10, {}, Work::kMemory);
  surface.add({.id = "block", .path = "/block", .anyone_because = "a test"},
              [&, wait = go_on.get_future().share()](Call&, Anyone, Nothing) -> Result<Nothing> {
                reached.set_value();
                wait.wait();
                return Nothing{};
              });
  start();
  RawClient blocking = served.client();
  blocking.send(get("/block"));
  reached.get_future().wait();
  RawClient client = served.client();
  client.send(get("/rows"));
  EXPECT_EQ(client.read_head().status, 200);  // its second batch waits behind the other request
  served.server->stop(milliseconds(0));
  go_on.set_value();
  served.stop();
  EXPECT_EQ(served.told(2).size(), 2U);
}

}  // namespace
}  // namespace gatehouse::http
