#include "http/parser.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.hpp"

namespace gatehouse::http {
namespace {

struct Outcome {
  Progress progress = Progress::kNeedMore;
  int status = 0;
  std::size_t left = 0;
  std::string seen;
};

// Feeds `bytes` in pieces; the buffer is another one for each piece, exactly as large as what it holds.
Outcome parse(std::string_view bytes, std::size_t piece, std::size_t max_header = 16 * 1024,
              std::size_t max_body = 1024) {
  RequestParser parser(max_header, max_body);
  Request request;
  Outcome outcome;
  std::unique_ptr<char[]> buffer;
  std::size_t size = 0;
  while (!bytes.empty() && outcome.progress == Progress::kNeedMore) {
    const std::string_view next = bytes.substr(0, piece);
    std::unique_ptr<char[]> larger(new char[size + next.size()]);
    if (size > 0) std::memcpy(larger.get(), buffer.get(), size);
    std::memcpy(larger.get() + size, next.data(), next.size());
    buffer = std::move(larger);
    size += next.size();
    bytes.remove_prefix(next.size());
    outcome.progress = parser.advance(buffer.get(), size, request);
  }
  outcome.status = parser.status();
  if (outcome.progress == Progress::kComplete) {
    outcome.left = size - parser.consumed() + bytes.size();
    outcome.seen =
        std::string(name(request.method)) + " " + std::string(request.path) + "?" + std::string(request.query);
    for (const Header& field : request.headers)
      outcome.seen.append("|").append(field.name).append("=").append(field.value);
    outcome.seen.append("|").append(request.body);
  }
  return outcome;
}

struct Case {
  std::string_view bytes;
  std::string_view seen;
  std::size_t left;
};

const Case kAccepted[] = {
    {"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b=c|Host=h|", 0},
    {"\r\nGET / HTTP/1.1\r\nHost:\t h:80 \r\n\r\nGET", "GET /?|Host=h:80|", 3},
    {"GET / HTTP/1.0\r\n\r\n", "GET /?|", 0},
    {"GET http://h.example/a?b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b|Host=h|", 0},
    {"GET http://h.example HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?|Host=h|", 0},
    {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS *?|Host=h|", 0},
    {"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcde", "POST /p?|Host=h|Content-Length=3|abc", 2},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
     "Chunked\r\n\r\n3\r\nabc\r\n00A;x;y=z;q=\"a\\\"b\"\r\n0123456789\r\n0\r\nT: v\r\n\r\nG",
     "POST /?|Host=h|Transfer-Encoding=Chunked|abc0123456789", 1},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "POST /?|Host=h|Transfer-Encoding=chunked|", 0},
};

TEST(RequestParser, ReadsARequestHoweverItIsCutAndWhereverTheBufferMoves) {
  for (const Case& wanted : kAccepted) {
    for (std::size_t piece = 1; piece <= wanted.bytes.size(); ++piece) {
      const Outcome outcome = parse(wanted.bytes, piece);
      ASSERT_EQ(outcome.progress, Progress::kComplete)
          << wanted.bytes << " in pieces of " << piece << ": " << outcome.status;
      EXPECT_EQ(outcome.seen, wanted.seen);
      EXPECT_EQ(outcome.left, wanted.left);
    }
  }
}

TEST(RequestParser, RefusesATargetTooLongAndAHeadTooLarge) {
  const std::string long_target = "GET /" + std::string(9000, 'a');
  EXPECT_EQ(parse(long_target, 4096).status, 414);
  EXPECT_EQ(parse(long_target + " HTTP/1.1\r\nHost: h\r\n\r\n", 20'000).status, 414);
  const std::string long_head = "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(17'000, 'a');
  EXPECT_EQ(parse(long_head, 1000).status, 431);
  EXPECT_EQ(parse(long_head + "\r\n\r\n", 20'000).status, 431);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 0; i < kMaxFields; ++i) many += "a: b\r\n";
  EXPECT_EQ(parse(many + "\r\n", 20'000).status, 431);
}

TEST(RequestParser, RefusesABodyTooLargeBeforeItIsSent) {
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1025\r\n\r\n", 100).status, 413);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(parse(chunked + "401\r\n", 100).status, 413);
  EXPECT_EQ(parse(chunked + "3ff\r\n" + std::string(1023, 'a') + "\r\n2\r\n", 2000).status, 413);
  EXPECT_EQ(parse(chunked + "400\r\n" + std::string(1024, 'a') + "\r\n0\r\n\r\n", 2000).progress, Progress::kComplete);
}

TEST(RequestParser, BoundsChunkExtensionsAndTrailers) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string extensions = chunked;
  for (int i = 0; i < 40; ++i) extensions += "1;" + std::string(1000, 'x') + "\r\na\r\n";
  EXPECT_EQ(parse(extensions, 500).status, 400);
  std::string trailers = chunked + "0\r\n";
  for (int i = 0; i < 40; ++i) trailers += "t: " + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(parse(trailers, 500).status, 431);
  EXPECT_EQ(parse(chunked + "1;" + std::string(5000, 'x'), 500).status, 400);
}

TEST(RequestParser, KeepsTheConnectionAsTheVersionAndConnectionFieldSay) {
  const auto keeps = [](std::string bytes) {
    RequestParser parser(1000, 1000);
    Request request;
    std::size_t size = bytes.size();
    EXPECT_EQ(parser.advance(bytes.data(), size, request), Progress::kComplete) << bytes;
    return parser.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(RequestParser, SurvivesRandomMutations) {
  SeededRandom random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(kAccepted[random.below(std::size(kAccepted))].bytes);
    for (std::uint64_t i = random.below(4) + 1; i > 0; --i) {
      const std::size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0: bytes[at] = static_cast<char>(random.below(256)); break;
        case 1: bytes.erase(at, random.below(4)); break;
        case 2: bytes.insert(at, bytes, random.below(bytes.size()), random.below(20)); break;
        default: bytes.insert(at, 1, "\r\n:; \t0"[random.below(7)]); break;
      }
      if (bytes.empty()) bytes = "x";
    }
    const Outcome whole = parse(bytes, bytes.size());
    const Outcome pieces = parse(bytes, random.below(9) + 1);
    // However it is cut, it means the same.
    ASSERT_EQ(whole.progress, pieces.progress) << bytes;
    ASSERT_EQ(whole.status, pieces.status) << bytes;
    ASSERT_EQ(whole.seen, pieces.seen) << bytes;
    ASSERT_EQ(whole.left, pieces.left) << bytes;
  }
}

}  // namespace
}  // namespace gatehouse::http
