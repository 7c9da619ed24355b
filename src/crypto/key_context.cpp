#include "crypto/key_context.hpp"

#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "crypto/openssl.hpp"

namespace gatehouse::crypto {
namespace {

// A deployment signs with one key and verifies with a few: direct-mapped, the older key of a slot gives way.
constexpr std::size_t kSlots = 16;

struct Slot {
  std::uint64_t name = 0;  // 0: empty
  OpensslPtr<EVP_PKEY_CTX> context;
};

const EVP_MD* sha256_name() {
  static const auto algorithm = own(EVP_MD_fetch(nullptr, "SHA256", nullptr), "fetch SHA256");
  return algorithm.get();
}

OpensslPtr<EVP_PKEY_CTX> make_context(EVP_PKEY* pkey, Algorithm algorithm, KeyUse use) {
  auto context = own(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr), "make a key context");
  const int started = use == KeyUse::kSign ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_verify_init(context.get());
  require(started == 1 && EVP_PKEY_CTX_set_signature_md(context.get(), sha256_name()) == 1, "start a signature");
  if (algorithm == Algorithm::kRs256) {
    require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1, "choose RSA's padding");
  }
  return context;
}

}  // namespace

EVP_PKEY_CTX* key_context(EVP_PKEY* pkey, Algorithm algorithm, KeyUse use, std::uint64_t instance) {
  thread_local std::array<Slot, kSlots> slots;
  const std::uint64_t name = instance * 2 + (use == KeyUse::kSign ? 1 : 0);
  Slot& slot = slots[name % kSlots];
  if (slot.name != name) {
    slot.context = make_context(pkey, algorithm, use);
    slot.name = name;
  }
  return slot.context.get();
}

}  // namespace gatehouse::crypto
