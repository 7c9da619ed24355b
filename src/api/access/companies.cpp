#include "api/access/companies.hpp"

#include "api/access/wire.hpp"
#include "domain/organizations/organization_rules.hpp"

namespace gatehouse::api::access_api {
namespace {

struct SwitchCompany {
  std::string company;
};
void describe(http::Fields<SwitchCompany>& f) {
  f.name("SwitchCompany");
  f.add<&SwitchCompany::company>("company",
                                 {.min = 1, .max = domain::kMaxOrganizationName, .doc = "A name, or nearly."});
}

struct SwitchedCompany {
  OrganizationId company_id;
  std::string company_name;
  std::string match;
};
void describe(http::Fields<SwitchedCompany>& f) {
  f.name("SwitchedCompany");
  f.add<&SwitchedCompany::company_id>("company_id");
  f.add<&SwitchedCompany::company_name>("company_name");
  f.add<&SwitchedCompany::match>("match", {.one_of = {"exact", "fuzzy"}});
}

}  // namespace

void register_companies(http::Surface& surface, const domain::Organizations& organizations,
                        domain::Sessions& sessions) {
  surface.add({.id = "switchCompany",
               .method = Method::kPost,
               .path = "/access/switch-company",
               .summary = "Make another of your organizations the active one of this session.",
               .repeatable = true,
               .work = Work::kWrite,
               .errors = {ErrorKind::kForbidden}},
              [&organizations, &sessions](Call&, const Permit<Action::kOrganizationSwitch>& permit,
                                          const SwitchCompany& in) -> Result<Success<SwitchedCompany>> {
                auto found = TRY(organizations.find_reached(permit, in.company));
                TRY(sessions.switch_organization(permit, found.organization.no));
                return success(SwitchedCompany{found.organization.id, std::move(found.organization.name),
                                               found.exact ? "exact" : "fuzzy"});
              });
}

}  // namespace gatehouse::api::access_api
