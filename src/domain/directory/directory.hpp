// The directory: accounts together with what hangs on them (roles at the platform, organizations, providers, the identity
// provider), for the surfaces that administer people as a whole. It has rows of none of these: every change goes through the
// noun it belongs to, and several at once are one unit of work.
//
// Lists are a constant number of queries however many people and organizations a page shows, and show of a person only the
// organizations that the caller may see users of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/providers/providers.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {

// An organization of a person, by membership or by an invitation that can still be accepted.
struct Affiliation {
  OrganizationId id;
  OrganizationNo no;
  std::string name;
  std::vector<RoleNo> roles;  // held there directly, or offered; sorted by number
  bool offered = false;
};

struct Person {
  User user;
  std::vector<RoleNo> platform_roles;      // held at the platform, so everywhere; sorted by number
  std::vector<Affiliation> organizations;  // without the platform, by name; at most one of each
  std::vector<Provider> providers;         // by name
  std::optional<IdentityProvider> identity_provider;
  bool accessible = false;  // not deactivated, and with at least one affiliation or a role at the platform
};

// Every condition that is there has to hold.
struct PersonFilter {
  std::string search{};  // part of user name, e-mail, display name or first and last name
  std::vector<UserStatus> statuses{};
  std::optional<UserId> user{};
  std::optional<std::string> user_name{};  // compared as user names are
  std::optional<std::string> email{};      // compared as addresses are
  std::optional<std::string> identification_number{};
  std::optional<RoleId> platform_role{};
  std::optional<OrganizationId> organization{};  // a member of that one
  std::optional<ProviderId> provider{};
  enum class Order : std::uint8_t { kUserName, kEmail, kLastName, kCreatedAt } order = Order::kUserName;
  bool descending = false;
};

struct NewPerson {
  NewUser user{};
  std::vector<RoleId> roles{};  // at the platform
  std::vector<OrganizationId> organizations{};
  std::vector<ProviderId> providers{};
};

class Directory {
 public:
  // All must outlive this.
  Directory(Ledger& ledger, Memberships& memberships, const Users& users)
      : ledger_(ledger), memberships_(memberships), users_(users) {}

  // All accounts for who may see them all (accounts.view at the platform); for everybody else itself, as far as the filter
  // lets it through.
  [[nodiscard]] Page<Person> list(const access::Permit<access::Action::kAccountList>& permit,
                                  const PersonFilter& filter, const Paging& paging) const;
  // Who belongs to the permit's organization or, where the caller sees what is below, to one below it, those invited into
  // one of them included; at the platform: all accounts.
  [[nodiscard]] Page<Person> list_within(const access::Permit<access::Action::kMembershipList>& permit,
                                         const PersonFilter& filter, const Paging& paging) const;
  // As `list` has it. Errors: user.not_found.
  [[nodiscard]] Result<Person> get(const access::Permit<access::Action::kAccountList>& permit, const UserId& id) const;
  [[nodiscard]] Result<Person> find_by_user_name(const access::Permit<access::Action::kAccountList>& permit,
                                                 std::string_view user_name) const;

  // One unit. Errors: those of Users::create; directory.unknown_ids (kInvalid) with fields role_ids[i], company_ids[i],
  // provider_ids[i]; access.ceiling.
  Result<Person> create(const access::Permit<access::Action::kAccountEdit>& permit, const NewPerson& input);

  // At the platform, so that the role holds everywhere. Errors: user.not_found, role.not_found, role.held, access.ceiling,
  // access.outranked; when it is taken away: role.not_held, membership.last_admin.
  Result<void> grant_role(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                          const RoleId& role);
  Result<void> revoke_role(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                           const RoleId& role);
  // Membership without roles. Errors: user.not_found, organization.not_found, membership.exists, access.ceiling.
  Result<void> add_organization(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                                const OrganizationId& organization);
  // Membership with all its roles, there and below. Errors: user.not_found, organization.not_found, membership.not_found,
  // membership.last_admin, access.outranked.
  Result<void> remove_organization(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                                   const OrganizationId& organization);
  // Errors: user.not_found, access.outranked, those of Providers::add_user and remove_user.
  Result<void> add_provider(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                            const ProviderId& provider);
  Result<void> remove_provider(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                               const ProviderId& provider);

  // The organizations a person belongs to, by name, without the platform; all organizations for who sees them all and names
  // nobody. Errors: access.forbidden (another person's, without accounts.view), user.not_found.
  [[nodiscard]] Result<Page<Affiliation>> list_organizations(const access::Permit<access::Action::kAccountList>& permit,
                                                             const std::optional<UserId>& of,
                                                             const Paging& paging) const;

 private:
  Ledger& ledger_;
  Memberships& memberships_;
  const Users& users_;
};

}  // namespace gatehouse::domain
