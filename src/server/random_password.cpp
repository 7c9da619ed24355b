#include "server/random_password.hpp"

#include <cstdint>
#include <string_view>

namespace gatehouse::server {

std::string random_password(Random& random) {
  constexpr std::string_view kAlphabet = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
  std::string password;
  while (password.size() < 24) {
    std::uint8_t byte = 0;
    random.fill(&byte, 1);
    // Rejection keeps every character equally likely.
    if (byte < 256 / kAlphabet.size() * kAlphabet.size()) password.push_back(kAlphabet[byte % kAlphabet.size()]);
  }
  return password;
}

}  // namespace gatehouse::server
