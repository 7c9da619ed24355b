// Password hashing: Argon2id (RFC 9106) through libsodium, written as PHC strings that carry their own parameters.
// Every call costs tens of milliseconds and the memory of its PasswordCost: belongs on the password pool, never on an
// I/O thread. Passwords are brought to NFC first, so that they do not depend on the keyboard (RFC 8265 4.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::crypto {

struct PasswordCost {
  std::uint64_t memory_bytes = 19 * 1024 * 1024;  // at least 8 KiB
  int passes = 2;                                 // at least 1
};

// `$argon2id$v=19$m=…,t=…,p=1$salt$hash`. The salt comes from libsodium. Throws std::bad_alloc when memory is
// short.
std::string hash_password(std::string_view password, const PasswordCost& cost);
// False for a wrong password and for what is not such a string. Throws std::bad_alloc when memory is short.
bool verify_password(const std::string& phc, std::string_view password);
// Whether `phc` was made at another cost, and so should be made again at the next sign-in.
bool password_needs_rehash(const std::string& phc, const PasswordCost& cost);
// The hash of a password that nobody knows, made once per process and cost. Verify against it when the account is
// unknown, so that the answer takes as long as for a known one.
const std::string& decoy_password_hash(const PasswordCost& cost);

}  // namespace gatehouse::crypto
