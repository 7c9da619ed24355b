#include "crypto/opaque_token.hpp"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <cstdint>
#include <stdexcept>

namespace gatehouse::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kPrefix = "gth_";
constexpr std::size_t kSecretSize = 43;   // 62^43 > 2^256
constexpr std::size_t kChecksumSize = 6;  // 62^6 > 2^32
constexpr std::size_t kLongestKind = 16;

bool is_kind(std::string_view kind) {
  return !kind.empty() && kind.size() <= kLongestKind &&
         std::all_of(kind.begin(), kind.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

bool is_base62(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The 256-bit number of eight limbs in base 62: long division, most significant limb first.
void append_secret(std::string& out, std::array<std::uint32_t, 8> limbs) {
  std::array<char, kSecretSize> digits{};
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    std::uint64_t remainder = 0;
    for (auto& limb : limbs) {
      const std::uint64_t part = remainder << 32U | limb;
      limb = static_cast<std::uint32_t>(part / 62);
      remainder = part % 62;
    }
    *digit = kAlphabet[remainder];
  }
  out.append(digits.data(), digits.size());
}

std::array<char, kChecksumSize> checksum(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  std::uint32_t rest = crc.checksum();
  std::array<char, kChecksumSize> digits{};
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest /= 62) *digit = kAlphabet[rest % 62];
  return digits;
}

}  // namespace

OpaqueToken mint_opaque_token(std::string_view kind, Random& random) {
  if (!is_kind(kind)) throw std::invalid_argument("a token kind is 1 to 16 of a-z and 0-9");
  std::array<std::uint32_t, 8> secret{};
  random.fill(secret.data(), sizeof secret);
  OpaqueToken token;
  token.text.reserve(kPrefix.size() + kind.size() + 1 + kSecretSize + kChecksumSize);
  token.text.append(kPrefix).append(kind).push_back('_');
  append_secret(token.text, secret);
  const auto check = checksum(token.text);
  token.text.append(check.data(), check.size());
  token.digest = sha256(token.text);
  return token;
}

std::optional<ParsedOpaqueToken> parse_opaque_token(std::string_view text) {
  if (text.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  const std::string_view rest = text.substr(kPrefix.size());
  const std::size_t mark = rest.find('_');
  if (mark == std::string_view::npos || !is_kind(rest.substr(0, mark))) return std::nullopt;
  const std::string_view secret = rest.substr(mark + 1);
  if (secret.size() != kSecretSize + kChecksumSize || !std::all_of(secret.begin(), secret.end(), is_base62)) {
    return std::nullopt;
  }
  const auto check = checksum(text.substr(0, text.size() - kChecksumSize));
  if (secret.substr(kSecretSize) != std::string_view(check.data(), check.size())) return std::nullopt;
  return ParsedOpaqueToken{rest.substr(0, mark), sha256(text)};
}

}  // namespace gatehouse::crypto
