#include "api/v1/organization_users.hpp"

#include "api/v1/paging.hpp"
#include "api/v1/wire_words.hpp"

namespace gatehouse::api::v1 {
namespace {

using http::Action;
using http::Call;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Work;

constexpr std::string_view kUsers = "/api/v1/orgs/{orgId}/users";
constexpr std::string_view kUser = "/api/v1/orgs/{orgId}/users/{userId}";
const std::vector<std::string_view> kRoles{"admin", "operator", "viewer"};

struct OrgUser {
  OrganizationId org_id;
  UserId user_id;
  std::string user_name;
  std::string email;
  std::string display_name;
  std::optional<std::string> org_role;
  domain::Attributes attributes;
  Timestamp created_at;
};
void describe(http::Fields<OrgUser>& f) {
  f.name("OrgUser");
  f.add<&OrgUser::org_id>("orgId");
  f.add<&OrgUser::user_id>("userId");
  f.add<&OrgUser::user_name>("userName");
  f.add<&OrgUser::email>("email");
  f.add<&OrgUser::display_name>("displayName");
  f.add<&OrgUser::org_role>(
      "orgRole", {.doc = "The heaviest of admin, operator and viewer that the membership carries.", .one_of = kRoles});
  f.add<&OrgUser::attributes>("attributes");
  f.add<&OrgUser::created_at>("createdAt");
}

struct AddOrgUser {
  UserId user_id;
  std::string org_role;
};
void describe(http::Fields<AddOrgUser>& f) {
  f.name("AddOrgUser");
  f.add<&AddOrgUser::user_id>("userId");
  f.add<&AddOrgUser::org_role>("orgRole", {.one_of = kRoles, .alias = "role"});
}

struct AddOrgUsers {
  http::OneOrMany<AddOrgUser> users;
};
void describe(http::Fields<AddOrgUsers>& f) {
  f.name("AddOrgUsers");
  f.add<&AddOrgUsers::users>("", {.min = 1, .max = static_cast<std::int64_t>(domain::kMaxMembershipBatch)});
}

struct PatchOrgUser {
  std::optional<std::string> org_role;
  std::optional<std::string> display_name;
  std::optional<domain::Attributes> attributes;
};
void describe(http::Fields<PatchOrgUser>& f) {
  f.name("PatchOrgUser");
  f.add<&PatchOrgUser::org_role>("orgRole", {.one_of = kRoles, .alias = "role"});
  f.add<&PatchOrgUser::display_name>("displayName",
                                     {.max = domain::kMaxDisplayName, .doc = "Empty: the account's again."});
  f.add<&PatchOrgUser::attributes>("attributes", {.max = domain::kMaxAttributes});
}

struct ListOrgUsers {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
  std::optional<std::string> org_role;
  std::optional<std::string> search;
  std::optional<std::string> sorting;
};
void describe(http::Fields<ListOrgUsers>& f) {
  f.name("ListOrgUsers");
  describe_paging(f);
  f.add<&ListOrgUsers::org_role>("orgRole", {.in = http::In::kQuery, .one_of = kRoles});
  f.add<&ListOrgUsers::search>(
      "search", {.in = http::In::kQuery, .max = 200, .doc = "Part of user name, e-mail or display name."});
  f.add<&ListOrgUsers::sorting>(
      "sorting", {.in = http::In::kQuery, .max = 100, .doc = "userName, email or createdAt, and asc or desc."});
}

OrgUser wire(domain::Membership membership) {
  std::optional<std::string> role;
  if (membership.organization_role) role = domain::name(*membership.organization_role);
  return {membership.organization,
          membership.user,
          std::move(membership.user_name),
          std::move(membership.email),
          std::move(membership.display_name),
          std::move(role),
          std::move(membership.attributes),
          membership.created_at};
}

std::optional<domain::OrganizationRole> role_of(const std::optional<std::string>& word) {
  return word ? domain::parse_organization_role(*word) : std::nullopt;
}

// What is no id names nobody.
UserId user_in_path(const Call& call) { return UserId::parse(call.path_parameter("userId")).value_or(UserId()); }

// Admins change members; a member changes its own display name.
Result<OrgUser> patch(Call& call, domain::Memberships& memberships, const access::Policy& policy,
                      const Permit<Action::kMembershipSelfEdit>& self, PatchOrgUser in) {
  const auto user = user_in_path(call);
  const auto organization = OrganizationId::parse(call.path_parameter("orgId")).value_or(OrganizationId());
  const auto permit = policy.permit<Action::kMembershipUpdate>(self.principal(), organization, call.now);
  if (permit) {
    const domain::MembershipPatch wanted{role_of(in.org_role), std::move(in.display_name), std::move(in.attributes)};
    return wire(TRY(in_wire_words(memberships.update(*permit, user, wanted))));
  }
  const bool own_name =
      self.principal().user_id() == user && !user.is_nil() && in.display_name && !in.org_role && !in.attributes;
  if (!own_name) return permit.error();
  return wire(TRY(in_wire_words(memberships.update_own(self, *in.display_name))));
}

void register_patch(http::Surface& surface, domain::Memberships& memberships, const access::Graph& graph, Method method,
                    std::string_view id, std::string_view alias_of) {
  surface.add(
      {.id = id,
       .method = method,
       .path = kUser,
       .summary = "Change the role, display name or attributes of a member; members change their own display name.",
       .organization = "orgId",
       .work = Work::kWrite,
       .errors = {ErrorKind::kConflict},
       .alias_of = alias_of},
      // Whether the caller acts as an admin or as itself is asked here.
      [&memberships, &graph](Call& call, const Permit<Action::kMembershipSelfEdit>& permit, PatchOrgUser in)
          -> Result<OrgUser> { return patch(call, memberships, access::Policy(graph), permit, std::move(in)); });
}

void register_reads(http::Surface& surface, domain::Memberships& memberships) {
  surface.add(
      {.id = "listOrganizationUsers",
       .method = Method::kGet,
       .path = kUsers,
       .summary = "The users of an organization.",
       .organization = "orgId"},
      [&memberships](Call&, const Permit<Action::kMembershipList>& permit,
                     const ListOrgUsers& in) -> Result<Listing<OrgUser>> {
        using Order = domain::MembershipFilter::Order;
        const auto sorting = TRY(parse_sorting<Order>(
            in.sorting, {{"userName", Order::kUserName}, {"email", Order::kEmail}, {"createdAt", Order::kCreatedAt}}));
        auto page =
            memberships.list(permit, {role_of(in.org_role), in.search.value_or(""), sorting.order, sorting.descending},
                             {in.skip, in.limit});
        Listing<OrgUser> listing{page.total, {}};
        listing.items.reserve(page.items.size());
        for (auto& membership : page.items) listing.items.push_back(wire(std::move(membership)));
        return listing;
      });
  surface.add({.id = "getOrganizationUser",
               .method = Method::kGet,
               .path = kUser,
               .summary = "One user of an organization.",
               .organization = "orgId",
               .errors = {ErrorKind::kNotFound}},
              [&memberships](Call& call, const Permit<Action::kMembershipGet>& permit, Nothing) -> Result<OrgUser> {
                return wire(TRY(memberships.get(permit, user_in_path(call))));
              });
}

}  // namespace

void register_organization_users(http::Surface& surface, domain::Memberships& memberships, const access::Graph& graph) {
  register_reads(surface, memberships);
  surface.add({.id = "addOrganizationUsers",
               .method = Method::kPost,
               .path = kUsers,
               .summary = "Add one user, or up to a hundred; one bad entry rejects them all.",
               .organization = "orgId",
               .work = Work::kWrite,
               .success = 201,
               .errors = {ErrorKind::kConflict}},
              [&memberships](Call&, const Permit<Action::kMembershipCreate>& permit,
                             const AddOrgUsers& in) -> Result<http::OneOrMany<OrgUser>> {
                std::vector<domain::NewMembership> wanted;
                for (const auto& entry : in.users.items) {
                  wanted.push_back(
                      {entry.user_id,
                       domain::parse_organization_role(entry.org_role).value_or(domain::OrganizationRole::kViewer)});
                }
                http::OneOrMany<OrgUser> added;
                added.many = in.users.many;
                for (auto& membership : TRY(memberships.create(permit, wanted)))
                  added.items.push_back(wire(std::move(membership)));
                return added;
              });
  register_patch(surface, memberships, graph, Method::kPatch, "patchOrganizationUser", {});
  register_patch(surface, memberships, graph, Method::kPut, "putOrganizationUser", "patchOrganizationUser");
  surface.add({.id = "removeOrganizationUser",
               .method = Method::kDelete,
               .path = kUser,
               .summary = "Remove a user from an organization and all below it.",
               .organization = "orgId",
               .work = Work::kWrite,
               .success = 204,
               .errors = {ErrorKind::kConflict}},
              [&memberships](Call& call, const Permit<Action::kMembershipRemove>& permit, Nothing) -> Result<Nothing> {
                TRY(memberships.remove(permit, user_in_path(call)));
                return Nothing{};
              });
}

}  // namespace gatehouse::api::v1
