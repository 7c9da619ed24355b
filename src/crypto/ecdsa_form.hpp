// The two spellings of a P-256 signature: r ‖ s of JOSE (RFC 7518 3.4) and the DER of OpenSSL (RFC 3279 2.2.3).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::crypto {

inline constexpr std::size_t kEs256Size = 64;
inline constexpr std::size_t kLongestEcdsaDer = 72;

struct EcdsaDer {
  std::array<unsigned char, kLongestEcdsaDer> bytes{};
  std::size_t size = 0;
};

// Precondition: 64 bytes.
EcdsaDer ecdsa_to_der(std::string_view raw);
// Nothing when it is not the DER of two numbers of at most 32 bytes.
std::optional<std::string> ecdsa_from_der(std::string_view der);

}  // namespace gatehouse::crypto
