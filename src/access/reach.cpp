// What a principal may know of: where it holds organizations.view, and singly the organizations it is a member of, the
// customers of its agencies, and a token's own; a client what its owner may, of its own organization. The platform is known only to those who hold the
// permission there.
#include <algorithm>

#include "access/decision.hpp"

namespace gatehouse::access {
namespace {

void make_set(std::vector<OrganizationNo>& organizations) {
  std::sort(organizations.begin(), organizations.end());
  organizations.erase(std::unique(organizations.begin(), organizations.end()), organizations.end());
}

// Is one of the (sorted) trees the organization's, or an ancestor's?
bool covered(const View& view, const std::vector<OrganizationNo>& trees, OrganizationNo from) {
  int steps = 0;
  for (auto at = from; at && steps < kMaxSteps; at = view.parent(at), ++steps) {
    if (std::binary_search(trees.begin(), trees.end(), at)) return true;
  }
  return false;
}

}  // namespace

// Calls use(agency membership's connection) for every connection of every agency that the user is a member of.
template <class Use>
void Decision::each_customer(const UserBlock& user, Use&& use) const {
  if (side.outgoing_.empty()) return;
  for (const auto& entry : user) {
    if (!entry.member()) continue;
    const auto outgoing = side.outgoing_.find(entry.organization);
    if (outgoing == side.outgoing_.end()) continue;
    for (const auto& connection : outgoing->second) use(connection);
  }
}

std::vector<OrganizationNo> Decision::trees(const Holder& holder, PermissionNo permission) const {
  if (holder.is_bounded() && allows(holder, permission, holder.within)) return {holder.within};
  if (holder.user == nullptr || (holder.allowed != nullptr && !holder.allowed->contains(permission))) return {};
  std::vector<OrganizationNo> held;
  const auto add = [&](OrganizationNo no, std::uint32_t roleset) {
    if (carries(roleset, permission) && bears_on(holder, no)) held.push_back(no);
  };
  for (const auto& entry : *holder.user) add({entry.organization}, entry.roleset());
  each_customer(*holder.user, [&](const Connection& connection) { add(connection.customer, connection.roleset); });
  make_set(held);
  std::vector<OrganizationNo> roots;
  std::copy_if(held.begin(), held.end(), std::back_inserter(roots),
               [&](OrganizationNo no) { return !covered(side, held, side.parent(no)); });
  return roots;
}

// A client knows of its organization as long as its owner does, whatever its scopes leave it to do there.
bool Decision::owner_views(const Holder& holder, OrganizationNo organization) const {
  if (holder.allowed == nullptr) return false;
  Holder owner = holder;
  owner.allowed = nullptr;
  return allows(owner, permission::kOrganizationsView, organization);
}

std::vector<OrganizationNo> Decision::singles(const Holder& holder, const std::vector<OrganizationNo>& trees) const {
  std::vector<OrganizationNo> found;
  if (holder.user == nullptr || owner_views(holder, holder.within)) {
    found.push_back(holder.within);  // an API token's own organization, or one that the client's owner sees
  } else {
    for (const auto& entry : *holder.user) {
      if (entry.member()) found.push_back({entry.organization});
    }
    each_customer(*holder.user, [&](const Connection& connection) { found.push_back(connection.customer); });
  }
  make_set(found);
  std::erase_if(found, [&](OrganizationNo no) {
    const bool outside = holder.is_bounded() && no != holder.within;
    return outside || !side.there(no) || no == side.platform() || covered(side, trees, no);
  });
  return found;
}

Scope Decision::scope(const Principal& who, PermissionNo permission, bool with_singles, Timestamp now) const {
  Scope found;
  const auto held_by = holder(who, now);
  if (!held_by.stands()) return found;
  if (who.kind == Principal::Kind::kUser) found.self = who.user;
  if (held_by.is_system()) {
    found.everything = true;
    return found;
  }
  found.trees = trees(held_by, permission);
  if (!held_by.is_bounded() && found.trees == std::vector{side.platform()}) {
    found.everything = true;
    found.trees.clear();
  } else if (with_singles) {
    found.singles = singles(held_by, found.trees);
  }
  return found;
}

bool View::reaches(const Principal& who, OrganizationNo organization, Timestamp now) const {
  const Decision decision(*this);
  const auto holder = decision.holder(who, now);
  if (!decision.bears_on(holder, organization)) return false;
  if (decision.allows(holder, permission::kOrganizationsView, organization)) return true;
  if (organization == platform()) return false;
  if (holder.is_bounded() && organization != holder.within) return false;
  if (holder.user == nullptr) return true;  // an API token's own organization
  if (decision.owner_views(holder, organization)) return true;
  if (Decision::is_member(*holder.user, organization)) return true;
  const auto& incoming = decision.side.incoming(organization);
  return std::any_of(incoming.begin(), incoming.end(), [&](const Connection& connection) {
    return Decision::is_member(*holder.user, connection.agency);
  });
}

Scope View::scope(const Principal& who, Timestamp now) const {
  return Decision(*this).scope(who, permission::kOrganizationsView, true, now);
}

Scope View::scope(const Principal& who, PermissionNo permission, Timestamp now) const {
  return Decision(*this).scope(who, permission, false, now);
}

}  // namespace gatehouse::access
