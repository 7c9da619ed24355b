#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "http/server_test_support.hpp"

namespace gatehouse::http {
namespace {

using testing::get;
using testing::RawClient;
using testing::RunningServer;

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<SSL_free>>;

// A key and a self-signed certificate for it, as PEM files.
class TlsFiles {
 public:
  explicit TlsFiles(Key key) {
    static int count = 0;
    const auto folder = std::filesystem::temp_directory_path();
    const std::string stem = "gatehouse-tls-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
    certificate_file = folder / (stem + ".crt");
    key_file = folder / (stem + ".key");
    Certificate certificate(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    std::FILE* out = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(out, certificate.get());
    std::fclose(out);
    out = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
  }
  ~TlsFiles() {
    std::filesystem::remove(certificate_file);
    std::filesystem::remove(key_file);
  }
  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;

  [[nodiscard]] ServerOptions options() const {
    ServerOptions options;
    options.tls_certificate_file = certificate_file;
    options.tls_key_file = key_file;
    return options;
  }

  std::string certificate_file;
  std::string key_file;
};

Key ec_key() { return Key(EVP_EC_gen("P-256")); }
Key rsa_key() { return Key(EVP_RSA_gen(2048)); }

class TlsClient {
 public:
  TlsClient(const RunningServer& running, int version, std::string_view protocols = "\x08http/1.1")
      : raw_(running.client()), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
    SSL_set_min_proto_version(ssl_.get(), version);
    SSL_set_max_proto_version(ssl_.get(), version);
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    SSL_set_fd(ssl_.get(), raw_.fd());
    connected = SSL_connect(ssl_.get()) == 1;
  }
  // All bytes until the server closes.
  std::string exchange(std::string_view request) {
    std::size_t count = 0;
    SSL_write_ex(ssl_.get(), request.data(), request.size(), &count);
    std::string all;
    char bytes[4096];
    while (SSL_read_ex(ssl_.get(), bytes, sizeof bytes, &count) == 1) all.append(bytes, count);
    closed_cleanly = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
    return all;
  }
  [[nodiscard]] std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

  bool connected = false;
  bool closed_cleanly = false;

 private:
  RawClient raw_;
  Context context_;
  Session ssl_;
};

TEST(ServerTls, ServesVersions12And13WithEitherKindOfKey) {
  for (Key (*make)() : {ec_key, rsa_key}) {
    const TlsFiles files(make());
    RunningServer running(files.options());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TlsClient client(running, version);
      ASSERT_TRUE(client.connected);
      EXPECT_EQ(client.protocol(), "http/1.1");
      const std::string all = client.exchange(get("/first") + get("/later") + get("/last", "Connection: close\r\n"));
      EXPECT_NE(all.find("GET /first?|"), std::string::npos);
      EXPECT_NE(all.find("GET /later?|"), std::string::npos);
      EXPECT_TRUE(all.ends_with("GET /last?|"));
      EXPECT_TRUE(client.closed_cleanly);
    }
  }
}

TEST(ServerTls, CarriesBodiesOfManyRecords) {
  const TlsFiles files(ec_key());
  RunningServer running(files.options());
  TlsClient client(running, TLS1_3_VERSION);
  ASSERT_TRUE(client.connected);
  const std::string body(500'000, 'r');
  const std::string all =
      client.exchange(testing::post("/p", body) + get("/big") + get("/end", "Connection: close\r\n"));
  EXPECT_NE(all.find("POST /p?|" + body + "HTTP/1.1 200 OK"), std::string::npos);
  EXPECT_NE(all.find(std::string(4 * 1024 * 1024, 'b')), std::string::npos);
  EXPECT_TRUE(all.ends_with("GET /end?|"));
}

TEST(ServerTls, CarriesAnAnswerInPieces) {
  const TlsFiles files(ec_key());
  RunningServer running(files.options());
  TlsClient client(running, TLS1_3_VERSION);
  ASSERT_TRUE(client.connected);
  const std::string all = client.exchange(get("/pieces") + get("/end", "Connection: close\r\n"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(all.begin(), all.end(), 'z')),
            testing::TestHandler::kPieces * testing::TestHandler::kPieceBytes);
  EXPECT_TRUE(all.ends_with("GET /end?|"));
}

TEST(ServerTls, RefusesOldVersionsOtherProtocolsAndPlainText) {
  const TlsFiles files(ec_key());
  RunningServer running(files.options());
  EXPECT_FALSE(TlsClient(running, TLS1_1_VERSION).connected);
  EXPECT_FALSE(TlsClient(running, TLS1_3_VERSION, "\x02h2").connected);
  std::string all;
  RawClient plain = running.client();
  plain.send(get("/"));
  EXPECT_TRUE(plain.read_to_end(all));
  EXPECT_EQ(all.find("HTTP/"), std::string::npos);
}

TEST(ServerTls, GivesUpAHandshakeThatDoesNotEnd) {
  const TlsFiles files(ec_key());
  ServerOptions options = files.options();
  options.request_timeout = std::chrono::seconds(1);
  RunningServer running(options);
  RawClient silent = running.client();
  EXPECT_TRUE(silent.is_closed());
}

TEST(ServerTls, RefusesAKeyThatIsNotTheCertificates) {
  const TlsFiles files(ec_key());
  const TlsFiles other(ec_key());
  ServerOptions options = files.options();
  options.tls_key_file = other.key_file;
  testing::TestHandler handler;
  const auto server = Server::listen(options, handler);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().code, "server.tls_key");
}

}  // namespace
}  // namespace gatehouse::http
