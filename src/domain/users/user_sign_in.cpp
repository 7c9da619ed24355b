// By what an account is signed in with: whose word its address stands on, and where its password is kept.
#include "base/text.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/users/user_log.hpp"
#include "domain/users/user_store.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {

void Users::accept(Unit& unit, const User& user) {
  if (user.status != UserStatus::kNew && user.email_proven) return;
  auto after = user;
  after.email_proven = true;
  if (after.status == UserStatus::kNew) after.status = UserStatus::kActive;
  user_store::accept(unit.tx(), user.no, unit.now());
  user_log::updated(unit, user, after);
}

void Users::set_identity_provider(Unit& unit, const User& user, const std::optional<IdentityProviderId>& id) {
  if (user.identity_provider == id) return;
  auto after = user;
  after.identity_provider = id;
  user_store::set_identity_provider(unit.tx(), user.no, id, unit.now());
  user_log::updated(unit, user, after);
}

Result<User> Users::change_identity_provider(const access::Permit<access::Action::kAccountEdit>& permit,
                                             const UserId& id, const std::optional<IdentityProviderId>& provider) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<User> {
    const auto before = user_store::find(unit.tx(), unit.view().find_user(id));
    if (!before) return not_found("user.not_found", "There is no such user.");
    TRY(access::Policy::may_touch_account(unit.view(), permit, before->no));
    if (before->identity_provider == provider) return *before;
    if (permit.principal().user == before->no) {
      return conflict("user.own_account", "Nobody changes where the account signs in that they act with.");
    }
    if (provider) {
      TRY(IdentityProviders::check_enabled(unit.tx(), *provider));
      TRY(Memberships::keeps_an_admin(unit, unit.view().platform(), before->no, {}));
      Passwords::take_away(unit, before->no);
    }
    set_identity_provider(unit, *before, provider);
    Sessions::end_all(unit, before->no, "identity_provider_changed");
    return *user_store::find(unit.tx(), before->no);
  });
}

void Users::claim_address(Unit& unit, const std::string& email, UserNo except) {
  const auto holder = user_store::find_by_email(unit.tx(), text::email_key(email));
  if (!holder || holder->email_proven || holder->no == except) return;
  auto after = *holder;
  after.email = holder->proven_email;
  after.email_proven = true;
  auto keys = user_rules::keys(after.user_name, after.email);
  // A name that looks like another's was let stand, and stays.
  const auto kind = taken(unit.tx(), keys, after.no);
  if (kind == Taken::kUserName || kind == Taken::kEmail) {
    // That has gone to somebody else by now: one that nobody has and no mail reaches (RFC 2606 2).
    after.email = after.id.to_string() + "@users.invalid";
    after.email_proven = false;
    after.proven_email = after.email;
    keys = user_rules::keys(after.user_name, after.email);
  }
  after.version = holder->version + 1;
  after.updated_at = unit.now();
  user_store::update(unit.tx(), after, keys);
  user_log::updated(unit, *holder, after);
}

}  // namespace gatehouse::domain
