#include "http/server_tls.hpp"

#include <openssl/err.h>

#include <new>
#include <string_view>
#include <utility>

namespace gatehouse::http {
namespace {

constexpr std::string_view kProtocol = "\x08http/1.1";

// RFC 7301 3.2: a client that names protocols but not this one is turned away.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                    void*) {
  unsigned char* selected = nullptr;
  const int outcome =
      SSL_select_next_proto(&selected, out_size, reinterpret_cast<const unsigned char*>(kProtocol.data()),
                            static_cast<unsigned>(kProtocol.size()), in, in_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

Error unusable(std::string_view code, const std::string& what, const std::string& advice) {
  std::string reason = "unknown reason";
  if (const unsigned long error = ERR_peek_last_error(); error != 0) {
    if (const char* text = ERR_reason_error_string(error)) reason = text;
  }
  ERR_clear_error();
  return invalid(code, what + " (" + reason + "): " + advice);
}

}  // namespace

Result<std::unique_ptr<Tls>> Tls::load(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets carry what a cache would hold
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(raw, select_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return unusable("server.tls_certificate", "The TLS certificate " + certificate_file + " cannot be used",
                    "give a readable PEM file with the certificate first and its chain after it.");
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return unusable("server.tls_key", "The TLS key " + key_file + " cannot be used",
                    "give a readable PEM file with the key that belongs to the certificate.");
  }
  return std::unique_ptr<Tls>(new Tls(std::move(context)));
}

SslPointer Tls::session() const {
  SslPointer ssl(SSL_new(context_.get()));
  if (!ssl) throw std::bad_alloc();
  return ssl;
}

}  // namespace gatehouse::http
