// Sessions: a signed-in person, at one active organization, and the refresh tokens that keep it going.
//
// A refresh token works once. Presenting a used one ends the whole session (RFC 9700 4.14.2), with one exception: within a few
// seconds of its use, while its successor is unused, it gets a fresh successor instead of the first, because an answer may have
// been lost on the way. Refuses with one text whatever the reason. What needs no log (rotation) leaves none; a session's
// beginning, end and change of organization are changes that the graph hears of, so that the next request already knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/graph.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/sessions/access_token.hpp"

namespace gatehouse::domain {

struct SessionRules {
  std::int64_t access_token_s = 15 * 60;
  std::int64_t refresh_idle_s = 14 * 86'400;  // a refresh token unused for so long is void
  std::int64_t session_s = 30 * 86'400;       // nothing lengthens a session beyond this
  // Within this, a used token whose successor is unused still recovers; kClockTolerance_s longer, by the clocks of two nodes.
  std::int64_t reuse_grace_s = 10;
};

struct TokenPair {
  std::string access_token;
  std::string refresh_token;
  std::int64_t expires_in_s = 0;  // of the access token
  SessionId session;
  UserId user;
};

class Sessions {
 public:
  Sessions(Ledger& ledger, AccessTokenIssuer& issuer, AccessTokenVerifier& verifier, const SessionRules& rules);

  // A session as a unit of work leaves it; `tokens` makes the pair of it once it is durable.
  struct Opened {
    SessionId session;
    UserNo user_no;
    UserId user;
    OrganizationNo active;
    Timestamp expires_at;
    std::string refresh_token;
  };
  // In a unit that has proved who it is: the rows, the change session.created, the active organization. `source` is kept for the log.
  // Errors: identity_provider.disabled.
  Result<Opened> open(Unit& unit, UserNo user_no, const UserId& user, std::string_view source) const;
  TokenPair tokens(const Opened& opened) const;

  // RFC 6749 6. `access_token`, when given and one of ours, must be of the same session; it may be expired.
  // Errors: auth.refresh_token_invalid (kUnauthenticated), whatever was wrong.
  Result<TokenPair> refresh(std::string_view refresh_token, std::string_view access_token);

  // Sign-out: the calling session ends at once. Callers without a session: session.none (kInvalid).
  Result<void> end(const access::Permit<access::Action::kSessionEnd>& permit);
  // The session's active organization becomes that one; the next session of the user starts there.
  // Errors: organization.not_found when it is not reached.
  Result<void> switch_organization(const access::Permit<access::Action::kOrganizationSwitch>& permit,
                                   OrganizationNo organization);

  // Hooks for the units of other nouns; each ended session is a change of its own. `reason` is a word for the log.
  static void end_all(Unit& unit, UserNo user, std::string_view reason, const SessionId& except = {});
  static void user_deactivated(Unit& unit, UserNo user) { end_all(unit, user, "deactivated"); }
  static void user_removed(Unit& unit, UserNo user) { end_all(unit, user, "user_removed"); }
  // While the organization's memberships still stand: sessions active there move to another organization of their user.
  static void organization_removed(Unit& unit, OrganizationNo organization);
  // After a membership is gone: the user's sessions leave what is no longer reached.
  static void membership_removed(Unit& unit, UserNo user);
  // After a connection has ended or lost roles: the sessions of the agency's members leave what is no longer reached of
  // the customer.
  static void connection_changed(Unit& unit, OrganizationNo customer, OrganizationNo agency);

  // Where a new session of the user starts: the organization last used if it is still reached, else the first membership
  // by name, else none. `without`: one that is about to go.
  static OrganizationNo choose_organization(Unit& unit, UserNo user, const UserId& id, OrganizationNo without = {});

  // Streams the sessions into a graph that is being built.
  static void load(sql::Tx& tx, access::Graph& graph);
  // Deletes what has expired, in small batches; the rows deleted.
  std::int64_t maintain(Timestamp now);

 private:
  struct Refreshed;
  Result<Refreshed> rotate(Unit& unit, std::string_view digest, const std::optional<AccessClaims>& stale) const;

  Ledger& ledger_;
  AccessTokenIssuer& issuer_;
  AccessTokenVerifier& verifier_;
  SessionRules rules_;
};

}  // namespace gatehouse::domain
