#include "api/partner/roles.hpp"

#include "api/partner/wire.hpp"

namespace gatehouse::api::partner {
namespace {

struct Role {
  RoleId id;
  std::string name;
  std::int64_t weight = 0;
};
void describe(http::Fields<Role>& f) {
  f.name("PartnerRole");
  f.add<&Role::id>("id", {.doc = "The group id of an invitation."});
  f.add<&Role::name>("name");
  f.add<&Role::weight>("weight", {.doc = "Higher is more privileged; nobody grants above their own."});
}

struct ListRoles {
  std::optional<OrganizationId> platform_id;
};
void describe(http::Fields<ListRoles>& f) {
  f.name("ListPartnerRoles");
  f.add<&ListRoles::platform_id>("platformId", {.in = http::In::kQuery});
}

}  // namespace

void register_roles(http::Surface& surface, const access::Graph& graph) {
  surface.add(
      {.id = "listPartnerRoles",
       .path = "/partner/v1/roles",
       .summary = "List all roles, the weightiest first.",
       .errors = {ErrorKind::kNotFound}},
      [&graph](Call& call, const Permit<Action::kAccountGet>&, const ListRoles& in) -> Result<std::vector<Role>> {
        TRY(check_platform(graph, in.platform_id));
        std::vector<Role> roles;
        graph.read([&](const access::View& view) {
          roles.clear();
          for (const auto no : view.roles()) {
            const auto& role = *view.role(no);
            roles.push_back({role.id, role.name, role.weight});
          }
        });
        const auto total = static_cast<std::int64_t>(roles.size());
        return counted(call, total, std::move(roles));
      });
}

}  // namespace gatehouse::api::partner
