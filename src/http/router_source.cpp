// Where a request comes from, when proxies stand between.
#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "http/router.hpp"

namespace gatehouse::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// IPv4 or IPv6, without a port.
bool is_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  in6_addr place{};
  return inet_pton(AF_INET, copy.data(), &place) == 1 || inet_pton(AF_INET6, copy.data(), &place) == 1;
}

}  // namespace

// The nearest address that is no proxy of ours: what stands further left, the client may have written itself. Proxies may
// add a line of their own instead of a comma, so all lines count, the last one first.
std::string_view Router::source_address(const Request& request) const {
  const auto& trusted = options_.trusted_proxies;
  std::string_view source = request.remote_address;
  const auto is_trusted = [&] { return std::find(trusted.begin(), trusted.end(), source) != trusted.end(); };
  for (auto line = request.headers.rbegin(); line != request.headers.rend() && is_trusted(); ++line) {
    if (!text::equal_ignoring_ascii_case(line->name, "X-Forwarded-For")) continue;
    for (std::string_view chain = line->value; !chain.empty() && is_trusted();) {
      const std::size_t comma = chain.rfind(',');
      const std::string_view hop = trimmed(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
      chain = comma == std::string_view::npos ? std::string_view() : chain.substr(0, comma);
      if (!is_address(hop)) return source;
      source = hop;
    }
  }
  return source;
}

}  // namespace gatehouse::http
