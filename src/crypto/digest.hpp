// SHA-256, HMAC-SHA-256 and comparison in constant time. Refuses other algorithms: the store and the tokens use these.
// Safe from any thread; algorithms are fetched once, contexts kept per thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace gatehouse::crypto {

using Digest = std::array<std::uint8_t, 32>;

// The bytes of a digest, for binding and comparing; lives as long as the digest.
inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest sha256(std::string_view bytes);
// The same of what comes in pieces. For one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  // Of all that was added; begins anew.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};
// RFC 2104 with SHA-256; a key of any length.
Digest hmac_sha256(std::string_view key, std::string_view message);
// Takes as long for any two inputs of one length; different lengths differ at once.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace gatehouse::crypto
