#include "domain/passwords/passwords.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"
#include "crypto/password_policy.hpp"
#include "domain/identity_providers/identity_providers.hpp"
#include "domain/passwords/password_store.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/users/user_rules.hpp"

namespace gatehouse::domain {
namespace {

namespace store = password_store;

// No password of the policy is longer (128 code points); more is not worth hashing.
constexpr std::size_t kMaxBytes = 1024;

constexpr std::string_view kReset = "password_reset";

void put(Unit& unit, const Credential& of, std::string_view hash, std::string_view reason, const SessionId& keep) {
  store::set(unit.tx(), of.no, hash, unit.now(), reason == kReset);
  Sessions::end_all(unit, of.no, reason, keep);
  std::vector<access::Fact> facts;
  if (of.status == "new") facts.emplace_back(access::UserFact{of.no, of.id, true});
  unit.record({"user.password_changed", unit.view().platform(), "user", of.id, {}, {}, std::move(facts)});
}

Error wrong_password() { return forbidden("password.current_wrong", "The current password is wrong."); }

}  // namespace

Passwords::Passwords(Ledger& ledger, const crypto::PasswordCost& cost) : ledger_(ledger), cost_(cost) {
  // Made now, so that the first unknown account does not take longer than the next.
  (void)crypto::decoy_password_hash(cost_);
}

Result<std::string> Passwords::hash_new(std::string_view password, std::string_view user_name,
                                        std::string_view email) const {
  const std::array forbidden{user_name, email};
  TRY(crypto::check_password(password, forbidden));
  return crypto::hash_password(password, cost_);
}

Error Passwords::signs_in_elsewhere() {
  return conflict("user.signs_in_elsewhere", "This account signs in at an identity provider and has no password here.");
}

Result<std::string> Passwords::hash_next(const Credential& of, std::string_view wanted) const {
  if (of.elsewhere) return signs_in_elsewhere();
  const std::array<std::string_view, 2> forbidden{of.user_name, of.email};
  TRY(crypto::check_password(wanted, forbidden));
  if (!of.hash.empty() && crypto::verify_password(of.hash, wanted)) {
    return invalid_field("password.unchanged", "password", "must not be the old one");
  }
  return crypto::hash_password(wanted, cost_);
}

Result<void> Passwords::change(const access::Permit<access::Action::kSelfEdit>& permit, std::string_view current,
                               std::string_view wanted, Throttle& throttle, std::string_view source) {
  const Principal& who = permit.principal();
  std::optional<Credential> credential;
  ledger_.read([&](sql::Tx& tx) { credential = store::find(tx, who.user_id()); });
  if (credential && credential->elsewhere) return signs_in_elsewhere();
  const auto target = who.id.to_string();
  TRY(throttle.begin(target, source));
  if (!credential || !verify(credential, current)) return wrong_password();
  const auto hash = hash_next(*credential, wanted);
  TRY(ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    if (!store::stands(unit.tx(), credential->no, credential->hash)) return wrong_password();
    // The current one was right, whatever becomes of the next.
    throttle.succeeded(unit, target, source);
    if (hash) put(unit, *credential, *hash, "password_changed", who.session);
    return {};
  }));
  return hash ? Result<void>() : Result<void>(hash.error());
}

Result<void> Passwords::reset(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                              std::string_view wanted) {
  const auto unknown = [] { return not_found("user.not_found", "There is no such user."); };
  std::optional<Credential> credential;
  ledger_.read([&](sql::Tx& tx) { credential = store::find(tx, user); });
  if (!credential) return unknown();
  // Before anything is said of the password that there is.
  Result<void> may;
  ledger_.graph().read(
      [&](const access::View& view) { may = access::Policy::may_touch_account(view, permit, credential->no); });
  TRY(std::move(may));
  const auto hash = TRY(hash_next(*credential, wanted));
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto now_there = store::find(unit.tx(), user);
    if (!now_there) return unknown();
    TRY(access::Policy::may_touch_account(unit.view(), permit, now_there->no));
    if (now_there->elsewhere) return signs_in_elsewhere();
    if (IdentityProviders::is_offered(unit.tx(), now_there->no, unit.now())) {
      return conflict("user.invited_elsewhere",
                      "This account is invited to sign in at an identity provider; withdraw that invitation first.");
    }
    put(unit, *now_there, hash, kReset, {});
    return {};
  });
}

bool Passwords::give_first(Unit& unit, const UserId& user, std::string_view hash) {
  const auto credential = store::find(unit.tx(), user);
  if (!credential || credential->status == "inactive" || !credential->hash.empty() || credential->elsewhere)
    return false;
  put(unit, *credential, hash, "password_set", {});
  return true;
}

void Passwords::take_away(Unit& unit, UserNo user) { store::clear(unit.tx(), user, unit.now()); }

std::optional<Credential> Passwords::find(std::string_view account) const {
  const auto name_key = user_rules::user_name_key(account);
  const auto email_key = text::email_key(account);
  std::optional<Credential> found;
  ledger_.read([&](sql::Tx& tx) {
    found = store::find_by_user_name(tx, name_key);
    if (!found) found = store::find_by_email(tx, email_key);
  });
  return found;
}

bool Passwords::verify(const std::optional<Credential>& credential, std::string_view password) const {
  const bool known = credential && !credential->hash.empty() && !credential->elsewhere && password.size() <= kMaxBytes;
  const bool equal = crypto::verify_password(known ? credential->hash : crypto::decoy_password_hash(cost_),
                                             password.substr(0, kMaxBytes));
  return known && equal;
}

std::optional<std::string> Passwords::rehash(const Credential& credential, std::string_view password) const {
  if (!crypto::password_needs_rehash(credential.hash, cost_)) return std::nullopt;
  return crypto::hash_password(password, cost_);
}

bool Passwords::settle(Unit& unit, const Credential& verified, const std::optional<std::string>& rehashed) {
  if (!store::stands(unit.tx(), verified.no, verified.hash)) return false;
  if (rehashed) store::replace(unit.tx(), verified.no, verified.hash, *rehashed);
  return true;
}

}  // namespace gatehouse::domain
