// The second opinion on a whole store: rule 1 of the architecture as SQL over its rows. Shares nothing with the graph, the
// log or the services. Slow, and meant to be read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
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
  // union, over the organization and its ancestors, of direct grants and of connections into them." Who is inactive holds
  // nothing. Who holds nothing is not in the answer.
  [[nodiscard]] std::map<UserNo, ByOrganization> of_users() const {
    return permissions<UserNo>(std::string(kDirect) + " UNION " + std::string(kConnected), {});
  }
  // The same without connections.
  [[nodiscard]] std::map<UserNo, ByOrganization> of_users_directly() const { return permissions<UserNo>(kDirect, {}); }
  [[nodiscard]] std::map<UserNo, std::map<OrganizationNo, std::int64_t>> weights_of_users() const {
    std::map<UserNo, std::map<OrganizationNo, std::int64_t>> heaviest;
    tx_.each(std::string(kAbove) + "SELECT h.who, h.at, max(r.weight) FROM (" + std::string(kDirect) + " UNION " +
                 std::string(kConnected) + ") h JOIN roles r ON r.no = h.role_no GROUP BY h.who, h.at",
             {}, [&](const sql::Row& row) {
               heaviest[key<UserNo>(row, 0)][key<OrganizationNo>(row, 1)] = row.integer(2);
               return true;
             });
    return heaviest;
  }
  // Where a user is, as one of an agency's people, by a connection into the organization or one above it, whatever it
  // carries.
  [[nodiscard]] std::map<UserNo, std::set<OrganizationNo>> customers_of_users() const {
    return sets<UserNo, OrganizationNo>(
        std::string(kAbove) +
        "SELECT m.user_no, a.at FROM above a JOIN connections c ON c.customer_no = a.no "
        "JOIN memberships m ON m.organization_no = c.agency_no");
  }
  // By which agencies.
  [[nodiscard]] std::map<OrganizationNo, std::set<OrganizationNo>> agencies() const {
    return sets<OrganizationNo, OrganizationNo>(
        std::string(kAbove) + "SELECT a.at, c.agency_no FROM above a JOIN connections c ON c.customer_no = a.no");
  }
  // An organization's API token: its roles, within that organization, until it expires.
  [[nodiscard]] std::map<ApiTokenId, ByOrganization> of_api_tokens() const {
    return permissions<ApiTokenId>(
        "SELECT t.id AS who, a.at AS at, g.role_no AS role_no FROM above a JOIN api_tokens t ON t.organization_no = "
        "a.no "
        "JOIN api_token_grants g ON g.api_token_id = t.id WHERE t.expires_at IS NULL OR t.expires_at > $1",
        {now_});
  }
  // A machine client: its owner's rights, within its organization, narrowed by its scopes, until it expires.
  [[nodiscard]] std::map<ClientId, ByOrganization> of_clients() const {
    auto held =
        permissions<ClientId>("SELECT c.id AS who, h.at AS at, h.role_no AS role_no FROM clients c JOIN (" +
                                  std::string(kDirect) + " UNION " + std::string(kConnected) +
                                  ") h ON h.who = c.owner_no JOIN above w ON w.at = h.at AND w.no = c.organization_no "
                                  "WHERE c.expires_at > $1",
                              {now_});
    tx_.each("SELECT id, scopes FROM clients", {}, [&](const sql::Row& row) {
      const auto scopes = " " + std::string(row.text(1)) + " ";
      for (auto& [at, names] : held[key<ClientId>(row, 0)]) {
        std::erase_if(names, [&](const std::string& name) { return !passes(scopes, name); });
      }
      return true;
    });
    return held;
  }
  // What each role carries with all that it implies.
  [[nodiscard]] std::map<RoleNo, Names> of_roles() const {
    std::map<RoleNo, Names> found;
    const auto closed = permissions<RoleNo>("SELECT r.no AS who, 0 AS at, r.no AS role_no FROM roles r", {});
    for (const auto& [role, names] : closed) found.emplace(role, names.begin()->second);
    return found;
  }
  [[nodiscard]] std::map<UserNo, std::set<OrganizationNo>> memberships() const {
    return sets<UserNo, OrganizationNo>("SELECT user_no, organization_no FROM memberships");
  }
  [[nodiscard]] std::map<OrganizationNo, OrganizationNo> parents() const {  // of each organization; 0 for the platform
    std::map<OrganizationNo, OrganizationNo> found;
    tx_.each("SELECT no, parent_no FROM organizations", {}, [&](const sql::Row& row) {
      found.emplace(key<OrganizationNo>(row, 0), key<OrganizationNo>(row, 1));
      return true;
    });
    return found;
  }
  // Organizations that somebody active can administer by a role held there: may edit users, may edit memberships; and the
  // platform, where somebody may edit accounts.
  [[nodiscard]] std::set<std::pair<OrganizationNo, std::string>> administered() const {
    std::set<std::pair<OrganizationNo, std::string>> found;
    const auto roles = of_roles();
    tx_.each(
        "SELECT DISTINCT g.organization_no, g.role_no, o.parent_no FROM grants g JOIN users u ON u.no = g.user_no "
        "JOIN organizations o ON o.no = g.organization_no WHERE u.status <> 'inactive'",
        {}, [&](const sql::Row& row) {
          const auto carried = roles.find(key<RoleNo>(row, 1));
          for (const std::string name : {"users.edit", "memberships.edit", "accounts.edit"}) {
            if (name == "accounts.edit" && !row.is_null(2)) continue;
            if (carried != roles.end() && carried->second.contains(name)) {
              found.emplace(key<OrganizationNo>(row, 0), name);
            }
          }
          return true;
        });
    return found;
  }
  [[nodiscard]] std::map<UserId, UserNo> users() const {
    std::map<UserId, UserNo> found;
    tx_.each("SELECT id, no FROM users", {}, [&](const sql::Row& row) {
      found.emplace(key<UserId>(row, 0), key<UserNo>(row, 1));
      return true;
    });
    return found;
  }
  template <class IdType>
  [[nodiscard]] std::vector<IdType> ids(std::string_view table) const {
    std::vector<IdType> found;
    tx_.each("SELECT id FROM " + std::string(table), {}, [&](const sql::Row& row) {
      found.push_back(key<IdType>(row, 0));
      return true;
    });
    return found;
  }

 private:
  // Every organization with itself and each of its ancestors.
  static constexpr std::string_view kAbove =
      "WITH RECURSIVE above(at, no) AS (SELECT no, no FROM organizations UNION "
      "SELECT a.at, o.parent_no FROM above a JOIN organizations o ON o.no = a.no WHERE o.parent_no IS NOT NULL) ";
  static constexpr std::string_view kDirect =
      "SELECT g.user_no AS who, a.at AS at, g.role_no AS role_no FROM above a JOIN grants g ON g.organization_no = "
      "a.no "
      "JOIN users u ON u.no = g.user_no WHERE u.status <> 'inactive'";
  // "connection: the agency's members hold the connection's roles in the customer."
  static constexpr std::string_view kConnected =
      "SELECT m.user_no AS who, a.at AS at, g.role_no AS role_no FROM above a "
      "JOIN connections c ON c.customer_no = a.no JOIN connection_grants g ON g.connection_id = c.id "
      "JOIN memberships m ON m.organization_no = c.agency_no JOIN users u ON u.no = m.user_no "
      "WHERE u.status <> 'inactive'";

  template <class Key>
  static Key key(const sql::Row& row, int column) {
    if constexpr (requires(Key k) { k.value; }) {
      return {static_cast<std::uint32_t>(row.integer(column))};
    } else {
      return row.id<Key>(column);
    }
  }
  template <class Of, class Key>
  [[nodiscard]] std::map<Of, std::set<Key>> sets(const std::string& sql) const {
    std::map<Of, std::set<Key>> found;
    tx_.each(sql, {}, [&](const sql::Row& row) {
      found[key<Of>(row, 0)].insert(key<Key>(row, 1));
      return true;
    });
    return found;
  }
  // `held` selects who, organization and role; a role has the permissions of all that it implies.
  template <class Who>
  [[nodiscard]] std::map<Who, ByOrganization> permissions(std::string_view held,
                                                          std::initializer_list<sql::Value> values) const {
    std::map<Who, ByOrganization> found;
    const auto sql = std::string(kAbove) + ", held AS (" + std::string(held) +
                     "), closed(who, at, role_no) AS (SELECT who, at, role_no FROM held"
                     " UNION SELECT c.who, c.at, i.implied_no FROM closed c JOIN role_implications i "
                     "ON i.role_no = c.role_no) SELECT DISTINCT c.who, c.at, p.permission FROM closed c "
                     "JOIN role_permissions p ON p.role_no = c.role_no";
    tx_.each(sql, values, [&](const sql::Row& row) {
      auto& names = found[key<Who>(row, 0)][key<OrganizationNo>(row, 1)];
      if (row.text(2) != "*") {
        names.emplace(row.text(2));
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
