// Secrets that mean nothing by themselves: `gth_<kind>_<43 characters of base 62, 256 random bits><6 of checksum>`.
// The prefix lets leak scanners find them, the checksum (CRC-32 of all before it) refuses typing errors without a look
// into the store. Only the digest is ever stored; the text is shown once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace gatehouse::crypto {

struct OpaqueToken {
  std::string text;
  Digest digest;  // SHA-256 of the text
};

struct ParsedOpaqueToken {
  std::string_view kind;  // within the text that was parsed
  Digest digest;
};

// `kind`: 1 to 16 of a–z and 0–9, e.g. "api", "refresh".
OpaqueToken mint_opaque_token(std::string_view kind, Random& random);
// Nothing unless shape and checksum are right; says nothing about whether such a token was ever issued.
std::optional<ParsedOpaqueToken> parse_opaque_token(std::string_view text);

}  // namespace gatehouse::crypto
