// The public keys of a deployment as a JSON Web Key Set (RFC 7517 5), for whoever checks its tokens.
#pragma once

#include <span>
#include <string>

#include "crypto/signing_key.hpp"

namespace gatehouse::jose {

// In the order given; each with `kid`, `use: sig` and `alg`. Public members only: there is nothing else in a PublicKey.
std::string jwks_document(std::span<const crypto::PublicKey* const> keys);

}  // namespace gatehouse::jose
