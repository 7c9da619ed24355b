// What somebody may be invited with: the checks of one person of a batch, each fault by its path.
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "domain/identity_providers/identity_provider_rules.hpp"
#include "domain/invitations/inviting.hpp"

namespace gatehouse::domain {

using access::Action;
using access::Policy;

Inviting::Place& Inviting::place(const std::string& id) {
  const auto parsed = OrganizationId::parse(id);
  // However it is written, it is one.
  const auto [at, is_new] = places_.try_emplace(parsed ? parsed->to_string() : id);
  auto& place = at->second;
  if (!is_new) return place;
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

bool Inviting::check_email(const InvitedPerson& person, const std::string& path) {
  if (person.email.empty()) {
    fault(path + "email", "is required");
    return false;
  }
  if (const auto valid = user_rules::check_email(person.email); !valid) {
    fault(path + "email", valid.error().fields.front().message);
    return false;
  }
  const auto [at, is_new] = seen_.try_emplace(text::email_key(person.email), path);
  // The batch has a person once; whoever comes twice was meant twice differently.
  if (!is_new) fault(path + "email", "is in the batch already, at " + at->second.substr(0, at->second.size() - 1));
  return true;
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

std::optional<IdentityProvider> Inviting::provider(const std::string& key,
                                                   FunctionRef<std::optional<IdentityProvider>()> find) {
  const auto known = providers_.find(key);
  return known != providers_.end() ? known->second : providers_.emplace(key, find()).first->second;
}

std::optional<IdentityProviderId> Inviting::check_provider(const InvitedPerson& person, const std::optional<User>& user,
                                                           const std::string& path) {
  if (!person.identity_provider && !person.identity_provider_prefix) return std::nullopt;
  const auto field = path + (person.identity_provider ? "identity_provider_id" : "identity_provider_prefix");
  std::optional<IdentityProvider> found;
  if (person.identity_provider) {
    const auto id = IdentityProviderId::parse(*person.identity_provider);
    if (id) found = provider(id->to_string(), [&] { return IdentityProviders::find(unit_.tx(), *id); });
    if (found && person.identity_provider_prefix &&
        text::ascii_lower(found->prefix) != text::ascii_lower(*person.identity_provider_prefix)) {
      fault(path + "identity_provider_prefix", "is another identity provider's");
    }
  } else {
    const auto prefix = text::ascii_lower(*person.identity_provider_prefix);
    // What can be nobody's is not asked for.
    if (identity_provider_rules::is_prefix(prefix)) {
      found = provider(prefix, [&] { return IdentityProviders::find_by_prefix(unit_.tx(), prefix); });
    }
  }
  if (!found) {
    fault(field, "is no identity provider");
    return std::nullopt;
  }
  if (!found->enabled) fault(field, "is disabled");
  // How somebody signs in is not for whoever invites him again; where it is open still, the invitation that is accepted decides.
  const bool decided = user && (user->status != UserStatus::kNew || user->identity_provider);
  if (decided && user->identity_provider != found->id) { fault(field, "is not where this account signs in"); }
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

}  // namespace gatehouse::domain
