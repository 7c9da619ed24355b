#include "domain/sessions/sessions.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/identity_providers/identity_providers.hpp"
#include "domain/sessions/session_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = session_store;
using store::SessionRow;

constexpr std::string_view kRefreshKind = "refresh";
constexpr std::int64_t kBatch = 500;  // rows of one housekeeping unit: short enough that nobody waits for it

Error refused() {
  return {ErrorKind::kUnauthenticated, "auth.refresh_token_invalid", "These credentials are not valid."};
}

std::string session_json(const access::View& view, const UserId& user, OrganizationNo active, std::string_view reason) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("userId", user.to_string());
  if (const auto id = view.organization_id(active)) json.member("organizationId", id->to_string());
  if (!reason.empty()) json.member("reason", reason);
  json.end_object();
  return out;
}

constexpr std::size_t kMaxSessions = 100;        // of one user; the oldest ends for the next
constexpr std::int64_t kRememberedTokens = 100;  // used refresh tokens of a session whose reuse is still noticed

void end_one(Unit& unit, const SessionRow& row, const UserId& user, std::string_view reason) {
  if (!store::remove(unit.tx(), row.id)) return;
  unit.record({.action = "session.ended",
               .organization = {},
               .target_kind = "session",
               .target = row.id,
               .before = session_json(unit.view(), user, row.active, {}),
               .after = session_json(unit.view(), user, {}, reason),
               .facts = {access::SessionGone{row.id}}});
}

void move(Unit& unit, const SessionRow& row, const UserId& user, OrganizationNo to) {
  if (row.active == to || !store::set_active(unit.tx(), row.id, to)) return;
  unit.record({.action = "session.switched",
               .organization = {},
               .target_kind = "session",
               .target = row.id,
               .before = session_json(unit.view(), user, row.active, {}),
               .after = session_json(unit.view(), user, to, {}),
               .facts = {access::SessionFact{row.id, row.user, to, row.expires_at}}});
}

bool reached(Unit& unit, const UserId& user, OrganizationNo organization) {
  if (!organization) return false;
  const auto subject = unit.view().subject_user(user);
  return subject && unit.view().organization_id(organization) &&
         unit.view().reaches(*subject, organization, unit.now());
}

}  // namespace

namespace {

void leave_unreached(Unit& unit, const SessionRow& row, const UserId& user) {
  if (row.active && !reached(unit, user, row.active)) {
    move(unit, row, user, Sessions::choose_organization(unit, row.user, user, row.active));
  }
}

}  // namespace

Sessions::Sessions(Ledger& ledger, AccessTokenIssuer& issuer, AccessTokenVerifier& verifier, const SessionRules& rules)
    : ledger_(ledger), issuer_(issuer), verifier_(verifier), rules_(rules) {}

Result<Sessions::Opened> Sessions::open(Unit& unit, UserNo user_no, const UserId& user, std::string_view source) const {
  TRY(IdentityProviders::check_sign_in(unit.tx(), user_no));
  auto live = store::of_user(unit.tx(), user_no);  // ids are in the order of their making
  for (std::size_t i = 0; i + kMaxSessions <= live.size(); ++i) end_one(unit, live[i], user, "too_many");
  auto token = crypto::mint_opaque_token(kRefreshKind, unit.random());
  Opened opened;
  opened.session = SessionId::make(unit.now(), unit.random());
  opened.user_no = user_no;
  opened.user = user;
  opened.active = choose_organization(unit, user_no, user);
  opened.expires_at = unit.now().plus_s(rules_.session_s);
  opened.refresh_token = std::move(token.text);
  store::insert(unit.tx(), {opened.session, user_no, opened.active, opened.expires_at}, source, unit.now());
  store::insert_refresh_token(unit.tx(), crypto::view(token.digest), opened.session, unit.now(),
                              std::min(unit.now().plus_s(rules_.refresh_idle_s), opened.expires_at));
  store::set_last_organization(unit.tx(), user_no, opened.active);
  store::set_last_sign_in(unit.tx(), user_no, unit.now());
  unit.record({.action = "session.created",
               .organization = {},
               .target_kind = "session",
               .target = opened.session,
               .before = {},
               .after = session_json(unit.view(), user, opened.active, {}),
               .facts = {access::SessionFact{opened.session, user_no, opened.active, opened.expires_at}}});
  return opened;
}

TokenPair Sessions::tokens(const Opened& opened) const {
  const Timestamp now = ledger_.clock().now();
  AccessClaims claims;
  claims.kind = AccessClaims::Kind::kUser;
  claims.subject = opened.user;
  claims.session = opened.session;
  ledger_.graph().read([&](const access::View& view) { claims.organization = view.organization_id(opened.active); });
  claims.id = Uuid::v7(now, ledger_.random());
  claims.issued_at = now;
  claims.expires_at = std::min(now.plus_s(rules_.access_token_s), opened.expires_at);
  return {issuer_.issue(claims), opened.refresh_token, claims.expires_at.seconds_since(now), opened.session,
          opened.user};
}

// What a rotation came to. Ending a family must be committed, so it is no Error.
struct Sessions::Refreshed {
  bool reused = false;
  Opened opened;
};

Result<Sessions::Refreshed> Sessions::rotate(Unit& unit, std::string_view digest,
                                             const std::optional<AccessClaims>& stale) const {
  const Timestamp now = unit.now();
  auto row = store::find_refresh_token(unit.tx(), digest);
  if (!row) return refused();
  auto& session = row->session;
  const bool stands = session.expires_at > now && unit.view().session(session.id) != nullptr &&
                      unit.view().user_is_active(session.user);
  if (!stands || !IdentityProviders::check_sign_in(unit.tx(), session.user)) return refused();
  if (stale && (stale->kind != AccessClaims::Kind::kUser || stale->session != session.id)) return refused();

  if (row->used_at) {
    // Where the first answer was lost the next attempt may come to another node.
    const bool is_soon = now <= row->used_at->plus_s(rules_.reuse_grace_s + kClockTolerance_s);
    const bool recovers = row->successor && is_soon && store::refresh_token_is_unused(unit.tx(), *row->successor);
    if (!recovers) {
      end_one(unit, session, row->user, "reuse");
      return Refreshed{true, {}};
    }
    // The first successor may be in wrong hands, or lost: from now on presenting it is reuse as well.
    store::void_refresh_token(unit.tx(), *row->successor, now);
  } else if (row->expires_at <= now) {
    return refused();
  }

  auto token = crypto::mint_opaque_token(kRefreshKind, unit.random());
  store::insert_refresh_token(unit.tx(), crypto::view(token.digest), session.id, now,
                              std::min(now.plus_s(rules_.refresh_idle_s), session.expires_at));
  if (row->used_at) {
    store::replace_successor(unit.tx(), digest, crypto::view(token.digest));
  } else {
    store::use_refresh_token(unit.tx(), digest, crypto::view(token.digest), now);
  }
  store::forget_used(unit.tx(), session.id, kRememberedTokens);
  OrganizationNo active = session.active;
  if (!reached(unit, row->user, active)) {
    active = choose_organization(unit, session.user, row->user);
    move(unit, session, row->user, active);
  }
  return Refreshed{false, {session.id, session.user, row->user, active, session.expires_at, std::move(token.text)}};
}

Result<TokenPair> Sessions::refresh(std::string_view refresh_token, std::string_view access_token) {
  const auto parsed = crypto::parse_opaque_token(refresh_token);
  if (!parsed || parsed->kind != kRefreshKind) return refused();
  std::optional<AccessClaims> stale;
  if (!access_token.empty()) stale = verifier_.read_unverified(access_token);
  auto refreshed = TRY(ledger_.unguarded("the refresh token is the proof", Principal{}, [&](Unit& unit) {
    return rotate(unit, crypto::view(parsed->digest), stale);
  }));
  if (refreshed.reused) return refused();
  return tokens(refreshed.opened);
}

Result<void> Sessions::end(const access::Permit<access::Action::kSessionEnd>& permit) {
  const Principal& who = permit.principal();
  if (who.kind != Principal::Kind::kUser) return invalid("session.none", "Only a session can be signed out.");
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto* session = unit.view().session(who.session);
    if (session == nullptr) return {};
    end_one(unit, {session->id, session->user, session->active, session->expires_at}, who.user_id(), "signed_out");
    return {};
  });
}

Result<void> Sessions::switch_organization(const access::Permit<access::Action::kOrganizationSwitch>& permit,
                                           OrganizationNo organization) {
  const Principal& who = permit.principal();
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto* session = unit.view().session(who.session);
    if (session == nullptr) return Error{ErrorKind::kUnauthenticated, "auth.token_invalid", "The session has ended."};
    if (!unit.view().reaches(who, organization, unit.now())) {
      return not_found("organization.not_found", "There is no such organization.");
    }
    move(unit, {session->id, session->user, session->active, session->expires_at}, who.user_id(), organization);
    store::set_last_organization(unit.tx(), who.user, organization);
    return {};
  });
}

void Sessions::end_all(Unit& unit, UserNo user, std::string_view reason, const SessionId& except) {
  const auto rows = store::of_user(unit.tx(), user);
  if (rows.empty()) return;
  const auto id = store::user_id(unit.tx(), user).value_or(UserId());
  for (const auto& row : rows) {
    if (row.id != except) end_one(unit, row, id, reason);
  }
}

void Sessions::organization_removed(Unit& unit, OrganizationNo organization) {
  for (const auto& row : store::of_members_active_at(unit.tx(), organization)) {
    const auto id = store::user_id(unit.tx(), row.user).value_or(UserId());
    move(unit, row, id, choose_organization(unit, row.user, id, organization));
  }
}

void Sessions::membership_removed(Unit& unit, UserNo user) {
  const auto id = store::user_id(unit.tx(), user);
  if (!id) return;
  for (const auto& row : store::of_user(unit.tx(), user)) leave_unreached(unit, row, *id);
}

void Sessions::connection_changed(Unit& unit, OrganizationNo customer, OrganizationNo agency) {
  for (const auto& [row, user] : store::of_members_within(unit.tx(), agency, customer))
    leave_unreached(unit, row, user);
}

OrganizationNo Sessions::choose_organization(Unit& unit, UserNo user, const UserId& id, OrganizationNo without) {
  const auto last = store::last_organization(unit.tx(), user);
  if (last != without && reached(unit, id, last)) return last;
  return store::first_membership(unit.tx(), user, without);
}

void Sessions::load(sql::Tx& tx, access::Graph& graph) {
  store::each(tx, [&](const SessionRow& row) {
    graph.load(access::SessionFact{row.id, row.user, row.active, row.expires_at});
  });
}

std::int64_t Sessions::maintain(Timestamp now) {
  // On a node whose clock is behind it may stand still.
  const auto over = now.plus_s(-kClockTolerance_s);
  std::int64_t removed = 0;
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = !store::expired(tx, over, 1).empty(); });
  while (any) {
    // An expired session stands nowhere, so its going needs no entry of its own kind: one change tells the graph of a batch.
    auto batch = ledger_.unguarded("expired sessions", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
      const auto ids = store::expired(unit.tx(), over, kBatch);
      std::vector<access::Fact> facts;
      for (const auto& id : ids) {
        store::remove(unit.tx(), id);
        facts.emplace_back(access::SessionGone{id});
      }
      const auto count = static_cast<std::int64_t>(ids.size());
      if (count == 0) return count;
      std::string after;
      JsonWriter(after).begin_object().member("count", count).end_object();
      unit.record({"session.expired", {}, "session", {}, {}, after, std::move(facts)});
      return count;
    });
    if (!batch) break;
    removed += *batch;
    any = *batch == kBatch;
  }
  return removed;
}

}  // namespace gatehouse::domain
