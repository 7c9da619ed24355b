// Memberships: who belongs to an organization, with which roles. Refuses what the ceiling refuses, touching whoever
// outranks the caller, and every step after which an organization would have lost its last active user who can edit
// roles.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"
#include "domain/dependents.hpp"
#include "domain/memberships/membership_rules.hpp"
#include "domain/page.hpp"
#include "domain/roles/role_edit.hpp"
#include "domain/roles/roles.hpp"

namespace gatehouse::domain {

inline constexpr std::size_t kMaxMembershipBatch = 100;

struct Membership {
  OrganizationId organization;
  UserId user;
  UserNo user_no;
  std::string user_name;
  std::string email;
  std::string display_name;  // the membership's own, else the account's
  std::optional<OrganizationRole> organization_role;
  std::vector<RoleNo> roles;  // sorted by number
  Attributes attributes;
  Timestamp created_at;
};

struct MembershipFilter {
  std::optional<OrganizationRole> organization_role{};
  std::string search{};  // part of user name, e-mail or display name; empty: all
  enum class Order : std::uint8_t { kUserNumber, kUserName, kEmail, kCreatedAt } order = Order::kUserNumber;
  bool descending = false;
};

struct NewMembership {
  UserId user;
  OrganizationRole role = OrganizationRole::kViewer;
};

// Absent members stay as they are.
struct MembershipPatch {
  std::optional<OrganizationRole> organization_role{};  // replaces whichever of the three it carries
  std::optional<std::string> display_name{};            // empty: the account's again
  std::optional<Attributes> attributes{};
};

// A member as another member of the organization sees it when roles are to be given.
struct RolesOfMember {
  UserId user;
  std::string email;
  bool own = false;                // the caller itself
  std::vector<std::string> roles;  // held directly, by name
  bool editable = false;           // the caller may change its roles
};

// Who is meant: by id or by e-mail address.
struct MemberName {
  std::optional<UserId> user{};
  std::optional<std::string> email{};
};

// One organization of a user.
struct OrganizationOfUser {
  OrganizationId organization;
  std::string name;
  std::optional<OrganizationId> parent;  // none for top-level organizations and the platform
  std::optional<OrganizationRole> organization_role;
};

class Memberships {
 public:
  // `dependents` must outlive this.
  explicit Memberships(Ledger& ledger, const DependentsList& dependents) : ledger_(ledger), dependents_(dependents) {}

  [[nodiscard]] Page<Membership> list(const access::Permit<access::Action::kMembershipList>& permit,
                                      const MembershipFilter& filter, const Paging& paging) const;
  // Errors: membership.not_found.
  [[nodiscard]] Result<Membership> get(const access::Permit<access::Action::kMembershipGet>& permit,
                                       const UserId& user) const;
  // The organizations of a user by name: all for itself and for those who see all accounts, else those where the caller
  // may see users. Errors: user.not_found, also when that is none.
  [[nodiscard]] Result<Page<OrganizationOfUser>> list_of_user(const access::Permit<access::Action::kAccountGet>& permit,
                                                              const UserId& user, const Paging& paging) const;

  // All or none; at most kMaxMembershipBatch. Errors: user.not_found, membership.exists, access.ceiling,
  // membership.not_parent_admin (an admin of an organization below another must be admin of that one),
  // membership.batch_size.
  Result<std::vector<Membership>> create(const access::Permit<access::Action::kMembershipCreate>& permit,
                                         std::span<const NewMembership> entries);
  // Errors: membership.not_found, membership.last_admin, access.ceiling, access.outranked, membership.invalid.
  Result<Membership> update(const access::Permit<access::Action::kMembershipUpdate>& permit, const UserId& user,
                            const MembershipPatch& patch);
  // A person's own display name as a member. Errors: access.person_needed, membership.not_found, membership.invalid.
  Result<Membership> update_own(const access::Permit<access::Action::kMembershipSelfEdit>& permit,
                                const std::string& display_name);
  // From the organization and all below it. Errors: membership.own, membership.not_found, membership.last_admin,
  // access.ceiling, access.outranked.
  Result<void> remove(const access::Permit<access::Action::kMembershipRemove>& permit, const UserId& user);

  // The members in the order that a list of them has, the caller first, then by e-mail; those who administer the platform are left
  // out. Four bytes a member, so that the list can be told in parts.
  [[nodiscard]] std::vector<UserNo> in_order(const access::Permit<access::Action::kMembershipList>& permit) const;
  // Of these, those who are members still, in the given order; one query. Asks the permit again, because a list may be
  // told for long. Errors: those of the permit.
  [[nodiscard]] Result<std::vector<RolesOfMember>> with_roles(
      const access::Permit<access::Action::kMembershipList>& permit, std::span<const UserNo> users) const;

  // An existing account, without roles. Errors: user.not_found, user.email_invalid, membership.exists.
  Result<RolesOfMember> add(const access::Permit<access::Action::kUserAdd>& permit, const std::string& email);
  // Errors: as the other removal.
  Result<void> remove(const access::Permit<access::Action::kUserRemove>& permit, const MemberName& who);
  // The names of the roles it holds directly afterwards. Errors: membership.not_found, role.unknown, role.edit_invalid,
  // access.ceiling, access.outranked, membership.last_admin.
  Result<std::vector<std::string>> edit_roles(const access::Permit<access::Action::kUserRolesEdit>& permit,
                                              const UserId& user, const RoleEdit& edit);

  // Within a unit of work of another noun, whose permit covers it.
  // Makes the user a member, or finds it one, and adds roles.
  static void put(Unit& unit, UserNo user, OrganizationNo organization, const std::vector<RoleNo>& roles);
  // Adds and takes away roles of a membership that stands.
  static void change_roles(Unit& unit, UserNo user, OrganizationNo organization, const std::vector<RoleNo>& added,
                           const std::vector<RoleNo>& removed);
  // As the removal of its own, in a unit that has made the permit at the organization.
  Result<void> remove(Unit& unit, const access::Permit<access::Action::kUserRemove>& permit, UserNo user) const {
    return remove_in(unit, permit, user);
  }
  // Takes away membership and roles, without asking whether anybody is left.
  void erase(Unit& unit, UserNo user, OrganizationNo organization) const;
  // Every membership and role held directly at the organization.
  void erase_all(Unit& unit, OrganizationNo organization) const;
  // Whether an active user administers it, by a role held there or above, the platform not counted.
  static bool has_an_admin(Unit& unit, OrganizationNo organization);
  // Every role that flows down from the organizations from `from` up to, but without, `end`.
  static std::vector<RoleNo> roles_granted_between(Unit& unit, OrganizationNo from, OrganizationNo end);
  // Refuses (membership.last_admin) when the user is the last active one who holds a role there that can edit roles or
  // memberships, and would keep only `kept`.
  static Result<void> keeps_an_admin(Unit& unit, OrganizationNo organization, UserNo user,
                                     const std::vector<RoleNo>& kept);
  // The same for all organizations of an account that is about to go or to rest.
  static Result<void> all_keep_an_admin(Unit& unit, UserNo user);
  // Whether the user holds everything that the organization role carries there, by itself or from above.
  static bool holds(const access::View& view, UserNo user, OrganizationNo organization, OrganizationRole role,
                    Timestamp now);
  // An admin of an organization below another must be admin of that one; the platform is above nobody's.
  // Errors: membership.not_parent_admin.
  static Result<void> may_be_admin_below(const access::View& view, const UserId& id, UserNo user, OrganizationNo parent,
                                         Timestamp now);

 private:
  Result<void> remove_in(Unit& unit, const access::Pass& pass, UserNo user) const;
  static void set_profile(Unit& unit, UserNo user, OrganizationNo organization, const MembershipPatch& patch);

  Ledger& ledger_;
  const DependentsList& dependents_;
};

}  // namespace gatehouse::domain
