// Why, or what would have been enough. The long way round: it may allocate, and is asked one decision at a time.
#include <algorithm>

#include "access/decision.hpp"

namespace gatehouse::access {
namespace {

struct Why {
  const Decision& decision;
  const View& view;
  PermissionNo permission;

  // The heaviest role of the set that carries the permission; of equals the one made first.
  [[nodiscard]] RoleNo heaviest(std::uint32_t roleset) const {
    RoleNo best;
    for (const auto no : decision.side.roles_of(roleset)) {
      const auto* role = view.role(no);
      if (role == nullptr || !role->permissions.contains(permission)) continue;
      if (!best || role->weight > view.role(best)->weight) best = no;
    }
    return best;
  }

  [[nodiscard]] bool direct(const UserBlock& user, const std::vector<OrganizationNo>& path, Explanation& out) const {
    for (const auto at : path) {
      const auto* entry = user.find(at.value);
      if (entry == nullptr || !decision.carries(entry->roleset(), permission)) continue;
      out.role = heaviest(entry->roleset());
      out.held_at = at;
      out.via = Via::kDirect;
      return true;
    }
    return false;
  }

  [[nodiscard]] bool connected(const UserBlock& user, const std::vector<OrganizationNo>& path, Explanation& out) const {
    for (const auto at : path) {
      for (const auto& connection : view.connections_of_customer(at)) {
        if (!Decision::is_member(user, connection.agency)) continue;
        for (const auto no : connection.roles) {
          const auto* role = view.role(no);
          if (!role->permissions.contains(permission) || (out.role && role->weight <= view.role(out.role)->weight))
            continue;
          out.role = no;
          out.connection = connection.id;
          out.agency = connection.agency;
        }
      }
      if (!out.role) continue;
      out.held_at = at;
      out.via = Via::kConnection;
      return true;
    }
    return false;
  }

  [[nodiscard]] std::vector<RoleNo> enough() const {
    auto carriers = view.roles();
    std::erase_if(carriers, [&](RoleNo no) { return !view.role(no)->permissions.contains(permission); });
    std::stable_sort(carriers.begin(), carriers.end(),
                     [&](RoleNo a, RoleNo b) { return view.role(a)->weight < view.role(b)->weight; });
    if (carriers.size() > 5) carriers.resize(5);
    return carriers;
  }
};

std::string_view why_not(const View& view, const Holder& holder, PermissionNo permission, OrganizationNo organization) {
  switch (holder.standing) {
    case Holder::Standing::kUnknown: return "subject_unknown";
    case Holder::Standing::kInactive: return "subject_inactive";
    case Holder::Standing::kExpired: return "expired";
    case Holder::Standing::kStands: break;
  }
  if (!view.organization_id(organization)) return "organization_unknown";
  if (holder.is_bounded() && !view.is_within(organization, holder.within)) return "outside";
  if (holder.allowed != nullptr && !holder.allowed->contains(permission)) return "scope";
  return "not_held";
}

}  // namespace

Explanation View::explain(const Principal& who, PermissionNo permission, OrganizationNo organization,
                          Timestamp now) const {
  const Decision decision(*this);
  const auto holder = decision.holder(who, now);
  const Why why{decision, *this, permission};
  Explanation out;
  out.allowed = decision.allows(holder, permission, organization);
  if (!out.allowed) {
    out.why_not = why_not(*this, holder, permission, organization);
    out.enough = why.enough();
  } else if (holder.is_system()) {
    out.via = Via::kSystem;
  } else if (holder.user == nullptr) {
    out.via = Via::kApiToken;
    out.role = why.heaviest(holder.roleset);
    out.held_at = holder.within;
  } else {
    std::vector<OrganizationNo> path;
    for (auto at = organization; path.size() < kMaxSteps && organization_id(at); at = parent(at)) path.push_back(at);
    if (!why.direct(*holder.user, path, out)) (void)why.connected(*holder.user, path, out);
    if (holder.kind == Principal::Kind::kClient) out.via = Via::kClient;
  }
  return out;
}

}  // namespace gatehouse::access
