#include "crypto/signing_key.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "crypto/base64url.hpp"
#include "crypto/ecdsa_form.hpp"

namespace gatehouse::crypto {
namespace {

constexpr Algorithm kAlgorithms[] = {Algorithm::kEs256, Algorithm::kEdDsa, Algorithm::kRs256};

// RFC 7515 A.3.1
const Jwk kRfc7515Key{
    "EC", "P-256", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    {},   {}};
// RFC 8037 A.2
const Jwk kRfc8037Key{"OKP", "Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", {}, {}, {}};
// RFC 7638 3.1
const Jwk kRfc7638Key{
    "RSA",
    {},
    {},
    {},
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknjhMst"
    "n64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
    "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr"
    "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "AQAB"};

TEST(PublicKey, VerifiesTheEs256ExampleOfRfc7515) {
  const auto key = PublicKey::from_jwk(kRfc7515Key);
  ASSERT_TRUE(key.ok());
  const std::string message =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const std::string signature =
      *base64url_decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(key->verify(message, signature));
  EXPECT_FALSE(key->verify(message + "x", signature));
}

TEST(SigningKey, SignsTheEdDsaExampleOfRfc8037) {
  // PKCS #8 of an Ed25519 seed (RFC 8410 7).
  std::string der("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
  der += *base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  const auto key = SigningKey::from_pkcs8(der);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->public_key().jwk().x, kRfc8037Key.x);
  EXPECT_EQ(key->kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // A.3
  const std::string message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_EQ(base64url_encode(key->sign(message)),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(PublicKey::from_jwk(kRfc8037Key).value().verify(message, key->sign(message)));
}

TEST(PublicKey, IsNamedByTheThumbprintOfRfc7638) {
  const auto key = PublicKey::from_jwk(kRfc7638Key);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(SigningKey, SurvivesItsPkcs8AndItsPublicJwk) {
  for (const Algorithm algorithm : kAlgorithms) {
    const SigningKey key = SigningKey::generate(algorithm);
    EXPECT_EQ(key.algorithm(), algorithm);
    const auto again = SigningKey::from_pkcs8(key.to_pkcs8());
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->kid(), key.kid());
    const auto published = PublicKey::from_jwk(key.public_key().jwk());
    ASSERT_TRUE(published.ok());
    EXPECT_EQ(published->kid(), key.kid());
    EXPECT_TRUE(published->verify("message", again->sign("message"))) << jose_name(algorithm);
    EXPECT_TRUE(key.verify("", key.sign("")));
  }
}

TEST(SigningKey, MakesSignaturesOfTheLengthThatJoseDemands) {
  for (const Algorithm algorithm : kAlgorithms) {
    const SigningKey key = SigningKey::generate(algorithm);
    for (int i = 0; i < (algorithm == Algorithm::kEs256 ? 600 : 3); ++i) {  // 600: some r or s start with a zero byte
      const std::string signature = key.sign(std::to_string(i));
      ASSERT_EQ(signature.size(), algorithm == Algorithm::kRs256 ? 256U : 64U);
      ASSERT_TRUE(key.verify(std::to_string(i), signature));
    }
  }
}

TEST(SigningKey, VerifiesNothingAlteredCutOrForeign) {
  for (const Algorithm algorithm : kAlgorithms) {
    const SigningKey key = SigningKey::generate(algorithm);
    const std::string signature = key.sign("message");
    for (std::size_t at = 0; at < signature.size(); ++at) {
      std::string altered = signature;
      altered[at] = static_cast<char>(altered[at] ^ 1);
      ASSERT_FALSE(key.verify("message", altered)) << jose_name(algorithm) << at;
    }
    EXPECT_FALSE(key.verify("messagf", signature));
    EXPECT_FALSE(key.verify("message", ""));
    EXPECT_FALSE(key.verify("message", signature.substr(1)));
    EXPECT_FALSE(key.verify("message", signature + "x"));
    EXPECT_FALSE(key.verify("message", std::string(signature.size(), '\0')));
    EXPECT_FALSE(SigningKey::generate(algorithm).verify("message", signature));
    EXPECT_TRUE(key.verify("message", signature));
  }
}

TEST(SigningKey, KeepsManyKeysApartInOneThread) {
  std::vector<SigningKey> keys;
  for (int i = 0; i < 40; ++i) keys.push_back(SigningKey::generate(Algorithm::kEs256));
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string signature = keys[i].sign("message");
      EXPECT_TRUE(keys[i].verify("message", signature));
      EXPECT_FALSE(keys[(i + 16) % keys.size()].verify("message", signature));
    }
  }
}

TEST(SigningKey, IsSharedByThreads) {
  const SigningKey key = SigningKey::generate(Algorithm::kEs256);
  std::array<int, 4> good{};
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&count, &key] {
      for (int i = 0; i < 50; ++i) count += key.verify("message", key.sign("message")) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array<int, 4>{50, 50, 50, 50}));
}

TEST(SigningKey, RefusesBytesThatAreNotAKey) {
  const std::string der = SigningKey::generate(Algorithm::kEs256).to_pkcs8();
  EXPECT_FALSE(SigningKey::from_pkcs8("").ok());
  EXPECT_FALSE(SigningKey::from_pkcs8("nonsense").ok());
  EXPECT_FALSE(SigningKey::from_pkcs8(der + "x").ok());
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_FALSE(SigningKey::from_pkcs8(der.substr(0, size)).ok());
}

TEST(PublicKey, RefusesWeakForeignAndImpossibleKeys) {
  Jwk off_curve = kRfc7515Key;
  std::swap(off_curve.x, off_curve.y);
  Jwk short_point = kRfc7515Key;
  short_point.x = base64url_encode("short");
  Jwk weak = kRfc7638Key;
  weak.n = base64url_encode(std::string(128, '\xC1'));
  Jwk trivial = kRfc7638Key;
  trivial.e = base64url_encode("\x01");
  Jwk padded = kRfc8037Key;
  padded.x += "=";
  Jwk foreign = kRfc7515Key;
  foreign.crv = "P-384";
  for (const Jwk& bad :
       {off_curve, short_point, weak, trivial, padded, foreign, Jwk{}, Jwk{"oct", {}, {}, {}, {}, {}}}) {
    const auto key = PublicKey::from_jwk(bad);
    ASSERT_FALSE(key.ok()) << bad.kty << bad.crv;
    EXPECT_EQ(key.error().code, "key.unsupported");
  }
}

TEST(EcdsaForm, GoesBothWaysAtTheEdges) {
  for (const char fill : {'\x00', '\x01', '\x7f', '\x80', '\xff'}) {
    std::string raw(64, fill);
    raw[31] = 1;
    const EcdsaDer der = ecdsa_to_der(raw);
    EXPECT_EQ(ecdsa_from_der({reinterpret_cast<const char*>(der.bytes.data()), der.size}), raw);
  }
  EXPECT_FALSE(ecdsa_from_der("").has_value());
  EXPECT_FALSE(ecdsa_from_der("\x30\x04\x02\x01\x01").has_value());
  EXPECT_FALSE(ecdsa_from_der("\x30\x06\x02\x01\x01\x02\x02\x01").has_value());
}

}  // namespace
}  // namespace gatehouse::crypto
