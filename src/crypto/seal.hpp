// Keeps secrets that must be read again (signing keys, upstream client secrets) unreadable in the store: AES-256-GCM
// under the deployment's master key (NIST SP 800-38D). Refuses to open what was altered, cut, sealed under another key,
// or sealed for another context. Reads no files: where the master key comes from is the caller's business.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"

namespace gatehouse::crypto {

using MasterKey = std::array<std::uint8_t, 32>;

class Seal {
 public:
  // `random` must outlive the seal. A nonce is 96 random bits: good for 2^32 sealings under one key.
  Seal(const MasterKey& key, Random& random) : key_(key), random_(&random) {}
  ~Seal();
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  // Version byte, nonce, ciphertext, tag: 29 bytes more than the plaintext. `context` says what the secret is for, e.g.
  // "signing_key:<id>", and is bound to it: the bytes moved to another row do not open there.
  [[nodiscard]] std::string seal(std::string_view plaintext, std::string_view context) const;
  // kInternal `seal.broken` when the bytes, the key or the context are not the ones they were sealed with.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  MasterKey key_;
  Random* random_;
};

}  // namespace gatehouse::crypto
