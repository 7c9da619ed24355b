// Organizations: the one tree. Refuses two of a name, circles, and taking away an organization that others live in.
// The platform, its hidden root, can be neither changed, moved nor removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/changes/ledger.hpp"
#include "domain/dependents.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/page.hpp"
#include "domain/versions.hpp"

namespace gatehouse::domain {

inline constexpr int kMaxOrganizationDepth = 64;  // top-level organizations are at 1
inline constexpr std::size_t kMaxListedAdmins = 100;
inline constexpr int kMaxChildrenDepth = 32;

struct Organization {
  OrganizationId id;
  OrganizationNo no;
  std::string name;
  std::string description;
  std::optional<OrganizationId> parent;  // none for top-level organizations and the platform
  std::int64_t version = 1;              // counts changes of this row
  Timestamp created_at;
  Timestamp updated_at;
};

struct OrganizationAtLevel {
  Organization organization;
  int level = 0;
};

struct FoundByName {
  Organization organization;
  bool exact = false;  // by the name, however written; else the one with a name like it
};

struct NewOrganization {
  std::string name{};
  std::string description{};
  std::vector<UserId> admins{};  // besides the creator
};

// Absent members stay as they are.
struct OrganizationPatch {
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  ExpectedVersions expected_versions{};
};

struct OrganizationFilter {
  std::string name{};  // part of it, compared as names are; empty: all
  std::optional<OrganizationId> parent{};
  enum class Order : std::uint8_t { kName, kCreatedAt, kUpdatedAt } order = Order::kName;
  bool descending = false;
};

struct OrganizationRemoval {
  std::optional<std::string> expected_name{};
  ExpectedVersions expected_versions{};
};

class Organizations {
 public:
  // `memberships` and `dependents` must outlive this.
  Organizations(Ledger& ledger, Memberships& memberships, const DependentsList& dependents)
      : ledger_(ledger), memberships_(memberships), dependents_(dependents) {}

  // Below the permit's organization. A person who creates is its admin; so are the listed users, who must be admin of
  // the parent. Errors: organization.name_invalid, organization.description_invalid, organization.admins_invalid,
  // organization.name_taken, organization.too_deep, user.not_found, membership.not_parent_admin, access.ceiling.
  Result<Organization> create(const access::Permit<access::Action::kOrganizationCreate>& permit,
                              const NewOrganization& input);
  // At the top of the tree; errors as above.
  Result<Organization> create_top(const access::Permit<access::Action::kOrganizationCreateTop>& permit,
                                  const NewOrganization& input);

  [[nodiscard]] Result<Organization> get(const access::Permit<access::Action::kOrganizationGet>& permit) const;
  // What the caller reaches, without the platform.
  [[nodiscard]] Page<Organization> list(const access::Permit<access::Action::kOrganizationList>& permit,
                                        const OrganizationFilter& filter, const Paging& paging) const;
  // Below the organization, breadth first, then by name; what the caller does not reach is left out.
  [[nodiscard]] Page<OrganizationAtLevel> children(const access::Permit<access::Action::kOrganizationGet>& permit,
                                                   int depth, const Paging& paging) const;
  // From the topmost ancestor within reach (level: the distance of the organization from it) down to the direct parent.
  [[nodiscard]] Page<OrganizationAtLevel> parents(const access::Permit<access::Action::kOrganizationGet>& permit,
                                                  const Paging& paging) const;

  // Errors: organization.name_invalid, organization.description_invalid, organization.name_taken,
  // organization.is_platform, organization.version_mismatch.
  Result<Organization> update(const access::Permit<access::Action::kOrganizationUpdate>& permit,
                              const OrganizationPatch& patch);
  // Errors: organization.is_platform, organization.is_root (only those who may delete at the platform remove a
  // top-level organization), organization.has_children, organization.has_users, organization.name_mismatch,
  // organization.version_mismatch.
  Result<void> remove(const access::Permit<access::Action::kOrganizationDelete>& permit,
                      const OrganizationRemoval& removal);
  // With all below it; none: to the top. Errors: organization.not_found (the new parent), access.forbidden (at the
  // old or the new parent), organization.cycle, organization.too_deep, organization.is_platform.
  Result<Organization> move(const access::Permit<access::Action::kOrganizationMove>& permit,
                            const std::optional<OrganizationId>& new_parent);

  // Among what the caller reaches: exact, then equal as names are compared, then alike (see name_match.hpp). Errors:
  // organization.name_invalid, organization.no_match, organization.ambiguous (which names up to ten of them).
  [[nodiscard]] Result<FoundByName> find_reached(const access::Permit<access::Action::kOrganizationSwitch>& permit,
                                                 std::string_view company) const;

  // For the service itself: command line, import. Compared as names are.
  [[nodiscard]] std::optional<Organization> find_by_name(std::string_view name) const;

  // The platform, made when there is none yet.
  Result<OrganizationNo> ensure_platform();

  // Its name, for what another noun tells of it; empty when there is none.
  static std::string name_of(sql::Tx& tx, OrganizationNo no);

  // Within a unit of work of another noun (import): checks the input, no rights; `parent` is a number, the platform's
  // for the top.
  static Result<Organization> insert(Unit& unit, OrganizationNo parent, const NewOrganization& input);

 private:
  Result<Organization> create_in(Unit& unit, const access::Pass& pass, OrganizationNo parent,
                                 const NewOrganization& input);

  Ledger& ledger_;
  Memberships& memberships_;
  const DependentsList& dependents_;
};

}  // namespace gatehouse::domain
