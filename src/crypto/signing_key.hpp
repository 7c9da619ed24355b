// Asymmetric signatures in JOSE form (RFC 7518, RFC 8037): ES256, EdDSA with Ed25519, RS256. A key has one algorithm
// for life and refuses every other; nothing here takes an algorithm from a token. All calls are safe from any thread;
// OpenSSL's contexts are kept per thread, because making one costs as much as a fifth of a signature.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::crypto {

enum class Algorithm : std::uint8_t { kEs256, kEdDsa, kRs256 };

// The name in JOSE headers: "ES256", "EdDSA", "RS256".
std::string_view jose_name(Algorithm algorithm);

// The public members of a JSON Web Key (RFC 7517); values in base64url, those that the type lacks are empty.
struct Jwk {
  std::string kty;  // "EC", "OKP", "RSA"
  std::string crv;  // "P-256", "Ed25519"
  std::string x;
  std::string y;
  std::string n;
  std::string e;
};

class PublicKey {
 public:
  // Refuses other key types and curves, points off the curve, and RSA below 2048 or above 8192 bits: kInvalid
  // `key.unsupported`.
  static Result<PublicKey> from_jwk(const Jwk& jwk);

  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;
  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const Jwk& jwk() const { return jwk_; }
  // RFC 7638 thumbprint with SHA-256, base64url: the same key has the same id wherever it came from.
  [[nodiscard]] const std::string& kid() const { return kid_; }

 private:
  friend class SigningKey;
  PublicKey() = default;
  static Result<PublicKey> from_pkey(std::shared_ptr<EVP_PKEY> pkey);

  Algorithm algorithm_ = Algorithm::kEs256;
  Jwk jwk_;
  std::string kid_;
  std::shared_ptr<EVP_PKEY> pkey_;
  std::array<std::uint8_t, 32> ed25519_{};  // the point, for libsodium
  std::uint64_t instance_ = 0;              // names the cached contexts of this key
};

class SigningKey {
 public:
  // From the generator of OpenSSL.
  static SigningKey generate(Algorithm algorithm);
  // kInvalid `key.unsupported` for what PublicKey would refuse and for what is not a private key.
  static Result<SigningKey> from_pkcs8(std::string_view der);
  // PKCS #8 PrivateKeyInfo, unencrypted (RFC 5958): seal it before it is stored.
  [[nodiscard]] std::string to_pkcs8() const;

  // The raw signature: r ‖ s of 64 bytes (RFC 7518 3.4), 64 bytes (RFC 8032), or as long as the modulus
  // (RFC 7518 3.3).
  [[nodiscard]] std::string sign(std::string_view message) const;
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const {
    return public_.verify(message, signature);
  }
  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] Algorithm algorithm() const { return public_.algorithm(); }
  [[nodiscard]] const std::string& kid() const { return public_.kid(); }

 private:
  struct Ed25519Secret;
  SigningKey() = default;
  static Result<SigningKey> from_pkey(std::shared_ptr<EVP_PKEY> pkey);

  PublicKey public_;
  std::shared_ptr<const Ed25519Secret> ed25519_;  // wiped with its last owner
};

}  // namespace gatehouse::crypto
