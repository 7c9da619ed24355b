#include "api/access/roles.hpp"

#include <algorithm>

namespace gatehouse::api::access_api {

void describe(http::Fields<RoleView>& f) {
  f.name("RoleView");
  f.add<&RoleView::name>("name");
  f.add<&RoleView::description>("description");
  f.add<&RoleView::assigned>("assigned", {.doc = "The connection carries it.", .omit_absent = true});
}

void describe(http::Fields<RoleCategory>& f) {
  f.name("RoleCategory");
  f.add<&RoleCategory::description>("description");
  f.add<&RoleCategory::roles>("roles");
}

namespace {

RolesByCategory grouped(const std::vector<domain::Role>& roles, const std::vector<RoleNo>* assigned) {
  RolesByCategory grouped;
  for (const auto& role : roles) {
    auto& category = grouped[role.category];
    category.description = domain::category_description(role.category);
    RoleView view{role.name, role.description, std::nullopt};
    if (assigned != nullptr) view.assigned = std::find(assigned->begin(), assigned->end(), role.no) != assigned->end();
    category.roles.push_back(std::move(view));
  }
  return grouped;
}

}  // namespace

RolesByCategory by_category(const std::vector<domain::Role>& roles) { return grouped(roles, nullptr); }

RolesByCategory by_category(const std::vector<domain::Role>& roles, const std::vector<RoleNo>& assigned) {
  return grouped(roles, &assigned);
}

}  // namespace gatehouse::api::access_api
