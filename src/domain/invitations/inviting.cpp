#include "domain/invitations/inviting.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/invitations/join_rules.hpp"
#include "domain/memberships/membership_making.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;

std::string described(const std::string& email, const std::vector<join_store::Target>& targets) {
  std::string json;
  JsonWriter(json)
      .begin_object()
      .member("email", email)
      .member("organizations", static_cast<std::int64_t>(targets.size()))
      .member("status", "pending")
      .end_object();
  return json;
}

}  // namespace

Result<void> Inviting::outcome() const {
  if (!invalid_.empty()) {
    return Error{ErrorKind::kInvalid, "invitation.batch_invalid", "Some of it is wrong, so nothing was done.",
                 invalid_};
  }
  if (!forbidden_.empty()) {
    return Error{ErrorKind::kForbidden, "invitation.forbidden", forbidden_.front().message, forbidden_};
  }
  return {};
}

std::optional<User> Inviting::make(const InvitedPerson& person, const std::string& path) {
  NewUser wanted;
  wanted.email = person.email;
  wanted.first_name = person.first_name;
  wanted.last_name = person.last_name;
  auto made = Users::insert(unit_, wanted);
  if (made) return *std::move(made);
  fault(path + "email",
        made.error().kind == ErrorKind::kConflict ? "is another account's" : made.error().fields.front().message);
  return std::nullopt;
}

std::optional<Timestamp> Inviting::offer(const User& user, const Checked& checked, const std::string& path) {
  auto& tx = unit_.tx();
  std::vector<join_store::Target> wanted;
  for (const auto* place : checked.places) wanted.push_back({place->permit->organization(), checked.role});
  auto row = checked.known->open;
  // The mail goes to where the person is today.
  if (row && !text::equal_ignoring_ascii_case(row->email, user.email)) {
    invitation_store::set_rejected(tx, row->id, true, unit_.now());
    row.reset();
  }
  auto targets = row ? checked.known->targets : std::vector<join_store::Target>();
  std::vector<join_store::Target> added;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(added),
               [&](const auto& target) { return !std::binary_search(targets.begin(), targets.end(), target); });
  if (targets.size() + added.size() > kMaxTargets) {
    fault(path + "organization_ids", "would be more than 1000 with those of the invitation that is open already");
    return std::nullopt;
  }
  // Sent often enough: the last mail stands, for whatever else is offered as well.
  if (row && row->sendings >= kMaxSendings) {
    if (!added.empty()) record(*row, "invitation.extended", wanted);
    add(*row, added);
    return row->expires_at;
  }
  if (!row && checked.known->sent_lately >= kMaxToOneAddress) {
    fault(path + "email", "has been invited fifty times within a day");
    return std::nullopt;
  }
  const auto secret = crypto::mint_opaque_token(rules::kJoinTokenKind, unit_.random());
  const bool is_new = !row;
  if (is_new) {
    row.emplace();
    row->id = InvitationId::make(unit_.now(), unit_.random());
    row->user = user.no;
    row->email = user.email;
    row->locale = rules_.locale;
    row->created_at = unit_.now();
  }
  row->identity_provider = checked.identity_provider;
  rules::vouch(*row, inviter_, unit_.now(), rules_);
  if (is_new) {
    join_store::insert(tx, *row, sender_of(unit_.view(), inviter_), unit_.view().platform(),
                       crypto::view(secret.digest));
  } else {
    invitation_store::set_sent(tx, *row, crypto::view(secret.digest));
    join_store::set_identity_provider(tx, row->id, row->identity_provider);
  }
  record(*row, is_new ? "invitation.created" : "invitation.resent", wanted);
  add(*row, added);
  targets.insert(targets.end(), added.begin(), added.end());
  mail(*row, targets, secret.text);
  return row->expires_at;
}

void Inviting::record(const join_store::Row& row, std::string_view action,
                      const std::vector<join_store::Target>& targets) {
  unit_.record({.action = action,
                .organization = unit_.view().platform(),
                .target_kind = "invitation",
                .target = row.id,
                .before = {},
                .after = described(row.email, targets),
                .facts = {}});
}

void Inviting::add(const join_store::Row& row, const std::vector<join_store::Target>& targets) {
  // Table by table: rows of one go to the store together.
  for (const auto& target : targets) join_store::add_target(unit_.tx(), row.id, target);
  for (const auto& target : targets) join_rules::record(unit_, row, target, "invitation.offered");
}

std::set<std::string> Inviting::names_of(const std::vector<join_store::Target>& targets) {
  std::vector<OrganizationNo> unknown;
  for (const auto& target : targets) {
    if (names_.try_emplace(target.organization).second) unknown.push_back(target.organization);
  }
  for (auto& [no, name] : join_store::names(unit_.tx(), unknown)) names_[no] = std::move(name);
  std::set<std::string> names;
  for (const auto& target : targets) names.insert(names_[target.organization]);
  return names;
}

void Inviting::mail(const join_store::Row& row, const std::vector<join_store::Target>& targets,
                    const std::string& token) {
  const auto names = names_of(targets);
  std::string listed;
  for (const auto& name : names) listed += (listed.empty() ? "" : ", ") + name;
  std::string signs_in_at;
  if (const auto& id = row.identity_provider) {
    const auto at = provider(id->to_string(), [&] { return IdentityProviders::find(unit_.tx(), *id); });
    if (at) signs_in_at = at->name;
  }
  if (!inviter_name_) { inviter_name_ = rules::inviter_name(unit_.tx(), rules::inviter_user(unit_.view(), row)); }
  mails_.enqueue(unit_, {row.email,
                         "invitation_to_join",
                         row.locale,
                         {{"inviter_person", *inviter_name_},
                          {"platform_url", rules_.public_url},
                          {"organizations", listed},
                          {"organization_count", std::to_string(names.size())},
                          {"activate_link", rules_.public_url + "/invitations/accept#token=" + token},
                          {"reject_link", rules_.public_url + "/invitations/reject#token=" + token},
                          {"expires_on", row.expires_at.to_string().substr(0, 10)},
                          {"identity_provider", signs_in_at}}});
}

void Inviting::expect(std::span<const InvitedPerson> people) {
  std::vector<std::string> keys;
  for (const auto& person : people) {
    if (user_rules::check_email(person.email)) keys.push_back(text::email_key(person.email));
  }
  invitees_.ask(unit_, inviter_, keys);
  if (asked_ != nullptr) invitees_.ask_offers(unit_);
}

// Of whom the caller sees nothing, nothing is told but that there is somebody.
bool Inviting::sees(const Invitees::Known& known) const {
  const auto& view = unit_.view();
  return known.open || may_see(view, *asked_, known.user->no) ||
         std::any_of(known.offered.begin(), known.offered.end(),
                     [&](OrganizationNo at) { return join_rules::sees(view, *asked_, at); });
}

std::optional<InvitedUser> Inviting::invite(const InvitedPerson& person, const std::vector<std::string>& common,
                                            const std::string& path) {
  const auto faults_before = faults();
  const auto key = text::email_key(person.email);
  const bool is_address = check_email(person, path);
  if (is_address && invitees_.may_move()) invitees_.ask(unit_, inviter_, {key});
  check_names(person, path);
  Checked checked;
  checked.known = &invitees_.of(key);
  checked.user = checked.known->user;
  checked.role = check_group(person, path);
  checked.identity_provider = check_provider(person, checked.user, path);
  check_places(person, common, path, checked);
  if (faults() != faults_before) return std::nullopt;

  const bool is_new = !checked.user.has_value();
  if (is_new) checked.user = make(person, path);
  if (!checked.user) return std::nullopt;
  const auto& user = *checked.user;
  InvitedUser invited{user.id, user.email, user.status, {}, {}, is_new};
  for (const auto* place : checked.places) invited.organizations.push_back(place->id);
  invited.is_hidden = asked_ != nullptr && !is_new && !sees(*checked.known);
  if (user.status == UserStatus::kNew) {
    invited.expires_at = offer(user, checked, path);
    if (!invited.expires_at) return std::nullopt;
  } else {
    std::vector<OrganizationNo> organizations;
    for (const auto* place : checked.places) organizations.push_back(place->permit->organization());
    membership_making::put(unit_, user.no, user.id, organizations, {checked.role});
  }
  return invited;
}

}  // namespace gatehouse::domain
