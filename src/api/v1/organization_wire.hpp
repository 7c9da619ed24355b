// How organizations are written on the v1 surface.
#pragma once

#include <optional>
#include <string>

#include "api/v1/paging.hpp"
#include "domain/organizations/organizations.hpp"
#include "http/schema.hpp"

namespace gatehouse::api::v1 {

struct Org {
  OrganizationId org_id;
  std::string name;
  std::string description;
  std::optional<OrganizationId> parent_org_id;
  Timestamp created_at;
  Timestamp updated_at;
};

struct OrgAtLevel : Org {
  std::int64_t level = 0;
};

template <class T>
void describe_org(http::Fields<T>& f) {
  f.template add<&Org::org_id>("orgId");
  f.template add<&Org::name>("name");
  f.template add<&Org::description>("description");
  f.template add<&Org::parent_org_id>("parentOrgId", {.doc = "null at the top."});
  f.template add<&Org::created_at>("createdAt");
  f.template add<&Org::updated_at>("updatedAt");
}

inline void describe(http::Fields<Org>& f) {
  f.name("Org");
  describe_org(f);
}

inline void describe(http::Fields<OrgAtLevel>& f) {
  f.name("OrgAtLevel");
  describe_org(f);
  f.add<&OrgAtLevel::level>("level", {.doc = "Steps from the organization that was asked for."});
}

inline Org wire(domain::Organization organization) {
  return {organization.id,     std::move(organization.name), std::move(organization.description),
          organization.parent, organization.created_at,      organization.updated_at};
}

inline Listing<OrgAtLevel> wire(domain::Page<domain::OrganizationAtLevel> page) {
  Listing<OrgAtLevel> listing{page.total, {}};
  for (auto& item : page.items) listing.items.push_back({wire(std::move(item.organization)), item.level});
  return listing;
}

}  // namespace gatehouse::api::v1
