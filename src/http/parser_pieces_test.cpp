// Bodies that are taken in pieces must say the same as when they are taken whole.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/parser.hpp"

namespace gatehouse::http {
namespace {

struct Taken {
  int status = 0;  // of a refusal
  std::string body;
  std::string target;
  std::size_t left = 0;
  std::size_t held = 0;  // bytes behind the head, at most
};

// The bytes arrive `step` at a time in a buffer that never moves, and what `room` holds of the body is dropped.
Taken take(std::string_view bytes, std::size_t step, std::size_t room, std::uint64_t max_bytes = 1000) {
  RequestParser parser(1024, 64, true);
  std::vector<char> buffer(4096);
  Request request;
  Taken taken;
  std::size_t size = 0;
  bool begun = false;
  for (;;) {
    std::string_view piece;
    const Progress progress = begun ? parser.advance_piece(buffer.data(), size, request, piece)
                                    : parser.advance(buffer.data(), size, request);
    if (progress == Progress::kRefused) {
      taken.status = parser.status();
      return taken;
    }
    if (progress == Progress::kBody) {
      begun = parser.take_in_pieces(max_bytes);
      if (begun) continue;
      taken.status = 413;
      return taken;
    }
    taken.held = std::max(taken.held, piece.size());
    if (progress == Progress::kComplete) {
      taken.body.append(piece);
      taken.target = request.target;
      taken.left = size - parser.consumed() + bytes.size();
      return taken;
    }
    if (piece.size() >= room) {
      taken.body.append(piece);
      parser.drop_piece(buffer.data(), size);
    }
    if (bytes.empty()) return taken;
    const auto next = bytes.substr(0, step);
    std::copy(next.begin(), next.end(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    size += next.size();
    bytes.remove_prefix(next.size());
  }
}

const std::string kStart = "POST /p HTTP/1.1\r\nHost: h\r\n";

TEST(ParserPieces, GiveTheWholeBodyHoweverItComes) {
  std::string body;
  for (int i = 0; i < 300; ++i) body += std::to_string(i);
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 7) {
    const std::string chunk = body.substr(at, 7);
    chunks += std::to_string(chunk.size()) + ";x=y\r\n" + chunk + "\r\n";
  }
  const std::string with_length = kStart + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const std::string chunked = kStart + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\nTrailer: t\r\n\r\n";
  for (const std::string& bytes : {with_length, chunked}) {
    for (const std::size_t step : {1U, 2U, 3U, 10U, 64U, 1000U}) {
      for (const std::size_t room : {1U, 5U, 100U, 5000U}) {
        const Taken taken = take(bytes + "GET /next", step, room);
        ASSERT_EQ(taken.body, body) << step << " " << room;
        EXPECT_EQ(taken.target, "/p");
        EXPECT_EQ(taken.left, 9U);
        EXPECT_LT(taken.held, room + step);
      }
    }
  }
}

TEST(ParserPieces, KeepALimitOfTheirOwn) {
  const std::string hundred(100, 'x');
  for (const std::string& framed : {"Content-Length: 100\r\n\r\n" + hundred,
                                    "Transfer-Encoding: chunked\r\n\r\n64\r\n" + hundred + "\r\n0\r\n\r\n"}) {
    EXPECT_EQ(take(kStart + framed, 9, 10, 100).body, hundred);
    EXPECT_EQ(take(kStart + framed, 9, 10, 99).status, 413);
  }
  const std::string two = "32\r\n" + std::string(50, 'x') + "\r\n";
  EXPECT_EQ(take(kStart + "Transfer-Encoding: chunked\r\n\r\n" + two + two + "0\r\n\r\n", 9, 10, 99).status, 413)
      << "all chunks count, the dropped ones too";
}

TEST(ParserPieces, RefuseBrokenChunks) {
  EXPECT_EQ(take(kStart + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 5, 1).status, 400);
}

TEST(ParserPieces, AreAskedForOnlyWhereThereIsABody) {
  RequestParser parser(1024, 64, true);
  std::string bytes = kStart + "Content-Length: 0\r\n\r\n";
  std::size_t size = bytes.size();
  Request request;
  EXPECT_EQ(parser.advance(bytes.data(), size, request), Progress::kComplete);
  parser.reset();
  bytes = kStart + "Content-Length: 65\r\n\r\n";
  size = bytes.size();
  EXPECT_EQ(parser.advance(bytes.data(), size, request), Progress::kBody);
  parser.take_whole();
  EXPECT_EQ(parser.advance(bytes.data(), size, request), Progress::kRefused);
  EXPECT_EQ(parser.status(), 413);
}

}  // namespace
}  // namespace gatehouse::http
