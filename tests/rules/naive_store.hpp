// The second opinion on a whole store: rule 1 of the architecture as SQL over its rows. Shares nothing with the graph, the
// log or the services. Slow, and meant to be read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/graph.hpp"
#include "sql/database.hpp"

namespace gatehouse::testing {

class NaiveStore {
 public:
  using Names = std::set<std::string>;
  using ByOrganization = std::map<OrganizationNo, Names>;

  NaiveStore(sql::Tx& tx, const access::Permissions& names, Timestamp now) : tx_(tx), names_(names), now_(now) {}

  // "Grants flow down. A role held at an organization holds in every organization below it. Effective permissions = the
  // union, over the organization and its ancestors, of direct grants." Who is inactive holds nothing.
  [[nodiscard]] ByOrganization of_user(UserNo user) const {
    return permissions(
        "SELECT a.at, g.role_no FROM above a JOIN grants g ON g.organization_no = a.no "
        "JOIN users u ON u.no = g.user_no WHERE u.status <> 'inactive' AND g.user_no = $1",
        {user.value});
  }
  [[nodiscard]] std::map<OrganizationNo, std::int64_t> weights_of_user(UserNo user) const {
    std::map<OrganizationNo, std::int64_t> heaviest;
    tx_.each(std::string(kAbove) +
                 "SELECT a.at, max(r.weight) FROM above a JOIN grants g ON g.organization_no = a.no "
                 "JOIN users u ON u.no = g.user_no JOIN roles r ON r.no = g.role_no "
                 "WHERE u.status <> 'inactive' AND g.user_no = $1 GROUP BY a.at",
             {user.value}, [&](const sql::Row& row) {
               heaviest[number<OrganizationNo>(row, 0)] = row.integer(1);
               return true;
             });
    return heaviest;
  }
  // An organization's API token: its roles, within that organization, until it expires.
  [[nodiscard]] ByOrganization of_api_token(const ApiTokenId& token) const {
    return permissions(
        "SELECT a.at, g.role_no FROM above a JOIN api_tokens t ON t.organization_no = a.no "
        "JOIN api_token_grants g ON g.api_token_id = t.id "
        "WHERE t.id = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)",
        {token, now_});
  }
  // A machine client: its owner's rights, within its organization, narrowed by its scopes, until it expires.
  [[nodiscard]] ByOrganization of_client(const ClientId& client) const {
    auto held = permissions(
        "SELECT a.at, g.role_no FROM above a JOIN clients c ON c.id = $1 "
        "JOIN grants g ON g.organization_no = a.no AND g.user_no = c.owner_no "
        "JOIN users u ON u.no = c.owner_no "
        "WHERE c.expires_at > $2 AND u.status <> 'inactive' AND EXISTS (SELECT 1 FROM above w "
        "WHERE w.at = a.at AND w.no = c.organization_no)",
        {client, now_});
    std::string scopes;
    tx_.each("SELECT scopes FROM clients WHERE id = $1", {client}, [&](const sql::Row& row) {
      scopes = " " + std::string(row.text(0)) + " ";
      return true;
    });
    for (auto& [at, names] : held) std::erase_if(names, [&](const std::string& name) { return !passes(scopes, name); });
    return held;
  }
  [[nodiscard]] std::set<OrganizationNo> memberships(UserNo user) const {
    return numbers<OrganizationNo>("SELECT organization_no FROM memberships WHERE user_no = $1", {user.value});
  }
  [[nodiscard]] std::set<OrganizationNo> organizations() const {
    return numbers<OrganizationNo>("SELECT no FROM organizations", {});
  }
  [[nodiscard]] std::set<UserNo> users() const { return numbers<UserNo>("SELECT no FROM users", {}); }
  [[nodiscard]] OrganizationNo parent(OrganizationNo no) const {
    return {static_cast<std::uint32_t>(tx_.integer("SELECT parent_no FROM organizations WHERE no = $1", {no.value}))};
  }
  [[nodiscard]] std::int64_t member_count(OrganizationNo no) const {
    return tx_.integer("SELECT count(*) FROM memberships WHERE organization_no = $1", {no.value});
  }
  template <class IdType>
  [[nodiscard]] std::vector<IdType> ids(std::string_view table) const {
    std::vector<IdType> found;
    tx_.each("SELECT id FROM " + std::string(table), {}, [&](const sql::Row& row) {
      found.push_back(row.id<IdType>(0));
      return true;
    });
    return found;
  }

 private:
  // Every organization with itself and each of its ancestors.
  static constexpr std::string_view kAbove =
      "WITH RECURSIVE above(at, no) AS (SELECT no, no FROM organizations UNION "
      "SELECT a.at, o.parent_no FROM above a JOIN organizations o ON o.no = a.no WHERE o.parent_no IS NOT NULL) ";

  template <class Number>
  static Number number(const sql::Row& row, int column) {
    return {static_cast<std::uint32_t>(row.integer(column))};
  }
  template <class Number>
  [[nodiscard]] std::set<Number> numbers(std::string_view sql, std::initializer_list<sql::Value> values) const {
    std::set<Number> found;
    tx_.each(sql, values, [&](const sql::Row& row) {
      found.insert(number<Number>(row, 0));
      return true;
    });
    return found;
  }
  // `held` selects organization and role; a role has the permissions of all that it implies.
  [[nodiscard]] ByOrganization permissions(std::string_view held, std::initializer_list<sql::Value> values) const {
    ByOrganization found;
    const auto sql = std::string(kAbove) + ", closed(at, role_no) AS (" + std::string(held) +
                     " UNION SELECT c.at, i.implied_no FROM closed c JOIN role_implications i "
                     "ON i.role_no = c.role_no) SELECT DISTINCT c.at, p.permission FROM closed c "
                     "JOIN role_permissions p ON p.role_no = c.role_no";
    tx_.each(sql, values, [&](const sql::Row& row) {
      auto& names = found[number<OrganizationNo>(row, 0)];
      if (row.text(1) != "*") {
        names.emplace(row.text(1));
      } else {
        for (std::size_t i = 0; i < names_.size(); ++i) names.emplace(names_.name(access::PermissionNo(i)));
      }
      return true;
    });
    return found;
  }
  // `noun.read` lets the noun's reading permissions through, `noun.write` all of the noun's.
  static bool passes(const std::string& scopes, const std::string& permission) {
    const auto dot = permission.find('.');
    const auto noun = permission.substr(0, dot);
    const auto verb = permission.substr(dot + 1);
    const bool reading = verb == "view" || verb == "read" || verb == "list" || verb == "evaluate";
    const auto has = [&](const char* kind) { return scopes.find(" " + noun + kind + " ") != std::string::npos; };
    return has(".write") || (reading && has(".read"));
  }

  sql::Tx& tx_;
  const access::Permissions& names_;
  Timestamp now_;
};

}  // namespace gatehouse::testing
