// The TLS side of the listener: versions 1.2 and 1.3, forward-secret AEAD ciphers only, HTTP/1.1 as the one protocol.
// Refuses renegotiation and compression.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/transport.hpp"

namespace gatehouse::http {

class Tls {
 public:
  // PEM files. The error says which of the two is wrong.
  static Result<std::unique_ptr<Tls>> load(const std::string& certificate_file, const std::string& key_file);
  [[nodiscard]] SslPointer session() const;

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  using Context = std::unique_ptr<SSL_CTX, Deleter>;
  explicit Tls(Context context) : context_(std::move(context)) {}
  Context context_;
};

}  // namespace gatehouse::http
