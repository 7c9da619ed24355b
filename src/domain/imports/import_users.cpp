#include "base/text.hpp"
#include "domain/imports/identify.hpp"
#include "domain/imports/import_work.hpp"
#include "domain/passwords/passwords.hpp"

namespace gatehouse::domain {

using import_store::StoredUser;

namespace {

bool is_active(const StoredUser& user) { return user.status != UserStatus::kInactive; }

// What the row says, valid, over what is stored or an empty account.
Result<StoredUser> merged(const StoredUser& before, const UserRow& row) {
  StoredUser after = before;
  if (after.external_key.empty()) after.external_key = row.external_key;
  if (row.email) after.email = *row.email;
  // What an earlier release took stays good until it is changed.
  if (before.email.empty() || after.email != before.email) TRY(user_rules::check_email(after.email));
  if (row.user_name) after.user_name = *row.user_name;
  if (after.user_name.empty()) after.user_name = after.email;
  if (after.user_name != before.user_name) {
    TRY(import_rules::check_one_line(after.user_name, "user.name_invalid", "user_name"));
    after.user_name = TRY(user_rules::user_name(after.user_name));
  }
  if (row.display_name) {
    TRY(import_rules::check_one_line(*row.display_name, "user.display_name_invalid", "display_name"));
    after.display_name = TRY(user_rules::display_name(*row.display_name));
  }
  if (row.password_hash && !row.password_hash->empty()) {
    TRY(import_rules::check_password_hash(*row.password_hash));
    if (before.elsewhere) return Passwords::signs_in_elsewhere();
    if (before.password_hash.empty()) {
      after.password_hash = *row.password_hash;
      if (before.status == UserStatus::kNew) after.status = UserStatus::kActive;
    }
  }
  if (row.status && !row.status->empty()) {
    const auto status = parse_user_status(*row.status);
    if (!status) return invalid("user.status_invalid", "status must be new, active or inactive");
    // Once an account is more than new it never is again.
    if (*status != UserStatus::kNew) after.status = *status;
  }
  return after;
}

}  // namespace

Result<ImportWork::Applied> ImportWork::apply(const UserRow& row) {
  auto& tx = unit_.tx();
  const auto known = TRY(identify(
      row, [&](const std::string& key) { return import_store::user_by_key(tx, key); },
      [&](const UserId& id) { return import_store::user_by_id(tx, id); }));
  return known ? change(*known, row) : create(row);
}

Result<SignInKeys> ImportWork::unique_keys(const StoredUser& user, bool is_new_name) {
  auto keys = user_rules::keys(user.user_name, user.email);
  switch (Users::taken(unit_.tx(), keys, user.no)) {
    case Users::Taken::kNothing: break;
    case Users::Taken::kUserName:
      return conflict("user.name_taken", "another user has the user name " + user.user_name);
    case Users::Taken::kLookAlike:
      if (is_new_name) return conflict("user.name_look_alike", "another user's name looks like " + user.user_name);
      break;
    case Users::Taken::kEmail: return conflict("user.email_taken", "another user has the e-mail address " + user.email);
  }
  return keys;
}

Result<ImportWork::Applied> ImportWork::create(const UserRow& row) {
  auto made = TRY(merged({}, row));
  const auto keys = TRY(unique_keys(made));
  made.no = {unit_.next_number("users")};
  made.id = row.id ? *row.id : UserId::make(unit_.now(), unit_.random());
  import_store::insert(unit_.tx(), made, keys, unit_.now());
  if (!made.external_key.empty()) memory_.users.put(made.external_key, made.no.value);
  return done(Applied::kCreated, access::UserFact{made.no, made.id, is_active(made)});
}

Result<ImportWork::Applied> ImportWork::change(const StoredUser& before, const UserRow& row) {
  const auto after = TRY(merged(before, row));
  const bool new_password = after.password_hash != before.password_hash;
  if (!new_password && after.user_name == before.user_name && after.email == before.email &&
      after.display_name == before.display_name && after.status == before.status &&
      after.external_key == before.external_key) {
    return Applied::kUnchanged;
  }
  // What an earlier release let stand side by side may stand so.
  std::optional<SignInKeys> keys;
  const bool is_new_name = after.user_name != before.user_name;
  if (is_new_name || after.email != before.email) keys = TRY(unique_keys(after, is_new_name));
  const bool rests = is_active(before) && !is_active(after);
  if (rests) {
    settle();
    TRY(Memberships::keeps_an_admin(unit_, unit_.view().platform(), before.no, {}));
  }
  import_store::update(unit_.tx(), after, keys, new_password, unit_.now());
  const auto how = done(Applied::kUpdated, access::UserFact{after.no, after.id, is_active(after)});
  if (rests) {
    settle();
    for (auto* dependents : dependents_) dependents->user_deactivated(unit_, after.no);
  }
  if (text::email_key(after.email) != text::email_key(before.email)) {
    for (auto* dependents : dependents_) dependents->user_address_changed(unit_, after.no);
  }
  return how;
}

}  // namespace gatehouse::domain
