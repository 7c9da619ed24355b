// The keys that sign access tokens: one signs, the next is already published, former ones verify until their last token expired.
//
// Kept sealed with the master key. The set in use is an immutable snapshot that any thread takes without waiting for a rotation.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signing_key.hpp"
#include "domain/changes/ledger.hpp"

namespace gatehouse::crypto {
class Seal;
}

namespace gatehouse::domain {

struct SigningKeyRules {
  crypto::Algorithm algorithm = crypto::Algorithm::kEs256;
  std::int64_t publish_ahead_s = 3600;    // a new key is published so long before it signs
  std::int64_t rotation_s = 90 * 86'400;  // and signs for so long
  std::int64_t token_s = 15 * 60 + 300;   // life of what it signs, and the clocks' difference
};

class SigningKeys {
 public:
  struct Key {
    crypto::SigningKey key;
    Timestamp created_at;
    Timestamp active_at;                  // signs from then
    std::optional<Timestamp> retired_at;  // to then
    [[nodiscard]] const std::string& kid() const { return key.kid(); }
  };
  using KeyPtr = std::shared_ptr<const Key>;
  using Snapshot = std::shared_ptr<const std::vector<KeyPtr>>;  // oldest first

  // Seal must outlive it.
  SigningKeys(Ledger& ledger, const crypto::Seal& seal, const SigningKeyRules& rules);

  // Once at start, before anything else: reads the keys and makes the first. Errors: signing_key.unsealable (wrong master key).
  Result<void> ensure();
  // The key that signs now.
  [[nodiscard]] KeyPtr current() const;
  // Any published key by its id; nothing when unknown.
  [[nodiscard]] KeyPtr find(std::string_view kid) const;
  [[nodiscard]] Snapshot all() const;

  // Publishes a new key that takes over after `publish_ahead_s`.
  Result<void> rotate(const access::Permit<access::Action::kStoreAdminister>& permit);
  // Rotates when due, and drops keys whose last token expired. To be called every few minutes.
  void maintain(Timestamp now);

 private:
  Result<void> reload(Timestamp now);
  [[nodiscard]] bool is_due(Timestamp now) const;
  struct Fresh;
  [[nodiscard]] Fresh make() const;
  void add(Unit& unit, const Fresh& fresh, Timestamp active_at) const;

  Ledger& ledger_;
  const crypto::Seal& seal_;
  SigningKeyRules rules_;
  mutable std::mutex mutex_;  // guards the two pointers only
  Snapshot keys_;
  KeyPtr current_;
};

// "es256", "eddsa", "rs256", as configuration and the store spell them.
std::string_view algorithm_name(crypto::Algorithm algorithm);
std::optional<crypto::Algorithm> parse_algorithm(std::string_view name);

}  // namespace gatehouse::domain
