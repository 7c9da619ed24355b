// Roles: named sets of permissions, data in the store. Refuses to let configuration redefine a role of the start
// catalogue, to take a role away that somebody may hold, and implications that run in a circle.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"
#include "domain/roles/catalogue.hpp"

namespace gatehouse::domain {

struct Role {
  RoleId id;
  RoleNo no;
  std::string name;
  std::string category;
  std::int32_t weight = 0;
  std::string description;
  bool built_in = false;
  std::vector<std::string> permissions;  // closed under implications, sorted
};

// The role of an organization that a membership carries, lightest first.
enum class OrganizationRole : std::uint8_t { kViewer, kOperator, kAdmin };
std::string_view name(OrganizationRole role);
std::optional<OrganizationRole> parse_organization_role(std::string_view name);

// The numbers of the three, lightest first.
struct OrganizationRoles {
  std::array<RoleNo, 3> numbers{};

  static OrganizationRoles of(const access::View& view);
  [[nodiscard]] RoleNo number(OrganizationRole role) const { return numbers[static_cast<std::size_t>(role)]; }
  [[nodiscard]] bool contains(RoleNo role) const;
  // The heaviest of the three among `roles`.
  [[nodiscard]] std::optional<OrganizationRole> heaviest(const std::vector<RoleNo>& roles) const;
};

class Roles {
 public:
  explicit Roles(Ledger& ledger) : ledger_(ledger) {}

  // Brings the store up to the start catalogue and the operator's own roles; ids of known names stay. Nothing is
  // written when nothing is new. Errors: role.name_invalid, role.name_taken, role.implies_unknown,
  // role.implies_cycle.
  Result<void> sync(std::span<const RoleDefinition> extra);

  // Heaviest first, then by name.
  [[nodiscard]] std::vector<Role> list() const;
  // What the caller may give at the permit's organization.
  [[nodiscard]] std::vector<Role> list_assignable(const access::Permit<access::Action::kRoleList>& permit) const;
  // What the caller may give to a connection at its customer, and what it carries already.
  [[nodiscard]] std::vector<Role> list_assignable(const access::Permit<access::Action::kConnectionGet>& permit,
                                                  OrganizationNo customer, const std::vector<RoleNo>& carried) const;

 private:
  [[nodiscard]] std::vector<Role> assignable(const access::Pass& pass, OrganizationNo at,
                                             const std::vector<RoleNo>& besides) const;

  Ledger& ledger_;
};

}  // namespace gatehouse::domain
