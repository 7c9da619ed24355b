// OpenSSL's contexts for signing and verifying SHA-256 digests, kept per thread and used again. Not for use outside
// src/crypto.
#pragma once

#include <openssl/evp.h>

#include <cstdint>

#include "crypto/signing_key.hpp"

namespace gatehouse::crypto {

enum class KeyUse : std::uint8_t { kSign, kVerify };

// The calling thread's context for this key; valid until the thread asks for another. `instance` is never given twice,
// so a context cannot be taken for that of a later key at the same address; it keeps its key alive.
EVP_PKEY_CTX* key_context(EVP_PKEY* pkey, Algorithm algorithm, KeyUse use, std::uint64_t instance);

}  // namespace gatehouse::crypto
