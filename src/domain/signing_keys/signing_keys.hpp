// The keys that sign access tokens: one signs, the next is already published, former ones verify until their last token expired.
//
// Kept sealed with the master key. The set in use is an immutable snapshot that any thread takes without waiting for a rotation.
//
// Several nodes have one set: each reads it anew in `maintain`, long before a new key signs anywhere (`publish_ahead_s`), and
// when a token names a key it does not know. A former key goes when what it has signed on the slowest node has expired.
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
  // Life of what it signs; and until every node has noticed that another signs: kClockTolerance_s, and a pause of `maintain`.
  std::int64_t token_s = 15 * 60 + 300;
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

  // Once at start, before anything else: reads the keys and makes the first, or the next when they are to be of another
  // algorithm. Errors: signing_key.unsealable (wrong master key), those of the store.
  Result<void> ensure();
  // The key that signs now.
  [[nodiscard]] KeyPtr current() const;
  // Any published key by its id; nothing when unknown. Never looks into the store: what another node has made was published
  // for an hour, and read by `maintain`, before it signs.
  [[nodiscard]] KeyPtr find(std::string_view kid) const;
  [[nodiscard]] Snapshot all() const;

  // Publishes a new key that takes over after `publish_ahead_s`.
  Result<void> rotate(const access::Permit<access::Action::kStoreAdminister>& permit);
  // Learns what other nodes have done, rotates when due, and drops keys whose last token expired. To be called every minute
  // or so.
  void maintain(Timestamp now);

 private:
  Result<void> reload() const;
  [[nodiscard]] bool is_due(Timestamp newest_active_at, Timestamp now) const;
  [[nodiscard]] bool is_other(std::string_view algorithm) const;
  struct Fresh;
  [[nodiscard]] Fresh make() const;
  void add(Unit& unit, const Fresh& fresh, Timestamp active_at) const;
  Result<void> add_first();
  Result<void> add_next(Timestamp now, bool when_other);
  void drop_over(Timestamp now);

  Ledger& ledger_;
  const crypto::Seal& seal_;
  SigningKeyRules rules_;
  mutable std::mutex mutex_;  // guards the pointer only
  mutable Snapshot keys_;     // what the store had when it was last read
};

// "es256", "eddsa", "rs256", as configuration and the store spell them.
std::string_view algorithm_name(crypto::Algorithm algorithm);
std::optional<crypto::Algorithm> parse_algorithm(std::string_view name);

}  // namespace gatehouse::domain
