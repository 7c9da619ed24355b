#include "crypto/signing_key.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <limits>
#include <stdexcept>
#include <utility>

#include "crypto/digest.hpp"
#include "crypto/ecdsa_form.hpp"
#include "crypto/key_context.hpp"
#include "crypto/openssl.hpp"

namespace gatehouse::crypto {
namespace {

constexpr unsigned int kRsaBits = 2048;  // RFC 7518 3.3; NIST SP 800-57: until 2030

struct Pkcs8Deleter {
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Pkcs8Deleter>;

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

EVP_PKEY* generate_pkey(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256: return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case Algorithm::kEdDsa: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Algorithm::kRs256: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kRsaBits));
  }
  return nullptr;
}

Error not_a_key() { return invalid("key.unsupported", "The bytes are not a private key in PKCS #8."); }

}  // namespace

struct SigningKey::Ed25519Secret {
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> bytes{};  // seed and public key, as libsodium wants them
  Ed25519Secret() = default;
  ~Ed25519Secret() { sodium_memzero(bytes.data(), bytes.size()); }
  Ed25519Secret(const Ed25519Secret&) = delete;
  Ed25519Secret& operator=(const Ed25519Secret&) = delete;
};

Result<SigningKey> SigningKey::from_pkey(std::shared_ptr<EVP_PKEY> pkey) {
  SigningKey key;
  key.public_ = TRY(PublicKey::from_pkey(pkey));
  if (key.algorithm() == Algorithm::kEdDsa) {
    std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> point{};
    std::size_t size = seed.size();
    require(EVP_PKEY_get_raw_private_key(pkey.get(), seed.data(), &size) == 1, "read an Ed25519 key");
    auto secret = std::make_shared<Ed25519Secret>();
    crypto_sign_seed_keypair(point.data(), secret->bytes.data(), seed.data());
    sodium_memzero(seed.data(), seed.size());
    key.ed25519_ = std::move(secret);
  }
  return key;
}

SigningKey SigningKey::generate(Algorithm algorithm) {
  auto key = from_pkey(std::shared_ptr<EVP_PKEY>(own(generate_pkey(algorithm), "generate a key")));
  if (!key) throw std::logic_error("a generated key is not of a supported kind");
  return std::move(key).value();
}

Result<SigningKey> SigningKey::from_pkcs8(std::string_view der) {
  if (der.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return not_a_key();
  const unsigned char* at = octets(der);
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  std::shared_ptr<EVP_PKEY> pkey;
  if (info && at == octets(der) + der.size())
    pkey.reset(EVP_PKCS82PKEY_ex(info.get(), nullptr, nullptr), OpensslDeleter{});
  ERR_clear_error();
  if (!pkey) return not_a_key();
  return from_pkey(std::move(pkey));
}

std::string SigningKey::to_pkcs8() const {
  const Pkcs8Ptr info(EVP_PKEY2PKCS8(public_.pkey_.get()));
  require(info != nullptr, "write a private key");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  require(size > 0, "write a private key");
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* at = octets(der);
  require(i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) == size, "write a private key");
  return der;
}

std::string SigningKey::sign(std::string_view message) const {
  if (algorithm() == Algorithm::kEdDsa) {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(octets(signature), nullptr, octets(message), message.size(), ed25519_->bytes.data());
    return signature;
  }
  const Digest digest = sha256(message);
  EVP_PKEY_CTX* context = key_context(public_.pkey_.get(), algorithm(), KeyUse::kSign, public_.instance_);
  std::string signature(algorithm() == Algorithm::kEs256
                            ? kLongestEcdsaDer
                            : static_cast<std::size_t>(EVP_PKEY_get_size(public_.pkey_.get())),
                        '\0');
  std::size_t size = signature.size();
  require(EVP_PKEY_sign(context, octets(signature), &size, digest.data(), digest.size()) == 1, "sign");
  signature.resize(size);
  if (algorithm() == Algorithm::kRs256) return signature;
  auto raw = ecdsa_from_der(signature);
  if (!raw) throw std::logic_error("OpenSSL wrote a signature that is not DER");
  return *std::move(raw);
}

}  // namespace gatehouse::crypto
