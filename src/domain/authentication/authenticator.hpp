// Turns a bearer (RFC 6750) into a principal, from memory only: an access token of a session or a client, or an API token.
//
// A signature is checked once per thread and token: verified tokens wait in a bounded cache of the thread. The cache says
// only "the signature was good until then"; whether the session, the user, the client or the token still stands is asked of
// the graph on every request, so nothing outlives its revocation. Refuses with one text: auth.token_invalid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "access/graph.hpp"
#include "base/random.hpp"
#include "domain/api_tokens/api_tokens.hpp"
#include "domain/sessions/access_token.hpp"

namespace gatehouse::domain {

class Authenticator {
 public:
  // `api_tokens` hears of uses; may be null.
  Authenticator(const access::Graph& graph, AccessTokenVerifier& verifier, ApiTokens* api_tokens, Random& random);

  // Any thread. Errors: auth.token_invalid (kUnauthenticated).
  Result<Principal> authenticate(std::string_view bearer, Timestamp now);

 private:
  struct Verified;
  class Cache;
  Cache& cache() const;
  Result<Principal> authenticate_api_token(std::string_view bearer, Timestamp now);
  Result<Principal> standing(const Verified& token, Timestamp now) const;

  const access::Graph& graph_;
  AccessTokenVerifier& verifier_;
  ApiTokens* api_tokens_;
  std::uint64_t instance_;     // a thread's cache belongs to one authenticator
  std::uint8_t hash_key_[16];  // unpredictable, so that nobody can aim at one place of the cache
};

}  // namespace gatehouse::domain
