// Sign-in, sessions, clients, tokens, invitations and mail over the Domain fixture. Password hashing is at its cheapest;
// access tokens are unsigned words, because signing them is the protocol's business and tested there.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "crypto/seal.hpp"
#include "domain/api_tokens/api_tokens.hpp"
#include "domain/authentication/authenticator.hpp"
#include "domain/clients/clients.hpp"
#include "domain/connections/connections.hpp"
#include "domain/idempotency/idempotency.hpp"
#include "domain/invitations/invitations.hpp"
#include "domain/mails/mails.hpp"
#include "domain/notifications/notifications.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/sign_in/sign_in.hpp"
#include "domain/signing_keys/signing_keys.hpp"
#include "support_cpp/domain_fixture.hpp"

namespace gatehouse::testing {

class PlainAccessTokens final : public domain::AccessTokenIssuer, public domain::AccessTokenVerifier {
 public:
  std::string issue(const domain::AccessClaims& claims) override {
    auto token = "at." + claims.id.to_string();
    const std::lock_guard lock(mutex_);
    issued_[token] = claims;
    return token;
  }
  Result<domain::AccessClaims> verify(std::string_view token, Timestamp now) override {
    auto claims = read_unverified(token);
    ++verified;
    if (!claims || claims->expires_at <= now) return Error{ErrorKind::kUnauthenticated, "auth.token_invalid", "Wrong."};
    return *std::move(claims);
  }
  std::optional<domain::AccessClaims> read_unverified(std::string_view token) override {
    const std::lock_guard lock(mutex_);
    const auto found = issued_.find(std::string(token));
    if (found == issued_.end()) return std::nullopt;
    return found->second;
  }
  std::atomic<int> verified = 0;

 private:
  std::mutex mutex_;
  std::map<std::string, domain::AccessClaims> issued_;
};

inline constexpr std::string_view kPassword = "correct horse battery staple";
inline constexpr crypto::PasswordCost kCheap{64 * 1024, 1};

class Credentials : public Domain {
 public:
  Credentials() { restart(); }

  // Everything anew, from what the store holds.
  void restart() {
    invitations.reset();
    sign_in.reset();
    ledger.reset();
    graph = std::make_unique<access::Graph>(permissions);
    domain::load_graph(*database, *graph);
    ledger = std::make_unique<domain::Ledger>(*database, *graph, clock, system_random);
    memberships = std::make_unique<domain::Memberships>(*ledger, dependents);
    organizations = std::make_unique<domain::Organizations>(*ledger, *memberships, dependents);
    users = std::make_unique<domain::Users>(*ledger, *memberships, dependents);
    sessions = std::make_unique<domain::Sessions>(*ledger, tokens, tokens, domain::SessionRules{});
    passwords = std::make_unique<domain::Passwords>(*ledger, kCheap);
    throttle = std::make_unique<domain::Throttle>(*ledger, domain::Throttle::Key{7}, domain::ThrottleRules{});
    sign_in = std::make_unique<domain::SignIn>(*ledger, *passwords, *sessions, *throttle);
    clients = std::make_unique<domain::Clients>(*ledger, tokens);
    api_tokens = std::make_unique<domain::ApiTokens>(*ledger);
    authenticator = std::make_unique<domain::Authenticator>(*graph, tokens, api_tokens.get(), system_random);
    idempotency = std::make_unique<domain::Idempotency>(*ledger, seal, domain::Idempotency::Key{7});
    changes = std::make_unique<domain::Changes>(*ledger);
    mails = std::make_unique<domain::Mails>(*ledger, seal);
    notifications = std::make_unique<domain::Notifications>(*ledger);
    connections = std::make_unique<domain::Connections>(*ledger);
    invitations = std::make_unique<domain::Invitations>(*ledger, *mails, *passwords, invitation_rules);
  }

  domain::User person(const std::string& name, std::string_view password = kPassword) {
    domain::User made;
    const auto hash = crypto::hash_password(password, kCheap);
    unit([&](domain::Unit& unit) {
      made = need(domain::Users::insert(unit, {name, name + "@example.com", name, hash}));
    });
    return made;
  }
  Result<domain::TokenPair> try_sign_in(std::string_view account, std::string_view password = kPassword,
                                        std::string_view source = "192.0.2.1") {
    return sign_in->with_password(account, password, source);
  }
  domain::TokenPair signed_in(const domain::User& user) { return need(try_sign_in(user.user_name)); }
  // Who the service takes the bearer for.
  Result<Principal> who(std::string_view bearer) { return authenticator->authenticate(bearer, clock.now()); }
  // What waits in the outbox, oldest first; it has left with that.
  std::vector<domain::DueMail> delivered() {
    auto due = mails->due(1000);
    for (const auto& mail : due) need(mails->sent(mail.id));
    return due;
  }
  [[nodiscard]] std::int64_t rows(std::string_view table) const {
    std::int64_t count = 0;
    database->read([&](sql::Tx& tx) { count = tx.integer("SELECT count(*) FROM " + std::string(table)); });
    return count;
  }

  SystemRandom system_random;
  PlainAccessTokens tokens;
  crypto::Seal seal{crypto::MasterKey{1, 2, 3}, system_random};
  std::unique_ptr<domain::Sessions> sessions;
  std::unique_ptr<domain::Passwords> passwords;
  std::unique_ptr<domain::Throttle> throttle;
  std::unique_ptr<domain::SignIn> sign_in;
  std::unique_ptr<domain::Clients> clients;
  std::unique_ptr<domain::ApiTokens> api_tokens;
  std::unique_ptr<domain::Authenticator> authenticator;
  std::unique_ptr<domain::Idempotency> idempotency;
  domain::InvitationRules invitation_rules{.public_url = "https://gatehouse.example"};
  std::unique_ptr<domain::Mails> mails;
  std::unique_ptr<domain::Notifications> notifications;
  std::unique_ptr<domain::Connections> connections;
  std::unique_ptr<domain::Invitations> invitations;
};

}  // namespace gatehouse::testing
