// What is refused, and that nothing a peer sends does more than end its own connection.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "http/server_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::Answer;
using testing::get;
using testing::post;
using testing::RawClient;
using testing::RunningServer;

struct Refusal {
  std::string_view why;
  std::string bytes;
  int status;
};

std::string chunked(std::string_view coding) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(coding);
}
std::string head(std::string_view fields) { return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n"; }

std::vector<Refusal> refusals() {
  const std::string_view nul("\0", 1);
  return {
      {"length and coding", head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"coding and length", head("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
      {"differing lengths", head("Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
      {"repeated length", head("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
      {"list of lengths", head("Content-Length: 1, 1\r\n"), 400},
      {"signed length", head("Content-Length: +1\r\n"), 400},
      {"negative length", head("Content-Length: -1\r\n"), 400},
      {"hexadecimal length", head("Content-Length: 0x1\r\n"), 400},
      {"empty length", head("Content-Length:\r\n"), 400},
      {"overflowing length", head("Content-Length: 99999999999999999999\r\n"), 400},
      {"large length", head("Content-Length: 1048577\r\n"), 413},
      {"unknown coding", head("Transfer-Encoding: gzip\r\n"), 400},
      {"coding before chunked", head("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"chunked not last", head("Transfer-Encoding: chunked, identity\r\n"), 400},
      {"two codings", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"hidden coding",
       head("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {"coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunk size not a number", chunked("x\r\n"), 400},
      {"chunk size empty", chunked("\r\n"), 400},
      {"chunk size signed", chunked("+1\r\na\r\n"), 400},
      {"chunk size with prefix", chunked("0x1\r\na\r\n"), 400},
      {"chunk size with blank", chunked("1 \r\na\r\n"), 400},
      {"chunk size overflows", chunked("10000000000000001\r\n"), 400},
      {"chunk over the limit", chunked("100001\r\n"), 413},
      {"chunk extension", chunked("1;\r\na\r\n"), 400},
      {"chunk extension value", chunked("1;a=\r\na\r\n"), 400},
      {"chunk extension quote", chunked("1;a=\"b\r\na\r\n"), 400},
      {"chunk line end", chunked("1\na\r\n"), 400},
      {"chunk data end", chunked("1\r\na\n0\r\n\r\n"), 400},
      {"chunk longer than said", chunked("1\r\nab\r\n"), 400},
      {"last chunk line end", chunked("0\n\n"), 400},
      {"trailer line end", chunked("0\r\na: b\n\r\n"), 400},
      {"trailer without colon", chunked("0\r\nab\r\n\r\n"), 400},
      {"folded trailer", chunked("0\r\na: b\r\n c\r\n\r\n"), 400},
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", 400},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
      {"bare LF as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
      {"bare CR in a field", "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400},
      {"folded field", head("A: b\r\n c\r\n"), 400},
      {"folded first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"blank before the colon", head("A : b\r\n"), 400},
      {"field without colon", head("A\r\n"), 400},
      {"empty field name", head(": b\r\n"), 400},
      {"control in a field name", head("A\x01: b\r\n"), 400},
      {"control in a value", head("A: b\x01\r\n"), 400},
      {"NUL in a value", head("A: b" + std::string(nul) + "\r\n"), 400},
      {"DEL in a value", head("A: b\x7f\r\n"), 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400},
      {"host with a path", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", 400},
      {"host with a user", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
      {"control in the target", "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"NUL in the target", "GET /" + std::string(nul) + " HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"fragment in the target", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"relative target", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"other scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"empty target", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"bad method", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"version 0.9", "GET /\r\n", 400},
      {"version 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"version 1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400},
      {"version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"TLS on a plain port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12), 400},
      {"long target", get("/" + std::string(8200, 'a')), 414},
      {"large head", get("/", "A: " + std::string(17'000, 'a') + "\r\n"), 431},
      {"unknown expectation", head("Expect: tea\r\nContent-Length: 1\r\n"), 417},
  };
}

TEST(Framing, WhatIsAmbiguousOrTooMuchIsRefusedAndTheConnectionClosed) {
  RunningServer running;
  const auto cases = refusals();
  for (const Refusal& refusal : cases) {
    RawClient client = running.client();
    // A request before it is answered; the one smuggled behind it is not.
    const Answer before = client.ask(get("/before") + refusal.bytes + get("/smuggled"));
    EXPECT_EQ(before.body, "GET /before?|") << refusal.why;
    const Answer answer = client.read();
    EXPECT_EQ(answer.status, refusal.status) << refusal.why;
    EXPECT_EQ(answer.field("Connection"), "close") << refusal.why;
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json") << refusal.why;
    EXPECT_NE(answer.field("Date"), "") << refusal.why;
    EXPECT_NE(answer.body.find("\"status\":" + std::to_string(refusal.status)), std::string::npos) << refusal.why;
    EXPECT_TRUE(client.is_closed()) << refusal.why;
  }
  EXPECT_EQ(running.server->counters().requests_malformed, cases.size());
}

TEST(Framing, RandomlyChangedRequestsAreAnsweredOrClosed) {
  RunningServer running;
  SeededRandom random(11);
  const std::vector<std::string> originals = {
      get("/a?b", "Connection: keep-alive\r\nAuthorization: Bearer x\r\n"),
      post("/later", "{\"a\":1}", "Content-Type: application/json\r\n"),
      chunked("5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nT: x\r\n\r\n"),
      head("Expect: 100-continue\r\nContent-Length: 3\r\n") + "abc",
      refusals()[random.below(refusals().size())].bytes,
  };
  for (int round = 0; round < 1500; ++round) {
    std::string bytes = originals[random.below(originals.size())] + originals[random.below(originals.size())];
    for (std::uint64_t i = random.below(5) + 1; i > 0; --i) {
      const std::size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0: bytes[at] = static_cast<char>(random.below(256)); break;
        case 1: bytes.erase(at, random.below(8)); break;
        case 2: bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(60))); break;
        default: bytes.insert(at, 1, "\r\n:; ,\t"[random.below(7)]); break;
      }
      if (bytes.empty()) bytes = "\r";
    }
    RawClient client = running.client();
    const std::size_t cut = random.below(bytes.size());
    client.send(std::string_view(bytes).substr(0, cut));
    client.send(std::string_view(bytes).substr(cut));
    client.end_output();
    std::string all;
    ASSERT_TRUE(client.read_to_end(all)) << bytes;
    EXPECT_TRUE(all.empty() || all.starts_with("HTTP/1.1 ")) << bytes;
  }
  EXPECT_EQ(running.client().ask(get("/")).status, 200);
}

}  // namespace
}  // namespace gatehouse::http
