// What is done to accounts within units of work: made, changed, removed. How they sign in is in user_sign_in.cpp.
#include <algorithm>

#include "base/look_alike.hpp"
#include "base/text.hpp"
#include "domain/passwords/passwords.hpp"
#include "domain/users/user_log.hpp"
#include "domain/users/user_store.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {
namespace {

using access::Policy;

Error no_user() { return not_found("user.not_found", "There is no such user."); }
Error name_taken() { return conflict("user.name_taken", "A user of this name exists already."); }
Error looks_like_another() {
  return conflict("user.name_look_alike", "A user exists already whose name looks like this one.");
}
Error email_taken() { return conflict("user.email_taken", "A user of this e-mail address exists already."); }
Error own_account() { return conflict("user.own_account", "Nobody deactivates or deletes the account they act with."); }
Error version_mismatch() {
  return {ErrorKind::kPreconditionFailed, "user.version_mismatch", "The user was changed meanwhile."};
}

std::string full_name(const User& user) { return text::collapse_blanks(user.first_name + " " + user.last_name); }

// Keeps the faults of every member, so that a form is told of all at once.
class Faults {
 public:
  template <class T>
  void take(Result<T> checked, std::string& into) {
    if (checked) {
      into = *std::move(checked);
    } else {
      add(checked.error());
    }
  }
  void add(const Error& error) {
    if (first_.fields.empty()) {
      first_ = error;
    } else {
      first_.code = "user.invalid";
      first_.fields.insert(first_.fields.end(), error.fields.begin(), error.fields.end());
    }
  }
  [[nodiscard]] Result<void> result() const {
    if (first_.fields.empty()) return {};
    return first_;
  }

 private:
  Error first_;
};

// Blanks collapsed, every member valid. What an earlier release took (`before`) stays good until it is changed.
Result<void> check(User& user, const User* before) {
  Faults faults;
  const auto is_new = [&](std::string User::*member) { return before == nullptr || user.*member != before->*member; };
  const auto take = [&](std::string User::*member, const auto& rule) {
    if (is_new(member)) faults.take(rule(user.*member), user.*member);
  };
  const auto person_name = [](std::string_view field) {
    return [field](const std::string& given) { return user_rules::person_name(given, field); };
  };
  take(&User::user_name, user_rules::user_name);
  if (is_new(&User::email)) {
    if (const auto email = user_rules::check_email(user.email); !email) faults.add(email.error());
  }
  take(&User::display_name, user_rules::display_name);
  take(&User::first_name, person_name("first_name"));
  take(&User::last_name, person_name("last_name"));
  take(&User::phone, user_rules::phone);
  return faults.result();
}

// The keys, when no other account has one of them. A name that is not new may look like another's, if it was let stand.
Result<SignInKeys> unique_keys(Unit& unit, const User& user, bool is_new_name = true) {
  auto keys = user_rules::keys(user.user_name, user.email);
  switch (Users::taken(unit.tx(), keys, user.no)) {
    case Users::Taken::kNothing: break;
    case Users::Taken::kUserName: return name_taken();
    case Users::Taken::kLookAlike:
      if (is_new_name) return looks_like_another();
      break;
    case Users::Taken::kEmail: return email_taken();
  }
  return keys;
}

Result<void> check_identification(Unit& unit, const User& user) {
  if (user.identification && user_store::is_identified(unit.tx(), *user.identification, user.no)) {
    return conflict("user.identification_taken", "A user with this identification exists already.");
  }
  return {};
}

// What the account shows as its name where none was given.
void name_by_parts(User& user) {
  auto name = full_name(user);
  // Too long to be shown: better none than one that is no longer right.
  user.display_name = text::length(name) <= kMaxDisplayName ? std::move(name) : std::string();
}

// People are invited by addresses that no user name can be, or that look like another's name. They sign in by them anyway.
std::string name_of_address(Unit& unit, const std::string& email, const UserId& id) {
  const auto keys = user_rules::keys(email, email);
  const auto taken = Users::taken(unit.tx(), keys, {});
  if (user_rules::user_name(email) && taken != Users::Taken::kLookAlike) return email;
  const auto text = id.to_string();
  return "user-" + text.substr(text.size() - 12);
}

}  // namespace

Result<User> Users::insert(Unit& unit, const NewUser& input) {
  User user;
  user.id = UserId::make(unit.now(), unit.random());
  user.user_name = input.user_name;
  if (user.user_name.empty() && user_rules::check_email(input.email)) {
    user.user_name = name_of_address(unit, input.email, user.id);
  }
  user.email = input.email;
  user.display_name = input.display_name;
  user.first_name = input.first_name;
  user.last_name = input.last_name;
  user.phone = input.phone;
  user.identity_provider = input.identity_provider;
  user.status = input.password_hash ? UserStatus::kActive : UserStatus::kNew;
  TRY(check(user, nullptr));
  if (user.display_name.empty()) name_by_parts(user);
  if (input.password_hash && user.identity_provider) return Passwords::signs_in_elsewhere();
  if (user.identity_provider) TRY(IdentityProviders::check_enabled(unit.tx(), *user.identity_provider));
  if (const auto& given = input.identification) {
    user.identification = TRY(IdentificationTypes::check(unit.tx(), given->type, given->number));
  }
  claim_address(unit, user.email, {});
  const auto keys = TRY(unique_keys(unit, user));
  TRY(check_identification(unit, user));
  user.no = {unit.next_number("users")};
  user.created_at = unit.now();
  user.updated_at = unit.now();
  user.has_password = input.password_hash.has_value();
  user_store::insert(unit.tx(), user, keys, input.password_hash);
  unit.record({.action = "user.created",
               .organization = unit.view().platform(),
               .target_kind = "user",
               .target = user.id,
               .before = {},
               .after = user_log::described(user),
               .facts = {access::UserFact{user.no, user.id, true}}});
  return user;
}

Users::Taken Users::taken(sql::Tx& tx, const SignInKeys& keys, UserNo except) {
  if (user_store::is_taken(tx, keys.user_name, keys.user_name_as_email, except)) return Taken::kUserName;
  if (user_store::is_taken(tx, keys.email_as_user_name, keys.email, except)) return Taken::kEmail;
  const auto is_alike = [&](const std::string& other) { return text::look_alike(keys.typed, other); };
  const auto stands = [&](std::string_view skeleton, std::string_view sight) {
    const auto others = user_store::names_like(tx, skeleton, sight, except);
    return std::any_of(others.begin(), others.end(), is_alike);
  };
  const bool plain = keys.skeleton.starts_with(kPlainAddress);
  const std::size_t front = plain ? kPlainAddress.size() : 0;
  if (stands(std::string_view(keys.skeleton).substr(front), std::string_view(keys.sight).substr(front))) {
    return Taken::kLookAlike;
  }
  // Addresses in ASCII are many to a skeleton, and look like whatever is neither.
  const std::string address(kPlainAddress);
  return !plain && stands(address + keys.skeleton, address + keys.sight) ? Taken::kLookAlike : Taken::kNothing;
}

Result<User> Users::apply(Unit& unit, const User& before, const UserPatch& patch, bool by_owner) {
  if (!accepts(patch.expected_versions, before.version)) return version_mismatch();
  User after = before;
  if (patch.user_name) after.user_name = *patch.user_name;
  if (patch.email) after.email = *patch.email;
  if (patch.display_name) after.display_name = *patch.display_name;
  if (patch.status) after.status = *patch.status;
  // Who has never taken the account into use does that himself.
  if (after.status == UserStatus::kActive && before.status != UserStatus::kActive && before.needs_password() &&
      !before.last_sign_in_at) {
    after.status = UserStatus::kNew;
  }
  if (patch.first_name) after.first_name = *patch.first_name;
  if (patch.last_name) after.last_name = *patch.last_name;
  if (patch.phone) after.phone = *patch.phone;
  TRY(check(after, &before));
  if (!patch.display_name && before.display_name == full_name(before)) name_by_parts(after);
  if (patch.identification_type || patch.identification_number) {
    const auto& known = before.identification;
    const auto type = patch.identification_type ? *patch.identification_type
                      : known                   ? known->type
                                                : IdentificationTypeId();
    const auto number = patch.identification_number ? *patch.identification_number
                        : known                     ? known->number
                                                    : std::string();
    after.identification = TRY(IdentificationTypes::check(unit.tx(), type, number));
  }
  // An administrator's word is proof.
  if (patch.email) {
    const bool same = text::email_key(after.email) == text::email_key(before.email);
    after.email_proven = by_owner ? before.email_proven && same : true;
    if (before.email_proven && !after.email_proven) after.proven_email = before.email;
    if (!by_owner) claim_address(unit, after.email, after.no);
  }
  if (user_log::described(after) == user_log::described(before)) return before;
  // What an earlier release let stand side by side may stand so.
  std::optional<SignInKeys> keys;
  const bool is_new_name = after.user_name != before.user_name;
  if (is_new_name || after.email != before.email) keys = TRY(unique_keys(unit, after, is_new_name));
  TRY(check_identification(unit, after));
  const bool rests = before.status != UserStatus::kInactive && after.status == UserStatus::kInactive;
  if (rests) {
    if (unit.actor().user == before.no) return own_account();
    // What it administers below has an admin still: at the platform. Whoever founds an organization must not become one
    // that nobody can shut out.
    TRY(Memberships::keeps_an_admin(unit, unit.view().platform(), before.no, {}));
  }
  after.version = before.version + 1;
  after.updated_at = unit.now();
  user_store::update(unit.tx(), after, keys);
  user_log::updated(unit, before, after);
  if (text::email_key(after.email) != text::email_key(before.email)) {
    for (auto* dependents : dependents_) dependents->user_address_changed(unit, after.no);
  }
  if (rests) {
    for (auto* dependents : dependents_) dependents->user_deactivated(unit, after.no);
  }
  return after;
}

Result<void> Users::remove(const access::Permit<access::Action::kAccountRemove>& permit, const UserId& id,
                           const ExpectedVersions& expected_versions) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<void> {
    const auto before = user_store::find(unit.tx(), unit.view().find_user(id));
    if (!before) return no_user();
    if (!accepts(expected_versions, before->version)) return version_mismatch();
    if (permit.principal().user == before->no) return own_account();
    TRY(Policy::may_touch_account(unit.view(), permit, before->no));
    TRY(Memberships::all_keep_an_admin(unit, before->no));
    for (auto* dependents : dependents_) dependents->user_removed(unit, before->no);
    for (const auto& holding : unit.view().holdings(before->no))
      memberships_.erase(unit, before->no, holding.organization);
    user_store::erase(unit.tx(), before->no);
    unit.record({.action = "user.removed",
                 .organization = unit.view().platform(),
                 .target_kind = "user",
                 .target = before->id,
                 .before = user_log::described(*before),
                 .after = {},
                 .facts = {access::UserGone{before->no}}});
    return {};
  });
}

}  // namespace gatehouse::domain
