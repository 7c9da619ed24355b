// JSON Web Signatures in compact form (RFC 7515 7.1), one signature, our own three header members: alg, typ, kid.
// Refuses what RFC 8725 warns of: `none`, any algorithm but the key's own, another `typ`, any other header member (so
// `crit`, `jwk`, `jku` and the like never matter), duplicate members, unknown keys, and tokens above 8 KiB.
#pragma once

#include <string>
#include <string_view>

#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "crypto/signing_key.hpp"

namespace gatehouse::jose {

inline constexpr std::size_t kLongestToken = 8 * 1024;

// The key of that id, or null. It must outlive the call.
using KeyFinder = FunctionRef<const crypto::PublicKey*(std::string_view kid)>;

// `typ`: a media type without its `application/`, no characters that JSON would escape. `payload`: the bytes to sign.
std::string sign_compact(std::string_view typ, std::string_view payload, const crypto::SigningKey& key);

// The payload, once the signature is good. kUnauthenticated `auth.token_invalid` otherwise.
Result<std::string> verify_compact(std::string_view token, std::string_view typ, KeyFinder find_key);

// The refusal of any token.
Error token_invalid(std::string detail);

}  // namespace gatehouse::jose
