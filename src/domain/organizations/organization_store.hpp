// The SQL of organizations.
#pragma once

#include "base/function_ref.hpp"
#include "domain/organizations/organizations.hpp"

namespace gatehouse::domain::organization_store {

std::optional<Organization> find(sql::Tx& tx, OrganizationNo no);
std::optional<OrganizationNo> find_by_key(sql::Tx& tx, std::string_view name_key);
// In the order of `numbers`; unknown ones are left out.
std::vector<Organization> find_all(sql::Tx& tx, const std::vector<OrganizationNo>& numbers);
// False when the key is taken. `parent` 0: the platform itself.
bool insert(sql::Tx& tx, const Organization& organization, OrganizationNo parent, std::string_view name_key);
// False when another organization has the key.
bool update(sql::Tx& tx, const Organization& organization, std::string_view name_key);
void set_parent(sql::Tx& tx, const Organization& organization, OrganizationNo parent);
void erase(sql::Tx& tx, OrganizationNo no);

// `name_key` empty: all. Without the platform.
struct Search {
  std::string name_key;
  OrganizationNo parent;
  OrganizationFilter::Order order = OrganizationFilter::Order::kName;
  bool descending = false;
};
// Precondition: scope_store::fits(scope). `total` < 0 is counted here.
Page<Organization> list(sql::Tx& tx, const Search& search, const access::Scope& scope, const Paging& paging,
                        std::int64_t total);
// The same, each row asked of `keep`.
Page<Organization> list_filtered(sql::Tx& tx, const Search& search, FunctionRef<bool(OrganizationNo)> keep,
                                 const Paging& paging);

struct NumberAtLevel {
  OrganizationNo no;
  int level;
};
Page<OrganizationAtLevel> children(sql::Tx& tx, OrganizationNo of, int depth, const Paging& paging);
// Only numbers and levels of all of them, in the order of the list.
std::vector<NumberAtLevel> children_numbers(sql::Tx& tx, OrganizationNo of, int depth);
// Levels below it, 0 when it has no children.
int height(sql::Tx& tx, OrganizationNo no);

void load(sql::Tx& tx, access::Graph& graph);

}  // namespace gatehouse::domain::organization_store
