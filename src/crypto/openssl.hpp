// What the folder shares about OpenSSL: owners for its objects and one way to fail. Not for use outside src/crypto.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace gatehouse::crypto {

struct OpensslDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC* algorithm) const { EVP_MAC_free(algorithm); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_CIPHER* algorithm) const { EVP_CIPHER_free(algorithm); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
template <class T>
using OpensslPtr = std::unique_ptr<T, OpensslDeleter>;

// Throws std::runtime_error with OpenSSL's own words; empties its error queue.
[[noreturn]] void throw_openssl(const char* what);
inline void require(bool worked, const char* what) {
  if (!worked) throw_openssl(what);
}
// The object, or throw_openssl.
template <class T>
OpensslPtr<T> own(T* object, const char* what) {
  require(object != nullptr, what);
  return OpensslPtr<T>(object);
}

}  // namespace gatehouse::crypto
