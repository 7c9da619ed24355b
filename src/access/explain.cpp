// Why, or what would have been enough. The long way round: it may allocate, and is asked one decision at a time.
#include <algorithm>
#include <array>
#include <utility>

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

  // Nearest first: the organization and what is above it.
  [[nodiscard]] bool direct(const UserBlock& user, OrganizationNo from, Explanation& out) const {
    for (auto [at, step] = std::pair(from, 0); step < kMaxSteps && view.organization_id(at);
         at = view.parent(at), ++step) {
      const auto* entry = user.find(at.value);
      if (entry == nullptr || !decision.carries(entry->roleset(), permission)) continue;
      out.role = heaviest(entry->roleset());
      out.held_at = at;
      out.via = Via::kDirect;
      return true;
    }
    return false;
  }

  [[nodiscard]] bool connected(const UserBlock& user, OrganizationNo from, Explanation& out) const {
    for (auto [at, step] = std::pair(from, 0); step < kMaxSteps && view.organization_id(at);
         at = view.parent(at), ++step) {
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
    // Lightest first, then by name. The few are kept in order as they are met, because every refusal asks for them.
    constexpr std::size_t kMost = 5;
    std::array<const View::RoleEntry*, kMost> entries{};
    std::array<RoleNo, kMost> numbers{};
    std::size_t count = 0;
    decision.each_role([&](RoleNo no, const View::RoleEntry& role) {
      if (!role.permissions.contains(permission)) return;
      auto at = count;
      for (; at > 0; --at) {
        const auto& other = *entries[at - 1];
        if (other.weight != role.weight ? other.weight < role.weight : other.name < role.name) break;
        if (at == kMost) continue;
        entries[at] = entries[at - 1];
        numbers[at] = numbers[at - 1];
      }
      if (at == kMost) return;
      entries[at] = &role;
      numbers[at] = no;
      count = std::min(count + 1, kMost);
    });
    return {numbers.begin(), numbers.begin() + count};
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
    if (!why.direct(*holder.user, organization, out)) (void)why.connected(*holder.user, organization, out);
    if (holder.kind == Principal::Kind::kClient) out.via = Via::kClient;
  }
  return out;
}

}  // namespace gatehouse::access
