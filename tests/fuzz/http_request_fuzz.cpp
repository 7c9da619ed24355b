// Requests off the wire. Two readings of the same bytes must agree: all at once, and in pieces of the size that the first
// byte says, with the buffer in another place each time. A difference between them is how requests are smuggled.
#include <cstring>
#include <memory>
#include <string>

#include "fuzz/fuzz.hpp"
#include "http/parser.hpp"
#include "http/uri.hpp"

using namespace gatehouse;

namespace {

struct Outcome {
  http::Progress progress = http::Progress::kNeedMore;
  int status = 0;
  std::size_t left = 0;
  std::string seen;
};

// The buffer is exactly as large as what it holds, so that reading behind it is seen.
Outcome read(std::string_view bytes, std::size_t piece) {
  http::RequestParser parser(1024, 512);
  http::Request request;
  Outcome outcome;
  std::unique_ptr<char[]> buffer;
  std::size_t size = 0;
  while (!bytes.empty() && outcome.progress == http::Progress::kNeedMore) {
    const auto next = bytes.substr(0, piece);
    std::unique_ptr<char[]> larger(new char[size + next.size()]);
    if (size > 0) std::memcpy(larger.get(), buffer.get(), size);
    std::memcpy(larger.get() + size, next.data(), next.size());
    buffer = std::move(larger);
    size += next.size();
    bytes.remove_prefix(next.size());
    outcome.progress = parser.advance(buffer.get(), size, request);
  }
  outcome.status = parser.status();
  if (outcome.progress != http::Progress::kComplete) return outcome;
  fuzz::must(parser.consumed() <= size, "no more is consumed than came");
  fuzz::must(request.body.size() <= 512, "a body keeps its limit");
  outcome.left = size - parser.consumed() + bytes.size();
  outcome.seen = std::string(name(request.method)) + " " + std::string(request.path) + "?" + std::string(request.query);
  for (const auto& field : request.headers) {
    outcome.seen.append("|").append(field.name).append("=").append(field.value);
  }
  outcome.seen.append("|").append(request.body).append(parser.keep_alive() ? "+" : "-");
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = fuzz::text_of(data + 1, size - 1);
  const auto whole = read(bytes, bytes.size());
  const auto pieces = read(bytes, std::size_t{1} + data[0] % 16);
  fuzz::must(whole.progress == pieces.progress && whole.status == pieces.status, "however it comes, it ends the same");
  fuzz::must(whole.seen == pieces.seen, "however it comes, it says the same");
  fuzz::must(whole.left == pieces.left, "however it comes, the next request begins at the same byte");
  if (whole.progress == http::Progress::kRefused) {
    fuzz::must(whole.status >= 400 && whole.status < 600, "a refusal has a status");
  }
  for (const bool plus : {false, true}) {
    const auto decoded = http::percent_decode(bytes, plus);
    fuzz::must(!decoded || decoded->size() <= bytes.size(), "decoding makes nothing longer");
  }
  return 0;
}
