#include "domain/roles/roles.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "domain/roles/role_store.hpp"

namespace gatehouse::domain {
namespace {

using role_store::Row;

constexpr std::array<std::string_view, 3> kOrganizationRoleNames{"viewer", "operator", "admin"};
constexpr std::size_t kMaxRoleName = 100;

std::string described(const Row& row) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().member("name", row.role.name).member("category", row.role.category);
  writer.member("weight", row.role.weight).key("permissions").begin_array();
  for (const auto& permission : row.own) writer.value(permission);
  writer.end_array().end_object();
  return json;
}

template <class T>
void sort_and_unite(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

// The rows as they shall be: what is stored, overlaid with the definitions.
class Plan {
 public:
  Plan(std::vector<Row> stored, Unit& unit) : rows_(std::move(stored)), unit_(unit) {
    for (std::size_t i = 0; i < rows_.size(); ++i) by_key_.emplace(text::name_key(rows_[i].role.name), i);
  }

  void overlay(const RoleDefinition& definition, bool built_in) {
    const auto [at, is_new] = by_key_.try_emplace(text::name_key(definition.name), rows_.size());
    if (is_new) {
      Row row;
      row.role.no = {unit_.next_number("roles")};
      row.role.id = RoleId::make(unit_.now(), unit_.random());
      rows_.push_back(std::move(row));
    }
    Row& row = rows_[at->second];
    row.role.name = text::collapse_blanks(definition.name);
    row.role.category = definition.category;
    row.role.weight = definition.weight;
    row.role.description = definition.description;
    row.role.built_in = built_in;
    row.own = definition.permissions;
    sort_and_unite(row.own);
  }

  Result<void> connect(const RoleDefinition& definition) {
    Row& row = rows_[by_key_.at(text::name_key(definition.name))];
    row.implied.clear();
    for (const auto& name : definition.implies) {
      const auto implied = by_key_.find(text::name_key(name));
      if (implied == by_key_.end()) {
        return invalid("role.implies_unknown", "Role " + definition.name + " implies " + name + ", which is no role.");
      }
      row.implied.push_back(rows_[implied->second].role.no);
    }
    sort_and_unite(row.implied);
    return {};
  }

  // Numbers are given in order, so the rows are sorted by number.
  [[nodiscard]] Result<void> has_no_circle() const {
    for (const auto& row : rows_) {
      std::vector<RoleNo> waiting(row.implied);
      std::vector<RoleNo> seen;
      while (!waiting.empty()) {
        const auto no = waiting.back();
        waiting.pop_back();
        if (no == row.role.no) return invalid("role.implies_cycle", "Role " + row.role.name + " implies itself.");
        if (std::find(seen.begin(), seen.end(), no) != seen.end()) continue;
        seen.push_back(no);
        for (const auto& other : rows_) {
          if (other.role.no == no) waiting.insert(waiting.end(), other.implied.begin(), other.implied.end());
        }
      }
    }
    return {};
  }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> by_key_;
  Unit& unit_;
};

bool same_row(const Role& a, const Role& b) {
  return a.name == b.name && a.category == b.category && a.weight == b.weight && a.description == b.description &&
         a.built_in == b.built_in;
}

void write_differences(Unit& unit, const std::vector<Row>& before, const std::vector<Row>& after) {
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (i >= before.size() || !same_row(before[i].role, after[i].role)) role_store::put(unit.tx(), after[i].role);
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool is_new = i >= before.size();
    const bool new_contents = is_new || before[i].own != after[i].own || before[i].implied != after[i].implied;
    if (new_contents) role_store::put_contents(unit.tx(), after[i]);
    access::RoleFact fact = role_store::fact(after, after[i], unit.permissions());
    const bool same = !new_contents && same_row(before[i].role, after[i].role) &&
                      fact.permissions == role_store::closed(before, before[i].role.no, unit.permissions());
    if (same) continue;
    unit.record({.action = is_new ? "role.created" : "role.updated",
                 .organization = unit.view().platform(),
                 .target_kind = "role",
                 .target = after[i].role.id,
                 .before = is_new ? std::string() : described(before[i]),
                 .after = described(after[i]),
                 .facts = {std::move(fact)}});
  }
}

Result<void> check_names(std::span<const RoleDefinition> extra) {
  std::vector<std::string> taken;
  for (const auto& definition : start_catalogue()) taken.push_back(text::name_key(definition.name));
  for (const auto& definition : extra) {
    auto key = text::name_key(definition.name);
    if (key.empty() || !text::is_printable(definition.name) || text::length(definition.name) > kMaxRoleName) {
      return invalid("role.name_invalid", "A role's name has 1 to 100 printable characters.");
    }
    if (std::find(taken.begin(), taken.end(), key) != taken.end()) {
      return invalid("role.name_taken", "There is a role " + definition.name + " already.");
    }
    taken.push_back(std::move(key));
  }
  return {};
}

}  // namespace

std::string_view name(OrganizationRole role) { return kOrganizationRoleNames[static_cast<std::size_t>(role)]; }

std::optional<OrganizationRole> parse_organization_role(std::string_view name) {
  for (std::size_t i = 0; i < kOrganizationRoleNames.size(); ++i) {
    if (kOrganizationRoleNames[i] == name) return static_cast<OrganizationRole>(i);
  }
  return std::nullopt;
}

OrganizationRoles OrganizationRoles::of(const access::View& view) {
  OrganizationRoles roles;
  for (std::size_t i = 0; i < roles.numbers.size(); ++i) roles.numbers[i] = view.find_role(kOrganizationRoleNames[i]);
  return roles;
}

bool OrganizationRoles::contains(RoleNo role) const {
  return role && std::find(numbers.begin(), numbers.end(), role) != numbers.end();
}

std::optional<OrganizationRole> OrganizationRoles::heaviest(const std::vector<RoleNo>& roles) const {
  for (std::size_t i = numbers.size(); i-- > 0;) {
    if (numbers[i] && std::find(roles.begin(), roles.end(), numbers[i]) != roles.end())
      return static_cast<OrganizationRole>(i);
  }
  return std::nullopt;
}

Result<void> Roles::sync(std::span<const RoleDefinition> extra) {
  TRY(check_names(extra));
  return ledger_.unguarded("first start and configuration", Principal::system(), [&](Unit& unit) -> Result<void> {
    const auto stored = role_store::all(unit.tx());
    Plan plan(stored, unit);
    for (const auto& definition : start_catalogue()) plan.overlay(definition, true);
    for (const auto& definition : extra) plan.overlay(definition, false);
    for (const auto& definition : start_catalogue()) TRY(plan.connect(definition));
    for (const auto& definition : extra) TRY(plan.connect(definition));
    TRY(plan.has_no_circle());
    write_differences(unit, stored, plan.rows());
    return {};
  });
}

std::vector<Role> Roles::list() const {
  std::vector<Role> roles;
  ledger_.read([&](sql::Tx& tx) {
    const auto rows = role_store::all(tx);
    for (const auto& row : rows) {
      roles.push_back(row.role);
      roles.back().permissions = role_store::closed(rows, row.role.no, ledger_.graph().permissions());
    }
  });
  std::sort(roles.begin(), roles.end(),
            [](const Role& a, const Role& b) { return a.weight != b.weight ? a.weight > b.weight : a.name < b.name; });
  return roles;
}

std::vector<Role> Roles::assignable(const access::Pass& pass, OrganizationNo at,
                                    const std::vector<RoleNo>& besides) const {
  auto roles = list();
  ledger_.graph().read([&](const access::View& view) {
    std::erase_if(roles, [&](const Role& role) {
      if (std::find(besides.begin(), besides.end(), role.no) != besides.end()) return false;
      return !access::Policy::may_assign(view, ledger_.graph().permissions(), pass, at, {role.no}).ok() ||
             (at != pass.organization() && !access::Policy::acts_in_own_right(view, pass, at, {role.no}).ok());
    });
  });
  return roles;
}

std::vector<Role> Roles::list_assignable(const access::Permit<access::Action::kRoleList>& permit) const {
  return assignable(permit, permit.organization(), {});
}

std::vector<Role> Roles::list_assignable(const access::Permit<access::Action::kConnectionGet>& permit,
                                         OrganizationNo customer, const std::vector<RoleNo>& carried) const {
  return assignable(permit, customer, carried);
}

}  // namespace gatehouse::domain
