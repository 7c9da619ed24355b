#include "api/identity_manager/roles.hpp"

#include "api/identity_manager/user_wire.hpp"

namespace gatehouse::api::identity_manager {

void register_roles(http::Surface& surface, const domain::Roles& roles) {
  surface.add(
      {.id = "listDirectoryRoles", .path = "/api/Role", .summary = "All roles, heaviest first."},
      [&roles](Call& call, const Permit<Action::kAccountList>&, const PageQuery& in) -> Result<std::vector<Role>> {
        return listed(call, domain::page_of(roles.list(), paging_of(in)),
                      [](const domain::Role& role) { return wire(role); });
      });
}

}  // namespace gatehouse::api::identity_manager
