#include "http/request_id.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/uuid.hpp"

namespace gatehouse::http {
namespace {

// A peer's request id is taken when it can stand in a header and a log line as it is.
bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127 && c != '"' && c != '\\'; });
}

// Request ids tell requests apart and protect nothing: their randomness is drawn in pieces, because a system call for
// each would cost as much as a decision does.
class DrawnRandom final : public Random {
 public:
  explicit DrawnRandom(Random& source) : source_(source) {}
  void fill(void* out, std::size_t size) override {
    static thread_local std::array<unsigned char, 1024> drawn;
    static thread_local std::size_t next = drawn.size();
    if (size > drawn.size()) return source_.fill(out, size);
    if (drawn.size() - next < size) {
      source_.fill(drawn.data(), drawn.size());
      next = 0;
    }
    std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(next), size, static_cast<unsigned char*>(out));
    next += size;
  }

 private:
  Random& source_;
};

}  // namespace

std::string request_id(const Request& request, Timestamp now, Random& random) {
  const auto given = request.header("X-Request-ID");
  if (given && is_request_id(*given)) return std::string(*given);
  DrawnRandom drawn(random);
  return Uuid::v7(now, drawn).to_string();
}

}  // namespace gatehouse::http
