// How a decision is reached on one side: who the principal stands for, and every grant that bears on an organization.
// The one place that walks rule 1; allows, effective, weight, explain, reaches and scope are all asked of it.
#pragma once

#include <array>
#include <bit>

#include "access/side.hpp"

namespace gatehouse::access {

// The principal made out: whose holdings count, and what narrows them.
struct Holder {
  enum class Standing : std::uint8_t { kStands, kUnknown, kInactive, kExpired };

  Standing standing = Standing::kUnknown;
  Principal::Kind kind = Principal::Kind::kNobody;
  const UserBlock* user = nullptr;         // kUser; kClient: its owner
  const PermissionSet* allowed = nullptr;  // kClient: by its scopes
  OrganizationNo within;                   // kClient, kApiToken: nothing outside its tree
  std::uint32_t roleset = 0;               // kApiToken

  [[nodiscard]] bool stands() const { return standing == Standing::kStands; }
  [[nodiscard]] bool is_system() const { return kind == Principal::Kind::kSystem; }
  [[nodiscard]] bool is_bounded() const {
    return kind == Principal::Kind::kClient || kind == Principal::Kind::kApiToken;
  }
};

struct Decision {
  explicit Decision(const View& view) : side(Side::of(view)) {}

  const Side& side;

  [[nodiscard]] Holder holder(const Principal& who, Timestamp now) const;
  [[nodiscard]] Holder user(const Principal& who, Timestamp now) const;

  // Does the holder's permission reach into the organization at all, whatever it holds there?
  [[nodiscard]] bool bears_on(const Holder& holder, OrganizationNo organization) const {
    return holder.stands() && side.there(organization) &&
           (!holder.is_bounded() || side.is_within(organization, holder.within));
  }
  [[nodiscard]] bool allows(const Holder& holder, PermissionNo permission, OrganizationNo organization) const;
  [[nodiscard]] const PermissionSet& permissions(std::uint32_t roleset) const {
    return side.roleset_permissions_[roleset];
  }
  [[nodiscard]] bool carries(std::uint32_t roleset, PermissionNo permission) const {
    return side.roleset_permissions_[roleset].contains(permission);
  }
  [[nodiscard]] std::int32_t weight(std::uint32_t roleset) const { return side.rolesets_[roleset].weight; }
  [[nodiscard]] static bool is_member(const UserBlock& user, OrganizationNo organization) {
    const auto* entry = user.find(organization.value);
    return entry != nullptr && entry->member();
  }

  template <class Use>
  void each_role(Use&& use) const {
    for (std::uint32_t no = 0; no < side.roles_.size(); ++no) {
      if (side.roles_[no]) use(RoleNo{no}, *side.roles_[no]);
    }
  }

  // For lists (reach.cpp): the roots of where it is held, what is reached besides, and both as the caller sees them.
  [[nodiscard]] std::vector<OrganizationNo> trees(const Holder& holder, PermissionNo permission) const;
  [[nodiscard]] bool owner_views(const Holder& holder, OrganizationNo organization) const;
  [[nodiscard]] std::vector<OrganizationNo> singles(const Holder& holder,
                                                    const std::vector<OrganizationNo>& trees) const;
  [[nodiscard]] Scope scope(const Principal& who, PermissionNo permission, bool with_singles, Timestamp now) const;
  template <class Use>
  void each_customer(const UserBlock& user, Use&& use) const;

  // Every roleset that the user holds in the organization, directly or through a connection, in no order, until
  // `use(roleset)` answers true; whether it did.
  template <class Use>
  bool any_grant(const UserBlock& user, OrganizationNo organization, Use&& use) const {
    const Path path(side, organization);
    if (any_direct(user, path, use)) return true;
    return path.connected && any_connected(user, path, use);
  }
  // The same for one permission, which is the question that counts.
  [[nodiscard]] bool any_carries(const UserBlock& user, PermissionNo permission, OrganizationNo organization) const {
    const Path path(side, organization);
    const auto carrying = [&](std::uint32_t roleset) { return carries(roleset, permission); };
    if (user.count() > kFew ? any_direct(user, path, carrying) : any_of_few(user, path, permission)) return true;
    return path.connected && any_connected(user, path, carrying);
  }

 private:
  struct Path {
    std::uint32_t size = 0;
    bool connected = false;  // a connection may lead into one of them
    std::uint64_t bits = 0;  // a set that may hold more than is in the path
    std::array<std::uint32_t, kMaxSteps> organizations;

    Path(const Side& side, OrganizationNo from) {
      side.walk_up(from, [&](OrganizationNo no) {
        organizations[size++] = no.value;
        bits |= 1ULL << (no.value & 63U);
        connected |= side.nodes_[no.value].incoming != 0;
        return true;
      });
    }
    [[nodiscard]] std::uint64_t may_contain(std::uint32_t no) const { return (bits >> (no & 63U)) & 1U; }
    [[nodiscard]] bool contains(std::uint32_t no) const {
      if (may_contain(no) == 0) return false;
      for (std::uint32_t i = 0; i < size; ++i) {
        if (organizations[i] == no) return true;
      }
      return false;
    }
  };
  static constexpr std::uint32_t kFew = 32;  // entries that are passed faster than searched

  template <class Use>
  static bool any_direct(const UserBlock& user, const Path& path, Use& use) {
    if (user.count() <= kFew) {
      for (const auto& entry : user) {
        if (path.contains(entry.organization) && use(entry.roleset())) return true;
      }
      return false;
    }
    for (std::uint32_t i = 0; i < path.size; ++i) {
      const auto* entry = user.find(path.organizations[i]);
      if (entry != nullptr && use(entry->roleset())) return true;
    }
    return false;
  }
  // First which entries may count, without a branch to guess wrong; then, seldom, whether one does.
  [[nodiscard]] bool any_of_few(const UserBlock& user, const Path& path, PermissionNo permission) const {
    std::uint64_t candidates = 0;
    std::uint64_t bit = 1;
    for (const auto& entry : user) {
      const std::uint64_t counts =
          path.may_contain(entry.organization) & (carries(entry.roleset(), permission) ? 1U : 0U);
      candidates |= counts != 0 ? bit : 0;
      bit <<= 1U;
    }
    for (; candidates != 0; candidates &= candidates - 1) {
      if (path.contains(user.begin()[std::countr_zero(candidates)].organization)) return true;
    }
    return false;
  }
  template <class Use>
  bool any_connected(const UserBlock& user, const Path& path, Use& use) const {
    for (std::uint32_t i = 0; i < path.size; ++i) {
      for (const auto& connection : side.incoming({path.organizations[i]})) {
        if (is_member(user, connection.agency) && use(connection.roleset)) return true;
      }
    }
    return false;
  }
};

}  // namespace gatehouse::access
