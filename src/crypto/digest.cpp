#include "crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "crypto/openssl.hpp"

namespace gatehouse::crypto {
namespace {

const EVP_MD* sha256_algorithm() {
  static const auto algorithm = own(EVP_MD_fetch(nullptr, "SHA256", nullptr), "fetch SHA256");
  return algorithm.get();
}

EVP_MAC_CTX* hmac_context() {
  static const auto algorithm = own(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "fetch HMAC");
  thread_local const auto context = [] {
    auto made = own(EVP_MAC_CTX_new(algorithm.get()), "make an HMAC context");
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    require(EVP_MAC_CTX_set_params(made.get(), parameters) == 1, "choose HMAC's digest");
    return made;
  }();
  return context.get();
}

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

Digest sha256(std::string_view bytes) {
  thread_local const auto context = own(EVP_MD_CTX_new(), "make a digest context");
  Digest digest;
  unsigned int size = 0;
  require(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1 &&
              EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
              EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1 && size == digest.size(),
          "SHA-256");
  return digest;
}

struct Sha256::Context {
  OpensslPtr<EVP_MD_CTX> digest = own(EVP_MD_CTX_new(), "make a digest context");
  void begin() const { require(EVP_DigestInit_ex2(digest.get(), sha256_algorithm(), nullptr) == 1, "begin SHA-256"); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { context_->begin(); }
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Digest Sha256::finish() {
  Digest digest;
  unsigned int size = 0;
  require(EVP_DigestFinal_ex(context_->digest.get(), digest.data(), &size) == 1 && size == digest.size(), "SHA-256");
  context_->begin();
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
  // OpenSSL reads a null key as "the one from last time".
  static constexpr unsigned char kEmpty = 0;
  EVP_MAC_CTX* context = hmac_context();
  Digest digest;
  std::size_t size = 0;
  require(EVP_MAC_init(context, key.empty() ? &kEmpty : octets(key), key.size(), nullptr) == 1 &&
              EVP_MAC_update(context, octets(message), message.size()) == 1 &&
              EVP_MAC_final(context, digest.data(), &size, digest.size()) == 1 && size == digest.size(),
          "HMAC-SHA-256");
  return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace gatehouse::crypto
