#include "crypto/password.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"

namespace gatehouse::crypto {
namespace {

void start_sodium() {
  static const int started = sodium_init();
  if (started < 0) throw std::runtime_error("libsodium does not start");
}

// The password as it is hashed; wiped when done with.
class Prepared {
 public:
  explicit Prepared(std::string_view password) : text_(text::composed(password)) {}
  ~Prepared() { sodium_memzero(text_.data(), text_.size()); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  [[nodiscard]] const char* data() const { return text_.data(); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }

 private:
  std::string text_;
};

}  // namespace

std::string hash_password(std::string_view password, const PasswordCost& cost) {
  start_sodium();
  const Prepared prepared(password);
  std::array<char, crypto_pwhash_STRBYTES> phc{};
  errno = 0;
  if (crypto_pwhash_str_alg(phc.data(), prepared.data(), prepared.size(), static_cast<unsigned long long>(cost.passes),
                            cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    if (errno == EINVAL) throw std::invalid_argument("the password cost is out of range");
    throw std::bad_alloc();
  }
  return phc.data();
}

bool verify_password(const std::string& phc, std::string_view password) {
  start_sodium();
  const Prepared prepared(password);
  errno = 0;
  if (crypto_pwhash_str_verify(phc.c_str(), prepared.data(), prepared.size()) == 0) return true;
  if (errno == ENOMEM) throw std::bad_alloc();
  return false;
}

bool password_needs_rehash(const std::string& phc, const PasswordCost& cost) {
  start_sodium();
  return crypto_pwhash_str_needs_rehash(phc.c_str(), static_cast<unsigned long long>(cost.passes), cost.memory_bytes) !=
         0;
}

const std::string& decoy_password_hash(const PasswordCost& cost) {
  static std::mutex guard;
  static std::map<std::pair<std::uint64_t, int>, std::string> decoys;
  start_sodium();
  const std::lock_guard lock(guard);
  std::string& decoy = decoys[{cost.memory_bytes, cost.passes}];
  if (decoy.empty()) {
    std::array<char, 32> secret{};
    randombytes_buf(secret.data(), secret.size());
    decoy = hash_password({secret.data(), secret.size()}, cost);
  }
  return decoy;
}

}  // namespace gatehouse::crypto
