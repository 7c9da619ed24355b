#include "domain/organizations/organization_store.hpp"

#include <unordered_map>

#include "base/text.hpp"
#include "domain/scope_store.hpp"
#include "domain/text_search.hpp"

namespace gatehouse::domain::organization_store {
namespace {

// The parent's id is shown unless the parent is the platform.
constexpr std::string_view kColumns =
    "o.no, o.id, o.name, o.description, CASE WHEN p.parent_no IS NULL THEN NULL ELSE p.id END, o.version, "
    "o.created_at, "
    "o.updated_at";
constexpr std::string_view kParent = " LEFT JOIN organizations p ON p.no = o.parent_no";

constexpr std::string_view kBelow =
    "WITH RECURSIVE below(no, level) AS (SELECT no, 1 FROM organizations WHERE parent_no = $1 UNION ALL "
    "SELECT c.no, b.level + 1 FROM below b CROSS JOIN organizations c WHERE c.parent_no = b.no AND b.level < $2) ";

OrganizationNo number(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }

Organization read(const sql::Row& row) {
  Organization organization;
  organization.no = number(row, 0);
  organization.id = row.id<OrganizationId>(1);
  organization.name = row.text(2);
  organization.description = row.text(3);
  if (!row.is_null(4)) organization.parent = row.id<OrganizationId>(4);
  organization.version = row.integer(5);
  organization.created_at = row.time(6);
  organization.updated_at = row.time(7);
  return organization;
}

std::string select(std::string_view from_and_where) {
  return std::string("SELECT ").append(kColumns).append(" FROM ").append(from_and_where);
}

std::string order_by(const Search& search) {
  const std::string direction = search.descending ? " DESC" : "";
  switch (search.order) {
    case OrganizationFilter::Order::kName: break;
    case OrganizationFilter::Order::kCreatedAt: return " ORDER BY o.created_at" + direction + ", o.no" + direction;
    case OrganizationFilter::Order::kUpdatedAt: return " ORDER BY o.updated_at" + direction + ", o.no" + direction;
  }
  return " ORDER BY o.name_key" + direction;
}

std::string place(std::vector<sql::Value>& values, sql::Value value) {
  values.push_back(value);
  return "$" + std::to_string(values.size());
}

// The conditions of a search; `pattern` is bound and must outlive the statement.
std::string where(std::vector<sql::Value>& values, const Search& search, const std::string& pattern) {
  std::string sql =
      search.parent ? " WHERE o.parent_no = " + place(values, search.parent.value) : " WHERE o.parent_no IS NOT NULL";
  if (!search.name_key.empty()) sql += " AND o.name_key LIKE " + place(values, pattern) + " ESCAPE '\\'";
  return sql;
}

std::string limit(std::vector<sql::Value>& values, const Paging& paging) {
  std::string sql = " LIMIT " + place(values, paging.limit);
  if (paging.skip > 0) sql += " OFFSET " + place(values, paging.skip);
  return sql;
}

std::int64_t count(sql::Tx& tx, const std::string& sql, const std::vector<sql::Value>& values) {
  std::int64_t total = 0;
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    total = row.integer(0);
    return false;
  });
  return total;
}

}  // namespace

std::optional<Organization> find(sql::Tx& tx, OrganizationNo no) {
  return tx.first(select(std::string("organizations o").append(kParent).append(" WHERE o.no = $1")), {no.value}, read);
}

std::optional<OrganizationNo> find_by_key(sql::Tx& tx, std::string_view name_key) {
  return tx.first("SELECT no FROM organizations WHERE name_key = $1", {name_key},
                  [](const sql::Row& row) { return OrganizationNo{static_cast<std::uint32_t>(row.integer(0))}; });
}

std::vector<Organization> find_all(sql::Tx& tx, const std::vector<OrganizationNo>& numbers) {
  std::vector<std::uint32_t> plain;
  plain.reserve(numbers.size());
  for (const auto no : numbers) plain.push_back(no.value);
  std::vector<sql::Value> values;
  const auto list = scope_store::number_list(values, plain);
  std::unordered_map<OrganizationNo, Organization> found;
  tx.each(select(std::string("organizations o").append(kParent).append(" WHERE o.no IN (" + list + ")")),
          sql::Values(values), [&](const sql::Row& row) {
            auto organization = read(row);
            const auto no = organization.no;
            found.emplace(no, std::move(organization));
            return true;
          });
  std::vector<Organization> ordered;
  for (const auto no : numbers) {
    if (const auto at = found.find(no); at != found.end()) ordered.push_back(std::move(at->second));
  }
  return ordered;
}

bool insert(sql::Tx& tx, const Organization& organization, OrganizationNo parent, std::string_view name_key) {
  return tx.execute(
             "INSERT INTO organizations (no, id, parent_no, name, name_key, description, version, created_at, "
             "updated_at) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name_key) DO NOTHING",
             {organization.no.value, organization.id, parent ? sql::Value(parent.value) : sql::Value(nullptr),
              organization.name, name_key, organization.description, organization.version, organization.created_at,
              organization.updated_at}) == 1;
}

bool update(sql::Tx& tx, const Organization& organization, std::string_view name_key) {
  if (tx.exists("SELECT 1 FROM organizations WHERE name_key = $1 AND no <> $2", {name_key, organization.no.value}))
    return false;
  tx.execute(
      "UPDATE organizations SET name = $2, name_key = $3, description = $4, version = $5, updated_at = $6 WHERE no = "
      "$1",
      {organization.no.value, organization.name, name_key, organization.description, organization.version,
       organization.updated_at});
  return true;
}

void set_parent(sql::Tx& tx, const Organization& organization, OrganizationNo parent) {
  tx.execute("UPDATE organizations SET parent_no = $2, version = $3, updated_at = $4 WHERE no = $1",
             {organization.no.value, parent.value, organization.version, organization.updated_at});
}

void erase(sql::Tx& tx, OrganizationNo no) { tx.execute("DELETE FROM organizations WHERE no = $1", {no.value}); }

Page<Organization> list(sql::Tx& tx, const Search& search, const access::Scope& scope, const Paging& paging,
                        std::int64_t total) {
  std::vector<sql::Value> values;
  const std::string pattern = containing(search.name_key);
  const std::string with = scope.everything ? std::string() : scope_store::seen(values, scope);
  const std::string from = scope.everything ? "organizations o" : "seen s CROSS JOIN organizations o";
  std::string filter = where(values, search, pattern);
  if (!scope.everything) filter += " AND o.no = s.no";
  Page<Organization> page;
  page.total = total >= 0 ? total : count(tx, with + "SELECT COUNT(*) FROM " + from + filter, values);
  if (page.total <= paging.skip) return page;
  const auto sql = with + select(from + std::string(kParent) + filter + order_by(search)) + limit(values, paging);
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    page.items.push_back(read(row));
    return true;
  });
  return page;
}

Page<Organization> list_filtered(sql::Tx& tx, const Search& search, FunctionRef<bool(OrganizationNo)> keep,
                                 const Paging& paging) {
  std::vector<sql::Value> values;
  const std::string pattern = containing(search.name_key);
  Page<Organization> page;
  tx.each(select(std::string("organizations o").append(kParent) + where(values, search, pattern) + order_by(search)),
          sql::Values(values), [&](const sql::Row& row) {
            if (!keep(number(row, 0))) return true;
            const auto at = page.total++;
            if (at >= paging.skip && at - paging.skip < paging.limit) page.items.push_back(read(row));
            return true;
          });
  return page;
}

Page<OrganizationAtLevel> children(sql::Tx& tx, OrganizationNo of, int depth, const Paging& paging) {
  Page<OrganizationAtLevel> page;
  if (depth == 1) {
    // Straight from the index of the parent, however many siblings there are.
    access::Scope everything;
    everything.everything = true;
    auto siblings = list(tx, {.name_key = {}, .parent = of}, everything, paging, -1);
    page.total = siblings.total;
    for (auto& organization : siblings.items) page.items.push_back({std::move(organization), 1});
    return page;
  }
  page.total = tx.integer(std::string(kBelow) + "SELECT COUNT(*) FROM below", {of.value, depth});
  tx.each(std::string(kBelow)
              .append("SELECT ")
              .append(kColumns)
              .append(", below.level FROM below CROSS JOIN organizations o")
              .append(kParent)
              .append(" WHERE o.no = below.no ORDER BY below.level, o.name_key LIMIT $3 OFFSET $4"),
          {of.value, depth, paging.limit, paging.skip}, [&](const sql::Row& row) {
            page.items.push_back({read(row), static_cast<int>(row.integer(8))});
            return true;
          });
  return page;
}

std::vector<NumberAtLevel> children_numbers(sql::Tx& tx, OrganizationNo of, int depth) {
  std::vector<NumberAtLevel> numbers;
  tx.each(std::string(kBelow) +
              "SELECT o.no, below.level FROM below CROSS JOIN organizations o WHERE o.no = below.no ORDER BY "
              "below.level, o.name_key",
          {of.value, depth}, [&](const sql::Row& row) {
            numbers.push_back({number(row, 0), static_cast<int>(row.integer(1))});
            return true;
          });
  return numbers;
}

int height(sql::Tx& tx, OrganizationNo no) {
  return static_cast<int>(tx.integer(std::string(kBelow) + "SELECT COALESCE(MAX(level), 0) FROM below",
                                     {no.value, kMaxOrganizationDepth + 1}));
}

void load(sql::Tx& tx, access::Graph& graph) {
  tx.each("SELECT no, id, parent_no, name_key, name FROM organizations ORDER BY no", {}, [&](const sql::Row& row) {
    const auto no = number(row, 0);
    graph.load(access::OrganizationFact{no, row.id<OrganizationId>(1), number(row, 2)});
    // The platform's row has no key, so that its name is free.
    graph.load(
        access::OrganizationNameFact{no, row.is_null(2) ? text::name_key(row.text(4)) : std::string(row.text(3))});
    return true;
  });
}

}  // namespace gatehouse::domain::organization_store
