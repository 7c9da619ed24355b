#include "domain/authentication/authenticator.hpp"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "crypto/opaque_token.hpp"

namespace gatehouse::domain {
namespace {

constexpr std::string_view kApiPrefix = "gth_api_";
constexpr std::string_view kApiKind = "api";
constexpr std::size_t kMaxBearer = 8192;  // an access token is below 1 KiB; more is not worth a look
constexpr std::size_t kSets = 2048;       // of two places each, a thread
constexpr std::size_t kHashed = 64;       // the end of a token is its signature: what tells tokens apart

Error refused() { return {ErrorKind::kUnauthenticated, "auth.token_invalid", "The bearer token is wrong or expired."}; }

std::atomic<std::uint64_t> next_instance{1};

}  // namespace

// What a good signature said.
struct Authenticator::Verified {
  AccessClaims::Kind kind = AccessClaims::Kind::kUser;
  Uuid subject;
  SessionId session;
  Timestamp expires_at;
};

// Two-way set-associative: a token has two places, and the colder gives way. Belongs to one thread.
class Authenticator::Cache {
 public:
  const Verified* find(std::uint64_t hash, std::string_view token) {
    auto& set = sets_[hash % kSets];
    for (std::size_t i = 0; i < set.size(); ++i) {
      if (set[i].hash == hash && set[i].token == token) {
        if (i != 0) std::swap(set[0], set[i]);
        return &set[0].verified;
      }
    }
    return nullptr;
  }
  void put(std::uint64_t hash, std::string_view token, const Verified& verified) {
    auto& set = sets_[hash % kSets];
    std::swap(set[0], set[1]);
    set[0].hash = hash;
    set[0].token.assign(token);
    set[0].verified = verified;
  }
  void belong_to(std::uint64_t instance) {
    if (instance_ == instance) return;
    instance_ = instance;
    sets_.assign(kSets, {});
  }

 private:
  struct Place {
    std::uint64_t hash = 0;
    std::string token;
    Verified verified;
  };
  std::uint64_t instance_ = 0;
  std::vector<std::array<Place, 2>> sets_;
};

Authenticator::Authenticator(const access::Graph& graph, AccessTokenVerifier& verifier, ApiTokens* api_tokens,
                             Random& random)
    : graph_(graph), verifier_(verifier), api_tokens_(api_tokens), instance_(next_instance.fetch_add(1)) {
  static_assert(sizeof(hash_key_) == crypto_shorthash_KEYBYTES);
  random.fill(hash_key_, sizeof(hash_key_));
}

Authenticator::Cache& Authenticator::cache() const {
  static thread_local Cache cache;
  cache.belong_to(instance_);
  return cache;
}

Result<Principal> Authenticator::authenticate(std::string_view bearer, Timestamp now) {
  if (bearer.empty() || bearer.size() > kMaxBearer) return refused();
  if (bearer.substr(0, kApiPrefix.size()) == kApiPrefix) return authenticate_api_token(bearer, now);

  const auto tail = bearer.substr(bearer.size() - std::min(bearer.size(), kHashed));
  std::uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), reinterpret_cast<const unsigned char*>(tail.data()),
                   tail.size(), hash_key_);
  auto& known = cache();
  if (const auto* verified = known.find(hash, bearer)) return standing(*verified, now);
  const auto claims = verifier_.verify(bearer, now);
  if (!claims) return refused();
  const Verified verified{claims->kind, claims->subject, claims->session, claims->expires_at};
  auto principal = standing(verified, now);
  if (principal) known.put(hash, bearer, verified);
  return principal;
}

Result<Principal> Authenticator::standing(const Verified& token, Timestamp now) const {
  if (token.expires_at <= now) return refused();
  Principal who;
  bool stands = false;
  graph_.read([&](const access::View& view) {
    who.id = token.subject;
    who.expires_at = token.expires_at;
    if (token.kind == AccessClaims::Kind::kUser) {
      const auto* session = view.session(token.session);
      if (session == nullptr || view.find_user(UserId(token.subject)) != session->user) return;
      who.kind = Principal::Kind::kUser;
      who.user = session->user;
      who.session = session->id;
      who.active = session->active;
    } else {
      const auto* client = view.client(ClientId(token.subject));
      if (client == nullptr) return;
      who.kind = Principal::Kind::kClient;
      who.user = client->owner;
      who.active = client->organization;
    }
    // One that is gone is none; the next refresh chooses another.
    if (!view.organization_id(who.active)) who.active = {};
    stands = view.stands(who, now);
  });
  if (!stands) return refused();
  return who;
}

Result<Principal> Authenticator::authenticate_api_token(std::string_view bearer, Timestamp now) {
  const auto parsed = crypto::parse_opaque_token(bearer);
  if (!parsed || parsed->kind != kApiKind) return refused();
  Principal who;
  bool stands = false;
  // The digest is of 256 random bits: finding it by a table look-up tells nothing about the token by its timing.
  graph_.read([&](const access::View& view) {
    const auto* token = view.api_token(parsed->digest);
    if (token == nullptr) return;
    who.kind = Principal::Kind::kApiToken;
    who.id = token->id;
    who.active = token->organization;
    who.expires_at = token->expires_at;
    stands = view.stands(who, now);
  });
  if (!stands) return refused();
  if (api_tokens_ != nullptr) api_tokens_->note_use(ApiTokenId(who.id), now);
  return who;
}

}  // namespace gatehouse::domain
