#include "domain/invitations/inviting.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "crypto/opaque_token.hpp"
#include "domain/invitations/invitation_rules.hpp"
#include "domain/invitations/join_rules.hpp"
#include "domain/organizations/organizations.hpp"

namespace gatehouse::domain {
namespace {

namespace rules = invitation_rules;
using access::Action;
using access::Policy;

constexpr std::int64_t kDay_s = 86'400;

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

Inviting::Place& Inviting::place(const std::string& id) {
  const auto [at, is_new] = places_.try_emplace(id);
  auto& place = at->second;
  if (!is_new) return place;
  const auto parsed = OrganizationId::parse(id);
  const auto no = parsed ? unit_.view().find_organization(*parsed) : OrganizationNo();
  if (!no) {
    place.unknown = true;
    place.why_not = "is no organization";
    return place;
  }
  place.id = *parsed;
  auto permit = Policy::permit_in<Action::kUserAdd>(unit_.view(), unit_.permissions(), inviter_, no, unit_.now());
  if (permit) {
    place.permit = *permit;
  } else {
    place.why_not = permit.error().detail;
  }
  return place;
}

void Inviting::check_email(const InvitedPerson& person, const std::string& path) {
  if (person.email.empty()) return fault(path + "email", "is required");
  if (const auto valid = user_rules::check_email(person.email); !valid) {
    return fault(path + "email", valid.error().fields.front().message);
  }
  const auto [at, is_new] = seen_.try_emplace(text::email_key(person.email), path);
  // The batch has a person once; whoever comes twice was meant twice differently.
  if (!is_new) fault(path + "email", "is in the batch already, at " + at->second.substr(0, at->second.size() - 1));
}

void Inviting::check_names(const InvitedPerson& person, const std::string& path) {
  for (const auto& [given, field] :
       {std::pair(&person.first_name, "first_name"), std::pair(&person.last_name, "last_name")}) {
    if (const auto name = user_rules::person_name(*given, field); !name) {
      fault(path + field, name.error().fields.front().message);
    }
  }
}

RoleNo Inviting::check_group(const InvitedPerson& person, const std::string& path) {
  if (person.group.empty()) {
    fault(path + "group_id", "is required");
    return {};
  }
  const auto id = RoleId::parse(person.group);
  const auto role = id ? unit_.view().find_role(*id) : RoleNo();
  if (!role) fault(path + "group_id", "is no group");
  return role;
}

std::optional<IdentityProviderId> Inviting::check_provider(const InvitedPerson& person, const std::optional<User>& user,
                                                           const std::string& path) {
  if (!person.identity_provider && !person.identity_provider_prefix) return std::nullopt;
  const auto field = path + (person.identity_provider ? "identity_provider_id" : "identity_provider_prefix");
  std::optional<IdentityProvider> found;
  if (person.identity_provider) {
    const auto id = IdentityProviderId::parse(*person.identity_provider);
    if (id) found = IdentityProviders::find(unit_.tx(), *id);
    if (found && person.identity_provider_prefix &&
        text::ascii_lower(found->prefix) != text::ascii_lower(*person.identity_provider_prefix)) {
      fault(path + "identity_provider_prefix", "is another identity provider's");
    }
  } else {
    found = IdentityProviders::find_by_prefix(unit_.tx(), *person.identity_provider_prefix);
  }
  if (!found) {
    fault(field, "is no identity provider");
    return std::nullopt;
  }
  if (!found->enabled) fault(field, "is disabled");
  // How somebody signs in is not for whoever invites him again; of a new account the invitation that is accepted decides.
  if (user && user->status != UserStatus::kNew && user->identity_provider != found->id) {
    fault(field, "is not where this account signs in");
  }
  return found->id;
}

void Inviting::check_places(const InvitedPerson& person, const std::vector<std::string>& common,
                            const std::string& path, Checked& checked) {
  const bool own = person.organizations && !person.organizations->empty();
  const auto& ids = own ? *person.organizations : common;
  const std::string field = own ? path + "organization_ids" : "organization_ids";
  if (ids.empty()) return fault(path + "organization_ids", "is required: here, or for the whole batch");
  if (ids.size() > kMaxInvitedOrganizations) return fault(field, "must have at most 100 items");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto& place = this->place(ids[i]);
    const auto at = field + "[" + std::to_string(i) + "]";
    // What is wrong with the batch's own list is said once.
    if (!place.permit) {
      if (own || !std::exchange(place.told, true))
        (place.unknown ? invalid_ : forbidden_).push_back({at, place.why_not});
      continue;
    }
    if (!checked.role) continue;
    const auto may = Policy::may_give(unit_.view(), unit_.permissions(), *place.permit, place.permit->organization(),
                                      checked.user ? checked.user->no : UserNo(), {checked.role});
    if (!may) {
      forbidden_.push_back({path + "group_id", may.error().detail});
    } else if (std::find(checked.places.begin(), checked.places.end(), &place) == checked.places.end()) {
      checked.places.push_back(&place);
    }
  }
}

std::optional<User> Inviting::make(const InvitedPerson& person, const Checked& checked, const std::string& path) {
  NewUser wanted;
  wanted.email = person.email;
  wanted.first_name = person.first_name;
  wanted.last_name = person.last_name;
  wanted.identity_provider = checked.identity_provider;
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
  auto row = join_store::find_open(tx, user.no, rules::kind_of(inviter_), inviter_.id, unit_.now());
  // The mail goes to where the person is today.
  if (row && !text::equal_ignoring_ascii_case(row->email, user.email)) {
    invitation_store::set_rejected(tx, row->id, true, unit_.now());
    row.reset();
  }
  const auto known = row ? join_store::targets(tx, row->id) : std::vector<join_store::Target>();
  std::vector<join_store::Target> added;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(added),
               [&](const auto& target) { return std::find(known.begin(), known.end(), target) == known.end(); });
  // Sent often enough: the last mail stands, for whatever else is offered as well.
  if (row && row->sendings >= kMaxSendings) {
    if (!added.empty()) record(*row, "invitation.extended", wanted);
    add(*row, added);
    return row->expires_at;
  }
  if (!row && join_store::count_since(tx, user.no, unit_.now().plus_s(-kDay_s)) >= kMaxToOneAddress) {
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
    join_store::insert(tx, *row, unit_.view().platform(), crypto::view(secret.digest));
  } else {
    invitation_store::set_sent(tx, *row, crypto::view(secret.digest));
    join_store::set_identity_provider(tx, row->id, row->identity_provider);
  }
  record(*row, is_new ? "invitation.created" : "invitation.resent", wanted);
  add(*row, added);
  Users::set_identity_provider(unit_, user, row->identity_provider);
  mail(*row, secret.text);
  return row->expires_at;
}

void Inviting::record(const join_store::Row& row, std::string_view action,
                      const std::vector<join_store::Target>& targets) {
  unit_.record({.action = action,
                .organization = {},
                .target_kind = "invitation",
                .target = row.id,
                .before = {},
                .after = described(row.email, targets),
                .facts = {}});
}

void Inviting::add(const join_store::Row& row, const std::vector<join_store::Target>& targets) {
  for (const auto& target : targets) {
    join_store::add_target(unit_.tx(), row.id, target);
    join_rules::record(unit_, row, target, "invitation.offered");
  }
}

void Inviting::mail(const join_store::Row& row, const std::string& token) {
  std::vector<std::string> names;
  for (const auto& target : join_store::targets(unit_.tx(), row.id)) {
    auto& name = names_[target.organization];
    if (name.empty()) name = Organizations::name_of(unit_.tx(), target.organization);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  std::string listed;
  for (const auto& name : names) listed += (listed.empty() ? "" : ", ") + name;
  const auto provider =
      row.identity_provider ? IdentityProviders::find(unit_.tx(), *row.identity_provider) : std::nullopt;
  mails_.enqueue(unit_, {row.email,
                         "invitation_to_join",
                         row.locale,
                         {{"inviter_person", rules::inviter_name(unit_.tx(), rules::inviter_user(unit_.view(), row))},
                          {"platform_url", rules_.public_url},
                          {"organizations", listed},
                          {"organization_count", std::to_string(names.size())},
                          {"activate_link", rules_.public_url + "/invitations/accept#token=" + token},
                          {"reject_link", rules_.public_url + "/invitations/reject#token=" + token},
                          {"expires_on", row.expires_at.to_string().substr(0, 10)},
                          {"identity_provider", provider ? provider->name : std::string()}}});
}

std::optional<InvitedUser> Inviting::invite(const InvitedPerson& person, const std::vector<std::string>& common,
                                            const std::string& path) {
  const auto faults_before = faults();
  check_email(person, path);
  check_names(person, path);
  Checked checked;
  checked.user = Users::find_by_email(unit_.tx(), person.email);
  checked.role = check_group(person, path);
  checked.identity_provider = check_provider(person, checked.user, path);
  check_places(person, common, path, checked);
  if (faults() != faults_before) return std::nullopt;

  const bool is_new = !checked.user.has_value();
  if (is_new) checked.user = make(person, checked, path);
  if (!checked.user) return std::nullopt;
  const auto& user = *checked.user;
  InvitedUser invited{user.id, user.email, user.status, {}, {}, is_new};
  for (const auto* place : checked.places) invited.organizations.push_back(place->id);
  if (user.status == UserStatus::kNew) {
    invited.expires_at = offer(user, checked, path);
    if (!invited.expires_at) return std::nullopt;
  } else {
    for (const auto* place : checked.places) {
      Memberships::put(unit_, user.no, place->permit->organization(), {checked.role});
    }
  }
  return invited;
}

}  // namespace gatehouse::domain
