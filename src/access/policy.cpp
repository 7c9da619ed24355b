#include "access/policy.hpp"

#include <algorithm>
#include <stdexcept>

namespace gatehouse::access {
namespace {

bool is_system(const Principal& who) { return who.kind == Principal::Kind::kSystem; }

Error no_organization() { return not_found("organization.not_found", "There is no such organization."); }

Error lacking(const Permissions& names, PermissionNo permission, std::string_view where) {
  return forbidden("access.forbidden",
                   "You need the permission " + std::string(names.name(permission)) + " " + std::string(where) + ".");
}

// The one question behind every permit. `at` is 0 when no organization was named.
Result<void> check(const View& view, const Permissions& names, Action action, const Principal& who, OrganizationNo at,
                   Timestamp now) {
  if (!view.stands(who, now)) {
    return Error{ErrorKind::kUnauthenticated, "auth.token_invalid", "The token is not valid, or no longer is."};
  }
  const auto& asked = rule(action);
  const bool at_organization = asked.needs == Needs::kPermission || asked.needs == Needs::kReach;
  if ((at || at_organization) && !view.reaches(who, at, now)) return no_organization();
  if ((asked.person || asked.needs == Needs::kPerson) && !is_system(who) &&
      (who.kind != Principal::Kind::kUser || who.session.is_nil())) {
    return forbidden("access.person_needed", "Only a signed-in person can do this.");
  }
  switch (asked.needs) {
    case Needs::kPermission:
      for (const auto permission : {asked.permission, asked.also}) {
        if (!view.allows(who, permission, at, now)) return lacking(names, permission, "in this organization");
      }
      break;
    case Needs::kPlatform:
      if (!view.allows(who, asked.permission, view.platform(), now) && !is_system(who)) {
        return lacking(names, asked.permission, "on the platform");
      }
      break;
    case Needs::kPerson:
    case Needs::kReach:
    case Needs::kPrincipal: break;
  }
  return {};
}

// Names for a refusal, at most ten of them.
std::string listed(const Permissions& names, const PermissionSet& set) {
  std::string text;
  const auto all = set.list();
  for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 10); ++i) {
    if (i != 0) text += ", ";
    text += names.name(all[i]);
  }
  if (all.size() > 10) text += " and " + std::to_string(all.size() - 10) + " more";
  return text;
}

// What a principal may give in one organization.
struct Ceiling {
  PermissionSet permissions;
  std::int32_t weight;

  Ceiling(const View& view, const Principal& who, OrganizationNo at, Timestamp now)
      : permissions(view.effective(who, at, now)), weight(view.weight(who, at, now)) {}
  [[nodiscard]] bool covers(const View::RoleEntry& role) const {
    return role.weight <= weight && permissions.includes(role.permissions);
  }
};

// The heaviest that the user holds there, whether or not it is active: to deactivate someone first must not lower its
// rank.
std::int32_t rank(const View& view, UserNo user, const std::vector<OrganizationNo>& path) {
  auto heaviest = INT32_MIN;
  const auto add = [&](const std::vector<RoleNo>& roles) {
    for (const auto no : roles) heaviest = std::max(heaviest, view.role(no)->weight);
  };
  for (const auto at : path) {
    add(view.direct_roles(user, at));
    for (const auto& connection : view.connections_of_member(user, at)) add(connection.roles);
  }
  return heaviest;
}

std::vector<OrganizationNo> path_up(const View& view, OrganizationNo at) {
  std::vector<OrganizationNo> path;
  for (auto depth = view.depth(at); depth >= 0; --depth, at = view.parent(at)) path.push_back(at);
  return path;
}

// The agencies of the caller that are connected with the organization or one above it.
std::vector<OrganizationNo> agencies_of(const View& view, const Principal& who, OrganizationNo at) {
  std::vector<OrganizationNo> agencies;
  if (!who.user) return agencies;
  for (const auto organization : path_up(view, at)) {
    for (const auto& connection : view.connections_of_member(who.user, organization)) {
      agencies.push_back(connection.agency);
    }
  }
  return agencies;
}

// What the caller holds there by grants of its own, without what connections carry.
Ceiling own_ceiling(const View& view, const Principal& who, OrganizationNo at, Timestamp now) {
  Ceiling own(view, who, at, now);
  if (!who.user) return own;  // an API token's roles are its own
  PermissionSet held;
  auto heaviest = INT32_MIN;
  for (const auto organization : path_up(view, at)) {
    for (const auto no : view.direct_roles(who.user, organization)) {
      held |= view.role(no)->permissions;
      heaviest = std::max(heaviest, view.role(no)->weight);
    }
  }
  own.permissions &= held;  // a client's are narrower than its owner's
  own.weight = std::min(own.weight, heaviest);
  return own;
}

// Who holds one of these can give to others.
const PermissionSet& giving() {
  static const PermissionSet set = [] {
    PermissionSet all;
    for (const auto one : {permission::kUsersEdit, permission::kUsersAdd, permission::kUsersRemove,
                           permission::kMembershipsEdit, permission::kInvitationsEdit, permission::kConnectionsEdit}) {
      all.insert(one);
    }
    return all;
  }();
  return set;
}

bool can_give(const View& view, const std::vector<RoleNo>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](RoleNo no) {
    const auto* role = view.role(no);
    if (role == nullptr) return false;
    auto held = role->permissions;
    return !(held &= giving()).empty();
  });
}

PermissionSet needed_by(Action action) {
  PermissionSet needed;
  needed.insert(rule(action).permission);
  needed.insert(rule(action).also);
  return needed;
}

Result<void> check_lasting(const View& view, const Pass& pass, OrganizationNo at, const std::vector<RoleNo>& roles,
                           const PermissionSet& needed) {
  const auto own = own_ceiling(view, pass.principal(), at, pass.now());
  const bool covered = own.permissions.includes(needed) && std::all_of(roles.begin(), roles.end(), [&](RoleNo no) {
                         const auto* role = view.role(no);
                         return role != nullptr && own.covers(*role);
                       });
  if (covered) return {};
  return forbidden("access.through_agency",
                   "You hold this through an agency's connection; nothing that would outlast it can be given by it.");
}

}  // namespace

Result<Pass> Policy::ask(Action action, const Principal& who, const OrganizationId& at, Timestamp now) const {
  Pass pass;
  Result<void> answer;
  graph_.read([&](const View& view) {
    pass.organization_ = view.find_organization(at);
    if (!pass.organization_ && view.stands(who, now)) {
      answer = no_organization();
    } else {
      answer = check(view, graph_.permissions(), action, who, pass.organization_, now);
    }
  });
  if (!answer) return std::move(answer).error();
  pass.principal_ = who;
  pass.action_ = action;
  pass.now_ = now;
  return pass;
}

Result<Pass> Policy::ask(Action action, const Principal& who, Timestamp now) const {
  const auto needs = rule(action).needs;
  if (needs == Needs::kPermission || needs == Needs::kReach) {
    throw std::logic_error("policy: " + std::string(rule(action).name) + " is asked at an organization");
  }
  Pass pass;
  Result<void> answer;
  graph_.read([&](const View& view) {
    answer = check(view, graph_.permissions(), action, who, {}, now);
    if (needs == Needs::kPlatform) pass.organization_ = view.platform();
  });
  if (!answer) return std::move(answer).error();
  pass.principal_ = who;
  pass.action_ = action;
  pass.now_ = now;
  return pass;
}

Result<Pass> Policy::ask_at_active(Action action, const Principal& who, Timestamp now) const {
  const auto needs = rule(action).needs;
  if (needs != Needs::kPermission && needs != Needs::kReach) return ask(action, who, now);
  Result<void> answer;
  graph_.read([&](const View& view) {
    const bool somewhere = who.active && view.reaches(who, who.active, now);
    if (!somewhere && view.stands(who, now)) {
      answer = forbidden("access.no_active_organization", "You have no active organization: switch to one first.");
    } else {
      answer = check(view, graph_.permissions(), action, who, who.active, now);
    }
  });
  if (!answer) return std::move(answer).error();
  Pass pass;
  pass.principal_ = who;
  pass.organization_ = who.active;
  pass.action_ = action;
  pass.now_ = now;
  return pass;
}

Result<Pass> Policy::ask_in(const View& view, const Permissions& names, Action action, const Principal& who,
                            OrganizationNo at, Timestamp now) {
  if (view.stands(who, now) && !view.reaches(who, at, now)) {
    return forbidden("access.out_of_reach", "This organization is not within your reach.");
  }
  TRY(check(view, names, action, who, at, now));
  Pass pass;
  pass.principal_ = who;
  pass.organization_ = at;
  pass.action_ = action;
  pass.now_ = now;
  return pass;
}

Pass Policy::as_system(Action action, OrganizationNo at, Timestamp now) {
  Pass pass;
  pass.principal_ = Principal::system();
  pass.organization_ = at;
  pass.action_ = action;
  pass.now_ = now;
  return pass;
}

Result<void> Policy::again(const View& view, const Permissions& names, const Pass& pass) {
  // A platform action was asked of the platform as such, which its holder need not reach by name.
  const auto at = rule(pass.action()).needs == Needs::kPlatform ? OrganizationNo() : pass.organization();
  return check(view, names, pass.action(), pass.principal(), at, pass.now());
}

Result<void> Policy::still(const Pass& pass) const {
  Result<void> answer;
  graph_.read([&](const View& view) { answer = again(view, graph_.permissions(), pass); });
  return answer;
}

Result<void> Policy::may_assign(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                                const std::vector<RoleNo>& roles) {
  const Ceiling ceiling(view, pass.principal(), at, pass.now());
  PermissionSet missing;
  const View::RoleEntry* too_heavy = nullptr;
  for (const auto no : roles) {
    const auto* role = view.role(no);
    if (role == nullptr) return invalid("role.unknown", "There is no such role.");
    auto lacked = role->permissions;
    missing |= (lacked -= ceiling.permissions);
    if (role->weight > ceiling.weight && too_heavy == nullptr) too_heavy = role;
  }
  if (is_system(pass.principal())) return {};
  if (!missing.empty()) {
    return forbidden("access.ceiling",
                     "You do not hold what these roles carry in this organization: " + listed(names, missing) + ".");
  }
  if (too_heavy != nullptr) {
    return forbidden("access.ceiling",
                     "The role " + too_heavy->name + " outweighs every role you hold in this organization.");
  }
  return {};
}

Result<void> Policy::may_touch(const View& view, const Pass& pass, OrganizationNo at, UserNo target) {
  const auto& who = pass.principal();
  if (is_system(who) || (who.kind == Principal::Kind::kUser && who.user == target)) return {};
  const Ceiling ceiling(view, pass.principal(), at, pass.now());
  const auto path = path_up(view, at);
  bool outranked = rank(view, target, path) > ceiling.weight;
  for (const auto organization : path) {
    for (const auto no : view.direct_roles(target, organization)) outranked |= !ceiling.covers(*view.role(no));
  }
  if (!outranked && !agencies_of(view, who, at).empty()) {
    // An agency does not unseat those who gave it its roles.
    std::vector<RoleNo> roles;
    for (const auto organization : path) {
      const auto held = view.direct_roles(target, organization);
      roles.insert(roles.end(), held.begin(), held.end());
    }
    if (can_give(view, roles)) return check_lasting(view, pass, at, {}, needed_by(pass.action()));
  }
  if (outranked)
    return forbidden("access.outranked", "That user holds roles in this organization that you may not give.");
  return {};
}

Result<void> Policy::acts_in_own_right(const View& view, const Pass& pass, OrganizationNo at,
                                       const std::vector<RoleNo>& roles) {
  if (agencies_of(view, pass.principal(), at).empty()) return {};
  return check_lasting(view, pass, at, roles, needed_by(pass.action()));
}

PermissionSet Policy::needed(const Pass& pass) { return needed_by(pass.action()); }

bool Policy::holds_of_its_own(const View& view, const Principal& who, PermissionNo permission, OrganizationNo at,
                              Timestamp now) {
  return view.allows(who, permission, at, now) &&
         (agencies_of(view, who, at).empty() || own_ceiling(view, who, at, now).permissions.contains(permission));
}

Result<void> Policy::may_take(const View& view, const Pass& pass, OrganizationNo at, const std::vector<RoleNo>& roles) {
  return can_give(view, roles) ? acts_in_own_right(view, pass, at) : Result<void>();
}

Result<void> Policy::may_admit(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                               UserNo target, const std::vector<RoleNo>& roles) {
  if (!view.is_member(target, at)) {
    // Members hold what the connections of their organization carry: who lets somebody in gives that.
    for (const auto& connection : view.connections_of_agency(at)) {
      if (!connection.roles.empty()) TRY(may_assign(view, names, pass, connection.customer, connection.roles));
    }
  }
  return may_give_through(view, pass, at, target, roles, needed_by(pass.action()));
}

Result<void> Policy::may_give(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                              UserNo target, const std::vector<RoleNo>& roles) {
  if (view.is_member(target, at)) TRY(may_touch(view, pass, at, target));
  TRY(may_admit(view, names, pass, at, target, roles));
  return may_assign(view, names, pass, at, roles);
}

Result<void> Policy::may_give_through(const View& view, const Pass& pass, OrganizationNo at, UserNo target,
                                      const std::vector<RoleNo>& roles, const PermissionSet& needed) {
  const auto agencies = agencies_of(view, pass.principal(), at);
  if (agencies.empty()) return {};
  const bool is_theirs = std::any_of(agencies.begin(), agencies.end(),
                                     [&](OrganizationNo agency) { return view.is_member(target, agency); });
  return is_theirs || can_give(view, roles) ? check_lasting(view, pass, at, roles, needed) : Result<void>();
}

Result<void> Policy::may_touch_account(const View& view, const Pass& pass, UserNo target) {
  TRY(may_touch(view, pass, view.platform(), target));
  for (const auto& holding : view.holdings(target)) TRY(may_touch(view, pass, holding.organization, target));
  return {};
}

}  // namespace gatehouse::access
