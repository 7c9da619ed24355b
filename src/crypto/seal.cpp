#include "crypto/seal.hpp"

#include <openssl/crypto.h>

#include <limits>
#include <stdexcept>

#include "crypto/openssl.hpp"

namespace gatehouse::crypto {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kHeadSize = 1 + kNonceSize;

const EVP_CIPHER* aes_256_gcm() {
  static const auto algorithm = own(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "fetch AES-256-GCM");
  return algorithm.get();
}

EVP_CIPHER_CTX* context_of_thread() {
  thread_local const auto context = own(EVP_CIPHER_CTX_new(), "make a cipher context");
  return context.get();
}

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

int checked_size(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::length_error("too much to seal");
  return static_cast<int>(bytes.size());
}

// The version byte and the context are authenticated, not encrypted.
bool authenticate(EVP_CIPHER_CTX* cipher, std::string_view context) {
  int size = 0;
  return EVP_CipherUpdate(cipher, nullptr, &size, octets(std::string_view(&kVersion, 1)), 1) == 1 &&
         (context.empty() || EVP_CipherUpdate(cipher, nullptr, &size, octets(context), checked_size(context)) == 1);
}

Error broken() {
  return {ErrorKind::kInternal, "seal.broken", "A stored secret cannot be opened with this deployment's master key."};
}

}  // namespace

Seal::~Seal() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Seal::seal(std::string_view plaintext, std::string_view context) const {
  std::string sealed(kHeadSize + plaintext.size() + kTagSize, '\0');
  sealed[0] = kVersion;
  random_->fill(sealed.data() + 1, kNonceSize);
  EVP_CIPHER_CTX* cipher = context_of_thread();
  char* const body = sealed.data() + kHeadSize;
  int size = 0;
  require(EVP_CipherInit_ex2(cipher, aes_256_gcm(), key_.data(), octets(sealed.data() + 1), 1, nullptr) == 1 &&
              authenticate(cipher, context) &&
              (plaintext.empty() ||
               EVP_CipherUpdate(cipher, octets(body), &size, octets(plaintext), checked_size(plaintext)) == 1) &&
              EVP_CipherFinal_ex(cipher, octets(body + plaintext.size()), &size) == 1 &&
              EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagSize, body + plaintext.size()) == 1,
          "seal");
  EVP_CIPHER_CTX_reset(cipher);  // leaves no key schedule behind
  return sealed;
}

Result<std::string> Seal::open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kHeadSize + kTagSize || sealed[0] != kVersion) return broken();
  const std::string_view body = sealed.substr(kHeadSize, sealed.size() - kHeadSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plaintext(body.size(), '\0');
  EVP_CIPHER_CTX* cipher = context_of_thread();
  int size = 0;
  require(EVP_CipherInit_ex2(cipher, aes_256_gcm(), key_.data(), octets(sealed.substr(1)), 0, nullptr) == 1 &&
              authenticate(cipher, context) &&
              (body.empty() ||
               EVP_CipherUpdate(cipher, octets(plaintext.data()), &size, octets(body), checked_size(body)) == 1) &&
              EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1,
          "open a seal");
  const bool genuine = EVP_CipherFinal_ex(cipher, octets(plaintext.data() + plaintext.size()), &size) == 1;
  EVP_CIPHER_CTX_reset(cipher);
  if (!genuine) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return broken();
  }
  return plaintext;
}

}  // namespace gatehouse::crypto
