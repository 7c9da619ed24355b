#include "http/server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/server_test_support.hpp"

namespace gatehouse::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;
using testing::get;
using testing::post;
using testing::RawClient;
using testing::RunningServer;

// Restores the limit on open files when it goes.
class FileLimit {
 public:
  FileLimit() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  void set(rlim_t soft) const {
    const rlimit now{std::min(soft, before_.rlim_max), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &now);
  }

 private:
  rlimit before_{};
};

TEST(Server, AnswersAndKeepsTheConnection) {
  RunningServer running;
  RawClient client = running.client();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.ask(get("/a%20b?c=d"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET /a%20b?c=d|");
    EXPECT_EQ(answer.field("Content-Type"), "text/plain");
    EXPECT_EQ(answer.field("X-Peer"), "127.0.0.1");
    EXPECT_EQ(answer.field("Server"), "");
    EXPECT_EQ(answer.field("Connection"), "");
    const std::string date = answer.field("Date");
    EXPECT_EQ(date.size(), 29U) << date;
    EXPECT_EQ(date.substr(25), " GMT") << date;
  }
  EXPECT_EQ(client.ask(post("/p", "body")).body, "POST /p?|body");
  EXPECT_EQ(running.server->counters().connections_accepted, 1U);
}

TEST(Server, AnswersPipelinedRequestsInOrderWhicheverThreadFinishesThem) {
  RunningServer running;
  RawClient client = running.client();
  std::string requests;
  for (int i = 0; i < 300; ++i) requests += get((i % 7 == 3 ? "/later?" : "/now?") + std::to_string(i));
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < 300; ++i) {
    const Answer answer = client.read();
    ASSERT_EQ(answer.body, (i % 7 == 3 ? "GET /later?" : "GET /now?") + std::to_string(i) + "|");
  }
  sender.join();
}

TEST(Server, SendsEarlierAnswersWhileALaterOneIsWaitedFor) {
  RunningServer running;
  RawClient client = running.client();
  client.send(get("/first") + get("/hold") + get("/last"));
  EXPECT_EQ(client.read().body, "GET /first?|");
  running.handler.wait_until_held();
  running.handler.release();
  EXPECT_EQ(client.read().body, "GET /hold?|");
  EXPECT_EQ(client.read().body, "GET /last?|");
}

TEST(Server, JoinsChunkedAndPiecemealBodies) {
  RunningServer running;
  RawClient client = running.client();
  const std::string chunked = "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.ask(chunked + "3\r\nabc\r\n4;x=\"y\"\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n").body, "POST /c?|abcdefg");
  for (const char byte : chunked + "1\r\na\r\n0\r\n\r\n") ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.read().body, "POST /c?|a");
  const std::string large(600 * 1024, 'l');
  EXPECT_EQ(client.ask(post("/l", large)).body, "POST /l?|" + large);
  std::string pieces = chunked;
  for (int i = 0; i < 5000; ++i) pieces += "64\r\n" + std::string(100, static_cast<char>('a' + i % 26)) + "\r\n";
  EXPECT_EQ(client.ask(pieces + "0\r\n\r\n").body.size(), 9U + 500'000U);
}

TEST(Server, SendsAnAnswerLargerThanTheSocketTakes) {
  RunningServer running;
  RawClient client = running.client();
  client.send(get("/big") + get("/after"));
  EXPECT_EQ(client.read().body, std::string(4 * 1024 * 1024, 'b'));
  EXPECT_EQ(client.read().body, "GET /after?|");
}

TEST(Server, LeavesTheBodyOutOfTheAnswerToHead) {
  RunningServer running;
  RawClient client = running.client();
  const Answer answer = client.ask("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", false);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Length"), "9");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain");
  EXPECT_EQ(client.ask(get("/g")).body, "GET /g?|");
}

TEST(Server, GivesNoLengthWhereThereIsNoBody) {
  RunningServer running;
  const Answer answer = running.client().ask(get("/empty"));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.field("Content-Length"), "");
  EXPECT_EQ(answer.field("Content-Type"), "");
}

TEST(Server, ClosesWhenTheRequestOrTheHandlerSaysSo) {
  RunningServer running;
  for (const std::string& bytes :
       {get("/x", "Connection: close\r\n"), get("/close"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    RawClient client = running.client();
    const Answer answer = client.ask(bytes);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  RawClient old = running.client();
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"), "keep-alive");
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\n\r\n").status, 200);
}

TEST(Server, AnswersAClientThatHasEndedItsOutput) {
  RunningServer running;
  RawClient client = running.client();
  client.send(get("/later") + get("/b"));
  client.end_output();
  EXPECT_EQ(client.read().body, "GET /later?|");
  EXPECT_EQ(client.read().body, "GET /b?|");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, TellsAClientToContinueOrNot) {
  RunningServer running;
  RawClient client = running.client();
  const std::string head = "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
  client.send(get("/before") + head + "2\r\n\r\n");
  EXPECT_EQ(client.read().body, "GET /before?|");
  EXPECT_EQ(client.read().status, 100);
  EXPECT_EQ(client.ask("ok").body, "POST /e?|ok");
  EXPECT_EQ(client.ask(head + "2\r\n\r\nok").body, "POST /e?|ok");  // the body is there already
  EXPECT_EQ(client.ask(head + "99999999\r\n\r\n").status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, LetsAClientReadTheRefusalOfABodyItIsStillSending) {
  RunningServer running;
  RawClient client = running.client();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n");
  client.send(std::string(3'000'000, 'x'));
  EXPECT_EQ(client.read().status, 413);
}

TEST(Server, AnswersAFailedHandlerWith500AndLivesOn) {
  RunningServer running;
  RawClient client = running.client();
  const Answer failed = client.ask(get("/throw") + get("/never"));
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(failed.body, R"({"type":"about:blank","title":"Internal Server Error","status":500})");
  EXPECT_TRUE(client.is_closed());
  const Answer split = running.client().ask(get("/split"));
  EXPECT_EQ(split.status, 500);
  EXPECT_EQ(split.field("Set-Cookie"), "");
  EXPECT_EQ(running.client().ask(get("/")).status, 200);
}

TEST(Server, Answers408ToASlowRequestAndClosesAnIdleConnection) {
  ServerOptions options;
  options.request_timeout = seconds(1);
  options.idle_timeout = seconds(1);
  RunningServer running(options);
  RawClient slow = running.client();
  RawClient slow_body = running.client();
  RawClient idle = running.client();
  RawClient fresh = running.client();
  slow.send("GET / HTTP/1.1\r\nHo");
  slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  EXPECT_EQ(slow.read().status, 408);
  EXPECT_TRUE(slow.is_closed());
  EXPECT_EQ(slow_body.read().status, 408);
  EXPECT_TRUE(idle.is_closed());
  EXPECT_TRUE(fresh.is_closed());
  EXPECT_EQ(running.server->counters().requests_timed_out, 2U);
}

TEST(Server, ClosesAConnectionWhosePeerDoesNotRead) {
  ServerOptions options;
  options.write_timeout = seconds(1);
  RunningServer running(options);
  RawClient client = running.client();
  client.send(get("/big") + get("/big") + get("/big") + get("/big"));
  // Not reading: what arrived is less than all once the server has given up.
  while (running.server->counters().connections_open > 0 || running.server->counters().connections_accepted == 0) {
    std::this_thread::yield();
  }
  std::string all;
  EXPECT_TRUE(client.read_to_end(all));
  EXPECT_LT(all.size(), 16U * 1024 * 1024);
}

TEST(Server, RefusesConnectionsOverTheLimit) {
  ServerOptions options;
  options.max_connections = 2;
  RunningServer running(options);
  RawClient first = running.client();
  RawClient second = running.client();
  EXPECT_EQ(first.ask(get("/")).status, 200);
  EXPECT_EQ(second.ask(get("/")).status, 200);
  RawClient third = running.client();
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(running.server->counters().connections_refused, 1U);
  EXPECT_EQ(running.server->counters().connections_open, 2U);
  EXPECT_EQ(first.ask(get("/")).status, 200);
}

TEST(Server, Holds2000IdleConnectionsAndServesOn) {
  FileLimit files;
  files.set(5000);
  RunningServer running;
  std::vector<RawClient> clients;
  for (int i = 0; i < 2000; ++i) clients.push_back(running.client());
  for (RawClient& client : clients) client.send(get("/idle"));
  for (RawClient& client : clients) ASSERT_EQ(client.read().status, 200);
  EXPECT_EQ(running.server->counters().connections_open, 2000U);
  EXPECT_EQ(running.client().ask(get("/")).status, 200);
  for (RawClient& client : clients) ASSERT_EQ(client.ask(get("/again")).body, "GET /again?|");
}

TEST(Server, WaitsWithoutSpinningWhileThereAreNoFilesLeft) {
  RunningServer running;
  EXPECT_EQ(running.client().ask(get("/")).status, 200);
  while (running.server->counters().connections_open > 0) std::this_thread::yield();
  FileLimit files;
  const int next = ::fcntl(0, F_DUPFD, 0);
  ::close(next);
  files.set(static_cast<rlim_t>(next) + 1);  // one more file, for the client
  RawClient client = running.client();
  client.send(get("/"));
  const std::clock_t before = std::clock();
  pollfd readable{client.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&readable, 1, 500), 0);
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 5);
  files.set(RLIM_INFINITY);
  EXPECT_EQ(client.read().status, 200);
}

TEST(Server, FinishesWhatIsInFlightBeforeItStops) {
  RunningServer running;
  RawClient busy = running.client();
  RawClient idle = running.client();
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  busy.send(get("/hold"));
  running.handler.wait_until_held();
  std::thread stopping([&] { running.server->stop(seconds(20)); });
  EXPECT_TRUE(idle.is_closed());
  running.handler.release();
  const Answer answer = busy.read();
  EXPECT_EQ(answer.body, "GET /hold?|");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(busy.is_closed());
  stopping.join();
  EXPECT_EQ(running.server->counters().connections_open, 0U);
  EXPECT_THROW(static_cast<void>(running.client()), std::runtime_error);
}

TEST(Server, StopsAfterTheGraceAndOutlivesALateAnswer) {
  RunningServer running;
  RawClient client = running.client();
  client.send(get("/hold"));
  running.handler.wait_until_held();
  running.server->stop(milliseconds(50));
  EXPECT_TRUE(client.is_closed());
  running.server.reset();
  running.handler.release();  // the exchange is still valid: nothing crashes under the sanitizer
}

TEST(Server, SaysWhyItCannotListen) {
  RunningServer running;
  ServerOptions taken;
  taken.port = running.server->port();
  const auto twice = Server::listen(taken, running.handler);
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code, "server.address_taken");
  ServerOptions elsewhere;
  elsewhere.host = "203.0.113.7";
  const auto nowhere = Server::listen(elsewhere, running.handler);
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code, "server.address_unavailable");
  ServerOptions tls;
  tls.tls_certificate_file = "/nonexistent/certificate.pem";
  tls.tls_key_file = "/nonexistent/key.pem";
  const auto unreadable = Server::listen(tls, running.handler);
  ASSERT_FALSE(unreadable.ok());
  EXPECT_EQ(unreadable.error().code, "server.tls_certificate");
}

}  // namespace
}  // namespace gatehouse::http
