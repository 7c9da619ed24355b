#include "api/v1/organizations.hpp"

#include <boost/json/object.hpp>

#include "api/v1/organization_wire.hpp"
#include "api/v1/wire_words.hpp"
#include "base/json.hpp"

namespace gatehouse::api::v1 {
namespace {

using http::Action;
using http::Call;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Work;

constexpr std::string_view kOrgs = "/api/v1/orgs";
constexpr std::string_view kOrg = "/api/v1/orgs/{orgId}";

struct CreateOrg {
  std::string name;
  std::optional<std::string> description;
  std::optional<OrganizationId> parent_org_id;
  std::vector<UserId> admins;
};
void describe(http::Fields<CreateOrg>& f) {
  f.name("CreateOrg");
  f.add<&CreateOrg::name>("name", {.min = 1, .max = 100, .doc = "Unique; case and repeated blanks do not count."});
  f.add<&CreateOrg::description>("description", {.max = 200});
  f.add<&CreateOrg::parent_org_id>("parentOrgId", {.doc = "Absent: a top-level organization."});
  f.add<&CreateOrg::admins>("admins", {.max = 100, .doc = "Users who become admins besides the caller."});
}

struct ReplaceOrg {
  std::string name;
  std::optional<std::string> description;
  std::optional<http::Nullable<OrganizationId>> parent_org_id;
};
void describe(http::Fields<ReplaceOrg>& f) {
  f.name("ReplaceOrg");
  f.add<&ReplaceOrg::name>("name", {.min = 1, .max = 100});
  f.add<&ReplaceOrg::description>("description", {.max = 200, .doc = "Absent: none."});
  f.add<&ReplaceOrg::parent_org_id>("parentOrgId",
                                    {.doc = "Cannot be changed here; must be the present one when given."});
}

struct PatchOrg {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<http::Nullable<OrganizationId>> parent_org_id;
};
void describe(http::Fields<PatchOrg>& f) {
  f.name("PatchOrg");
  f.add<&PatchOrg::name>("name", {.min = 1, .max = 100});
  f.add<&PatchOrg::description>("description", {.max = 200});
  f.add<&PatchOrg::parent_org_id>("parentOrgId",
                                  {.doc = "Cannot be changed here; must be the present one when given."});
}

struct RemoveOrg {
  std::optional<std::string> org_name;
};
void describe(http::Fields<RemoveOrg>& f) {
  f.name("RemoveOrg");
  f.add<&RemoveOrg::org_name>("orgName", {.in = http::In::kQuery, .doc = "When given, must be the name exactly."});
}

struct MoveOrg {
  http::Nullable<OrganizationId> parent_org_id;
};
void describe(http::Fields<MoveOrg>& f) {
  f.name("MoveOrg");
  f.add<&MoveOrg::parent_org_id>("parentOrgId", {.doc = "null: to the top.", .required = true});
}

struct ListOrgs {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
  std::optional<std::string> name;
  std::optional<OrganizationId> parent_org_id;
  std::optional<std::string> sorting;
};
void describe(http::Fields<ListOrgs>& f) {
  f.name("ListOrgs");
  describe_paging(f);
  f.add<&ListOrgs::name>("name", {.in = http::In::kQuery, .max = 200, .doc = "Part of the name."});
  f.add<&ListOrgs::parent_org_id>("parentOrgId",
                                  {.in = http::In::kQuery, .doc = "Direct children of this organization only."});
  f.add<&ListOrgs::sorting>(
      "sorting", {.in = http::In::kQuery, .max = 100, .doc = "name, createdAt or updatedAt, and asc or desc."});
}

struct ListChildren {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
  std::int64_t depth = 1;
};
void describe(http::Fields<ListChildren>& f) {
  f.name("ListChildren");
  describe_paging(f);
  f.add<&ListChildren::depth>("depth",
                              {.in = http::In::kQuery, .min = 1, .max = domain::kMaxChildrenDepth, .fallback = "1"});
}

struct ListParents {
  std::int64_t skip = 0;
  std::int64_t limit = 100;
};
void describe(http::Fields<ListParents>& f) {
  f.name("ListParents");
  describe_paging(f);
}

// The answer, with its version as ETag.
Result<Org> tagged(Call& call, Result<domain::Organization> result) {
  auto organization = TRY(in_wire_words(std::move(result)));
  call.set_etag(organization.version);
  return wire(std::move(organization));
}

Result<Org> update(Call& call, domain::Organizations& organizations, const access::Graph& graph,
                   const Permit<Action::kOrganizationUpdate>& permit, PatchOrg in) {
  domain::OrganizationPatch patch;
  patch.name = std::move(in.name);
  patch.description = std::move(in.description);
  patch.expected_versions = TRY(call.if_match());
  if (in.parent_org_id) {
    bool same = false;
    graph.read([&](const access::View& view) {
      const auto parent = view.parent(permit.organization());
      const auto& said = *in.parent_org_id;
      same = parent == view.platform() ? !said.has_value() : said.has_value() && view.organization_id(parent) == *said;
    });
    if (!same) return invalid_field("request.invalid", "parentOrgId", "cannot be changed here");
  }
  return tagged(call, organizations.update(permit, patch));
}

void register_writes(http::Surface& surface, domain::Organizations& organizations, const access::Graph& graph) {
  surface.add(
      {.id = "createOrganization",
       .method = Method::kPost,
       .path = kOrgs,
       .summary = "Create an organization; its creator becomes its admin.",
       .work = Work::kWrite,
       .success = 201,
       .errors = {ErrorKind::kNotFound, ErrorKind::kConflict}},
      // Where it is created is said in the body, so the permit for that place is asked here.
      [&organizations, &graph](Call& call, const Permit<Action::kOrganizationList>& permit,
                               CreateOrg in) -> Result<Org> {
        const access::Policy policy(graph);
        const domain::NewOrganization wanted{std::move(in.name), in.description.value_or(""), std::move(in.admins)};
        const auto create = [&]() -> Result<domain::Organization> {
          if (!in.parent_org_id) {
            return organizations.create_top(
                TRY(policy.permit<Action::kOrganizationCreateTop>(permit.principal(), call.now)), wanted);
          }
          return organizations.create(
              TRY(policy.permit<Action::kOrganizationCreate>(permit.principal(), *in.parent_org_id, call.now)), wanted);
        };
        auto created = TRY(tagged(call, create()));
        call.set_header("Location", std::string(kOrgs) + "/" + created.org_id.to_string());
        return created;
      });
  surface.add({.id = "updateOrganization",
               .method = Method::kPut,
               .path = kOrg,
               .summary = "Replace name and description.",
               .organization = "orgId",
               .work = Work::kWrite,
               .errors = {ErrorKind::kConflict, ErrorKind::kPreconditionFailed}},
              [&organizations, &graph](Call& call, const Permit<Action::kOrganizationUpdate>& permit,
                                       ReplaceOrg in) -> Result<Org> {
                return update(call, organizations, graph, permit,
                              {std::move(in.name), in.description.value_or(""), in.parent_org_id});
              });
  surface.add({.id = "patchOrganization",
               .method = Method::kPatch,
               .path = kOrg,
               .summary = "Change name or description.",
               .organization = "orgId",
               .work = Work::kWrite,
               .errors = {ErrorKind::kConflict, ErrorKind::kPreconditionFailed},
               .alias_of = "updateOrganization"},
              [&organizations, &graph](Call& call, const Permit<Action::kOrganizationUpdate>& permit, PatchOrg in)
                  -> Result<Org> { return update(call, organizations, graph, permit, std::move(in)); });
  surface.add(
      {.id = "removeOrganization",
       .method = Method::kDelete,
       .path = kOrg,
       .summary = "Delete an organization that has no organizations below it and no other users.",
       .organization = "orgId",
       .work = Work::kWrite,
       .success = 204,
       .errors = {ErrorKind::kPreconditionFailed}},
      [&organizations](Call& call, const Permit<Action::kOrganizationDelete>& permit, RemoveOrg in) -> Result<Nothing> {
        auto removed = organizations.remove(permit, {std::move(in.org_name), TRY(call.if_match())});
        if (removed) return Nothing{};
        for (auto& fault : removed.error().fields) {
          if (fault.field == "expected_name") return invalid_field(removed.error().code, "orgName", fault.message);
        }
        return removed.error();
      });
  surface.add({.id = "moveOrganization",
               .method = Method::kPost,
               .path = "/api/v1/orgs/{orgId}/parent",
               .summary = "Move an organization with all below it to another parent, or to the top.",
               .organization = "orgId",
               .work = Work::kWrite,
               .errors = {ErrorKind::kConflict}},
              [&organizations](Call& call, const Permit<Action::kOrganizationMove>& permit, MoveOrg in) -> Result<Org> {
                return tagged(call, organizations.move(permit, in.parent_org_id));
              });
}

void register_reads(http::Surface& surface, domain::Organizations& organizations) {
  surface.add(
      {.id = "listOrganizations",
       .method = Method::kGet,
       .path = kOrgs,
       .summary = "The organizations the caller reaches."},
      [&organizations](Call&, const Permit<Action::kOrganizationList>& permit,
                       const ListOrgs& in) -> Result<Listing<Org>> {
        using Order = domain::OrganizationFilter::Order;
        const auto sorting = TRY(parse_sorting<Order>(
            in.sorting, {{"name", Order::kName}, {"createdAt", Order::kCreatedAt}, {"updatedAt", Order::kUpdatedAt}}));
        auto page = organizations.list(
            permit, {in.name.value_or(""), in.parent_org_id, sorting.order, sorting.descending}, {in.skip, in.limit});
        Listing<Org> listing{page.total, {}};
        for (auto& organization : page.items) listing.items.push_back(wire(std::move(organization)));
        return listing;
      });
  surface.add({.id = "getOrganization",
               .method = Method::kGet,
               .path = kOrg,
               .summary = "One organization.",
               .organization = "orgId"},
              [&organizations](Call& call, const Permit<Action::kOrganizationGet>& permit, Nothing) -> Result<Org> {
                return tagged(call, organizations.get(permit));
              });
  surface.add({.id = "listOrganizationChildren",
               .method = Method::kGet,
               .path = "/api/v1/orgs/{orgId}/children",
               .summary = "The organizations below, breadth first.",
               .organization = "orgId"},
              [&organizations](Call&, const Permit<Action::kOrganizationGet>& permit,
                               ListChildren in) -> Result<Listing<OrgAtLevel>> {
                return wire(organizations.children(permit, static_cast<int>(in.depth), {in.skip, in.limit}));
              });
  surface.add({.id = "listOrganizationParents",
               .method = Method::kGet,
               .path = "/api/v1/orgs/{orgId}/parents",
               .summary = "The organizations above, from the top down.",
               .organization = "orgId"},
              [&organizations](Call&, const Permit<Action::kOrganizationGet>& permit,
                               ListParents in) -> Result<Listing<OrgAtLevel>> {
                return wire(organizations.parents(permit, {in.skip, in.limit}));
              });
}

}  // namespace

void register_organizations(http::Surface& surface, domain::Organizations& organizations, const access::Graph& graph) {
  register_reads(surface, organizations);
  register_writes(surface, organizations, graph);
}

}  // namespace gatehouse::api::v1
