#include "api/identity_manager/companies.hpp"

#include "api/identity_manager/user_wire.hpp"

namespace gatehouse::api::identity_manager {
namespace {

struct ListCompanies {
  std::optional<UserId> user_id;
  std::int64_t page = 1;
  std::int64_t page_size = 100;
};
void describe(http::Fields<ListCompanies>& f) {
  f.name("ListDirectoryCompanies");
  f.add<&ListCompanies::user_id>("userId", {.in = In::kQuery, .doc = "Of that user."});
  describe_paging(f);
}

}  // namespace

void register_companies(http::Surface& surface, const domain::Directory& directory) {
  surface.add({.id = "listDirectoryCompanies",
               .path = "/api/Company",
               .summary = "The companies of the caller, all of them for administrators, or those of one user.",
               .errors = {ErrorKind::kForbidden, ErrorKind::kNotFound}},
              [&directory](Call& call, const Permit<Action::kAccountList>& permit,
                           const ListCompanies& in) -> Result<std::vector<Company>> {
                return listed(call, TRY(directory.list_organizations(permit, in.user_id, paging_of(in))),
                              [](domain::Affiliation one) { return wire(std::move(one)); });
              });
}

}  // namespace gatehouse::api::identity_manager
