#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <atomic>
#include <stdexcept>
#include <utility>

#include "crypto/base64url.hpp"
#include "crypto/digest.hpp"
#include "crypto/ecdsa_form.hpp"
#include "crypto/key_context.hpp"
#include "crypto/openssl.hpp"
#include "crypto/signing_key.hpp"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t kCoordinateSize = 32;
constexpr std::size_t kLongestModulus = 1024;  // bytes
constexpr std::size_t kLongestExponent = 8;

Error unsupported(std::string detail) { return invalid("key.unsupported", std::move(detail)); }

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

struct BuildDeleter {
  void operator()(OSSL_PARAM_BLD* build) const { OSSL_PARAM_BLD_free(build); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using BuildPtr = std::unique_ptr<T, BuildDeleter>;

// The key that the parameters describe, or null. For "EC" OpenSSL checks that the point is on the curve.
std::shared_ptr<EVP_PKEY> pkey_from(const char* type, OSSL_PARAM* parameters) {
  const auto context = own(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), "make a key context");
  EVP_PKEY* made = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1, "start reading a key");
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return {made, OpensslDeleter{}};
}

std::shared_ptr<EVP_PKEY> ec_pkey(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateSize || y.size() != kCoordinateSize) return nullptr;  // RFC 7518 6.2.1.2
  std::string point("\x04");
  point.append(x).append(y);
  char group[] = "P-256";
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                             OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                             OSSL_PARAM_construct_end()};
  return pkey_from("EC", parameters);
}

std::shared_ptr<EVP_PKEY> rsa_pkey(std::string_view n, std::string_view e) {
  if (n.empty() || n.size() > kLongestModulus || e.empty() || e.size() > kLongestExponent) return nullptr;
  const BuildPtr<BIGNUM> modulus(BN_bin2bn(octets(n), static_cast<int>(n.size()), nullptr));
  const BuildPtr<BIGNUM> exponent(BN_bin2bn(octets(e), static_cast<int>(e.size()), nullptr));
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) return nullptr;
  const BuildPtr<OSSL_PARAM_BLD> build(OSSL_PARAM_BLD_new());
  require(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
          "describe an RSA key");
  const BuildPtr<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(build.get()));
  return pkey_from("RSA", parameters.get());
}

// A number of the key in base64url, left-padded to `size` bytes when that is not 0.
std::string number_of(const EVP_PKEY* pkey, const char* name, int size = 0) {
  BIGNUM* read = nullptr;
  require(EVP_PKEY_get_bn_param(pkey, name, &read) == 1, "read a key's number");
  const BuildPtr<BIGNUM> number(read);
  std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(read) : size), '\0');
  require(BN_bn2binpad(read, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) >= 0,
          "write a key's number");
  return base64url_encode(bytes);
}

bool is_p256(const EVP_PKEY* pkey) {
  std::array<char, 32> group{};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(pkey, group.data(), group.size(), &size) == 1 &&
         std::string_view(group.data(), size) == "prime256v1";
}

// RFC 7638 3.2 and RFC 8037 2: the required members alone, in the order of their names. The values are base64url.
std::string thumbprint(const Jwk& jwk) {
  std::string canonical;
  if (jwk.kty == "RSA") {
    canonical = R"({"e":")" + jwk.e + R"(","kty":"RSA","n":")" + jwk.n + R"("})";
  } else {
    canonical = R"({"crv":")" + jwk.crv + R"(","kty":")" + jwk.kty + R"(","x":")" + jwk.x;
    if (!jwk.y.empty()) canonical += R"(","y":")" + jwk.y;
    canonical += R"("})";
  }
  return base64url_encode(view(sha256(canonical)));
}

std::uint64_t next_instance() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

std::string_view jose_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256: return "ES256";
    case Algorithm::kEdDsa: return "EdDSA";
    case Algorithm::kRs256: return "RS256";
  }
  return {};
}

Result<PublicKey> PublicKey::from_pkey(std::shared_ptr<EVP_PKEY> pkey) {
  PublicKey key;
  if (EVP_PKEY_is_a(pkey.get(), "EC") == 1 && is_p256(pkey.get())) {
    key.algorithm_ = Algorithm::kEs256;
    key.jwk_ = {"EC",
                "P-256",
                number_of(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateSize),
                number_of(pkey.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateSize),
                {},
                {}};
  } else if (EVP_PKEY_is_a(pkey.get(), "ED25519") == 1) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    std::size_t size = key.ed25519_.size();
    require(EVP_PKEY_get_raw_public_key(pkey.get(), key.ed25519_.data(), &size) == 1, "read an Ed25519 key");
    key.algorithm_ = Algorithm::kEdDsa;
    key.jwk_ = {"OKP", "Ed25519", base64url_encode(view(key.ed25519_)), {}, {}, {}};
  } else if (EVP_PKEY_is_a(pkey.get(), "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(pkey.get());
    if (bits < 2048 || bits > 8192) return unsupported("An RSA key needs 2048 to 8192 bits.");  // RFC 7518 3.3
    key.algorithm_ = Algorithm::kRs256;
    key.jwk_ = {
        "RSA", {}, {}, {}, number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_N), number_of(pkey.get(), OSSL_PKEY_PARAM_RSA_E)};
  } else {
    return unsupported("Keys are P-256, Ed25519 or RSA.");
  }
  key.kid_ = thumbprint(key.jwk_);
  key.pkey_ = std::move(pkey);
  key.instance_ = next_instance();
  return key;
}

Result<PublicKey> PublicKey::from_jwk(const Jwk& jwk) {
  std::shared_ptr<EVP_PKEY> pkey;
  if (jwk.kty == "EC" && jwk.crv == "P-256") {
    const auto x = base64url_decode(jwk.x);
    const auto y = base64url_decode(jwk.y);
    if (x && y) pkey = ec_pkey(*x, *y);
  } else if (jwk.kty == "OKP" && jwk.crv == "Ed25519") {
    const auto x = base64url_decode(jwk.x);
    if (x && x->size() == kCoordinateSize) {
      pkey.reset(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(*x), x->size()), OpensslDeleter{});
    }
  } else if (jwk.kty == "RSA") {
    const auto n = base64url_decode(jwk.n);
    const auto e = base64url_decode(jwk.e);
    if (n && e) pkey = rsa_pkey(*n, *e);
  } else {
    return unsupported("Keys are P-256, Ed25519 or RSA.");
  }
  if (!pkey) return unsupported("The members do not make a key of their type.");
  return from_pkey(std::move(pkey));
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  if (algorithm_ == Algorithm::kEdDsa) {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(octets(signature), octets(message), message.size(), ed25519_.data()) == 0;
  }
  EcdsaDer der;
  if (algorithm_ == Algorithm::kEs256) {
    if (signature.size() != kEs256Size) return false;
    der = ecdsa_to_der(signature);
    signature = {reinterpret_cast<const char*>(der.bytes.data()), der.size};
  }
  const Digest digest = sha256(message);
  EVP_PKEY_CTX* context = key_context(pkey_.get(), algorithm_, KeyUse::kVerify, instance_);
  const int verdict = EVP_PKEY_verify(context, octets(signature), signature.size(), digest.data(), digest.size());
  if (verdict != 1) ERR_clear_error();
  return verdict == 1;
}

}  // namespace gatehouse::crypto
