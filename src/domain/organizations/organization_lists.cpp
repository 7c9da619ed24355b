// How organizations are found: by name, and in lists of what the caller reaches, what is below, what is above.
#include <algorithm>

#include "base/text.hpp"
#include "domain/organizations/organization_store.hpp"
#include "domain/organizations/organizations.hpp"
#include "domain/scope_store.hpp"

namespace gatehouse::domain {

using access::View;

std::optional<Organization> Organizations::find_by_name(std::string_view name) const {
  std::optional<Organization> found;
  ledger_.read([&](sql::Tx& tx) {
    if (const auto no = organization_store::find_by_key(tx, text::name_key(name)))
      found = organization_store::find(tx, *no);
  });
  return found;
}

Page<Organization> Organizations::list(const access::Permit<access::Action::kOrganizationList>& permit,
                                       const OrganizationFilter& filter, const Paging& paging) const {
  const auto& who = permit.principal();
  organization_store::Search search{text::name_key(filter.name), {}, filter.order, filter.descending};
  access::Scope scope;
  std::int64_t total = -1;
  bool nothing = false;
  ledger_.graph().read([&](const View& view) {
    scope = view.scope(who, permit.now());
    if (filter.parent) {
      search.parent = view.find_organization(*filter.parent);
      nothing = !search.parent || !view.reaches(who, search.parent, permit.now());
      // Whoever sees the tree below the parent sees all its children.
      scope.everything =
          scope.everything || std::any_of(scope.trees.begin(), scope.trees.end(),
                                          [&](OrganizationNo tree) { return view.is_within(search.parent, tree); });
    } else if (scope.everything && search.name_key.empty()) {
      total = view.organization_count();
    }
  });
  Page<Organization> page;
  if (nothing) return page;
  ledger_.read([&](sql::Tx& tx) {
    if (scope.everything || scope_store::fits(scope)) {
      page = organization_store::list(tx, search, scope, paging, total);
      return;
    }
    // One look at the graph a row: a long one would keep writers waiting.
    const auto reached = [&](OrganizationNo no) {
      bool yes = false;
      ledger_.graph().read([&](const View& view) { yes = view.reaches(who, no, permit.now()); });
      return yes;
    };
    page = organization_store::list_filtered(tx, search, reached, paging);
  });
  return page;
}

Page<OrganizationAtLevel> Organizations::children(const access::Permit<access::Action::kOrganizationGet>& permit,
                                                  int depth, const Paging& paging) const {
  const auto of = permit.organization();
  bool sees_tree = false;
  ledger_.graph().read([&](const View& view) {
    sees_tree = view.allows(permit.principal(), access::permission::kOrganizationsView, of, permit.now());
  });
  Page<OrganizationAtLevel> page;
  ledger_.read([&](sql::Tx& tx) {
    if (sees_tree) {
      page = organization_store::children(tx, of, depth, paging);
      return;
    }
    auto below = organization_store::children_numbers(tx, of, depth);
    ledger_.graph().read([&](const View& view) {
      std::erase_if(below, [&](const auto& one) { return !view.reaches(permit.principal(), one.no, permit.now()); });
    });
    const auto numbers = page_of(std::move(below), paging);
    page.total = numbers.total;
    std::vector<OrganizationNo> wanted;
    for (const auto& one : numbers.items) wanted.push_back(one.no);
    for (auto& organization : organization_store::find_all(tx, wanted)) {
      const auto at = std::find_if(numbers.items.begin(), numbers.items.end(),
                                   [&](const auto& one) { return one.no == organization.no; });
      page.items.push_back({std::move(organization), at->level});
    }
  });
  return page;
}

Page<OrganizationAtLevel> Organizations::parents(const access::Permit<access::Action::kOrganizationGet>& permit,
                                                 const Paging& paging) const {
  std::vector<organization_store::NumberAtLevel> path;
  ledger_.graph().read([&](const View& view) {
    int level = 1;
    for (auto no = view.parent(permit.organization()); no && no != view.platform(); no = view.parent(no), ++level) {
      if (view.reaches(permit.principal(), no, permit.now())) path.push_back({no, level});
    }
  });
  std::reverse(path.begin(), path.end());
  const auto wanted = page_of(std::move(path), paging);
  Page<OrganizationAtLevel> page;
  page.total = wanted.total;
  std::vector<OrganizationNo> numbers;
  for (const auto& one : wanted.items) numbers.push_back(one.no);
  ledger_.read([&](sql::Tx& tx) {
    for (auto& organization : organization_store::find_all(tx, numbers)) {
      const auto at = std::find_if(wanted.items.begin(), wanted.items.end(),
                                   [&](const auto& one) { return one.no == organization.no; });
      page.items.push_back({std::move(organization), at->level});
    }
  });
  return page;
}

}  // namespace gatehouse::domain
