// What may have become of a deployment by one operation, read from its rows before and after: whose rights may have changed,
// what is given for good and by whom, who is left to administer, what was recorded.
#pragma once

#include <gtest/gtest.h>

#include "rules/naive_store.hpp"
#include "rules/random_dealings.hpp"

namespace gatehouse::testing {

class Consequences {
 public:
  // The state now; to be made before the operation.
  explicit Consequences(const RandomDealings& life) : life_(life), before_(read(life)) {}

  // `who` gave what was given, if anything: the caller, or who vouches for an invitation.
  void check(std::string_view operation, const Principal& who) {
    const auto after = read(life_);
    constexpr std::array<std::string_view, 2> kOfNoRights{"organization.switch", "join.reject"};
    if (operation.starts_with("invitation.") || is_in(kOfNoRights, operation)) rights_stand(after);
    comes_from_somewhere(after);
    if (operation != "role.sync") keeps_its_admins(after, operation == "user.update");
    constexpr std::array<std::string_view, 5> kOfNobody{"role.sync", "grant.put", "grant.take", "invitation.accept",
                                                        "invitation.decline"};
    if (!is_in(kOfNobody, operation)) {
      outlives_no_connection(after, who);
      is_under_the_ceiling(after, who);
    }
    client_records(after);
    log(after);
  }

 private:
  using Names = NaiveStore::Names;
  using Rights = std::map<UserNo, NaiveStore::ByOrganization>;
  using Weights = std::map<OrganizationNo, std::int64_t>;
  struct State {
    Rights rights;
    Rights direct;
    std::map<UserNo, Weights> weights;
    std::map<RoleNo, std::int64_t> role_weights;
    std::map<OrganizationNo, OrganizationNo> parents;
    std::map<UserNo, std::set<OrganizationNo>> customers;
    std::map<OrganizationNo, std::set<OrganizationNo>> agencies;
    std::map<UserNo, std::set<OrganizationNo>> memberships;
    std::map<RoleNo, Names> roles;
    std::set<std::pair<OrganizationNo, std::string>> administered;
    // Given for good: (user, or 0 for a token or a connection; organization; role).
    std::set<std::tuple<UserNo, OrganizationNo, RoleNo>> given;
    std::set<RandomDealings::Pair> connected;
    std::map<RandomDealings::Pair, bool> records;  // and whether each stands
    std::vector<std::int64_t> entries;             // of the log and the rows they tell of
  };

  template <class List>
  static bool is_in(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  }
  template <class Number>
  static Number number(const sql::Row& row, int column) {
    return {static_cast<std::uint32_t>(row.integer(column))};
  }
  static State read(const RandomDealings& life) {
    State state;
    life.world.database->read([&](sql::Tx& tx) {
      const NaiveStore rows(tx, life.world.permissions, life.world.now());
      state.rights = rows.of_users();
      state.direct = rows.of_users_directly();
      state.weights = rows.weights_of_users();
      tx.each("SELECT no, weight FROM roles", {}, [&](const sql::Row& row) {
        state.role_weights.emplace(number<RoleNo>(row, 0), row.integer(1));
        return true;
      });
      state.parents = rows.parents();
      state.customers = rows.customers_of_users();
      state.agencies = rows.agencies();
      state.memberships = rows.memberships();
      state.roles = rows.of_roles();
      state.administered = rows.administered();
      tx.each(
          "SELECT user_no, organization_no, role_no FROM grants UNION ALL "
          "SELECT 0, t.organization_no, g.role_no FROM api_tokens t JOIN api_token_grants g ON g.api_token_id = t.id "
          "UNION ALL SELECT 0, c.customer_no, g.role_no FROM connections c JOIN connection_grants g "
          "ON g.connection_id = c.id",
          {}, [&](const sql::Row& row) {
            state.given.emplace(number<UserNo>(row, 0), number<OrganizationNo>(row, 1), number<RoleNo>(row, 2));
            return true;
          });
      tx.each("SELECT customer_no, agency_no FROM connections", {}, [&](const sql::Row& row) {
        state.connected.insert({number<OrganizationNo>(row, 0), number<OrganizationNo>(row, 1)});
        return true;
      });
      tx.each(
          "SELECT customer_no, agency_no, connection_id IS NOT NULL FROM client_records", {}, [&](const sql::Row& row) {
            state.records.emplace(RandomDealings::Pair{number<OrganizationNo>(row, 0), number<OrganizationNo>(row, 1)},
                                  row.boolean(2));
            return true;
          });
      for (const auto* sql :
           {"SELECT count(*) FROM invitations i WHERE i.purpose = 'connect' AND i.status = 'accepted' AND "
            "(SELECT count(*) FROM changes c WHERE c.action = 'invitation.accepted' AND c.target_id = i.id) = 1 AND "
            "(SELECT count(*) FROM changes c WHERE c.action = 'connection.created' AND c.target_id = i.connection_id) "
            "= 1",
            "SELECT count(*) FROM invitations WHERE purpose = 'connect' AND status = 'accepted'",
            "SELECT count(*) FROM changes WHERE action = 'invitation.accepted' AND organization_no <> (SELECT no FROM "
            "organizations WHERE parent_no IS NULL)",
            "SELECT count(*) FROM changes WHERE action = 'connection.created'",
            "SELECT count(*) FROM invitations i WHERE i.purpose = 'join' AND i.status = 'accepted' AND "
            "(SELECT count(*) FROM changes c WHERE c.action = 'invitation.accepted' AND c.target_id = i.id) = 1",
            "SELECT count(*) FROM invitations WHERE purpose = 'join' AND status = 'accepted'"}) {
        state.entries.push_back(tx.integer(sql));
      }
    });
    return state;
  }
  template <class Map>
  static const typename Map::mapped_type& found(const Map& map, const typename Map::key_type& key) {
    static const typename Map::mapped_type kNothing{};
    const auto at = map.find(key);
    return at == map.end() ? kNothing : at->second;
  }

  // Nobody's rights anywhere, as far as the organizations were there before.
  void rights_stand(const State& after) {
    Rights now = after.rights;
    for (auto& [user, organizations] : now) {
      std::erase_if(organizations, [&](const auto& one) { return !before_.parents.contains(one.first); });
    }
    std::erase_if(now, [](const auto& one) { return one.second.empty(); });
    for (const auto& [user, organizations] : before_.rights) {
      EXPECT_TRUE(found(now, user) == organizations) << "of user " << user.value;
    }
    EXPECT_EQ(now.size(), before_.rights.size()) << "somebody holds something who held nothing";
  }
  // Where no connection leads, everybody has what direct grants give and nothing else; so also after it has ended.
  static void comes_from_somewhere(const State& after) {
    for (const auto& [user, organizations] : after.rights) {
      const auto& customers = found(after.customers, user);
      for (const auto& [at, names] : organizations) {
        if (customers.contains(at)) continue;
        EXPECT_EQ(names, found(found(after.direct, user), at)) << "user " << user.value << " at " << at.value;
      }
    }
  }
  // Whoever is deactivated is: what he administers below is administered from the platform meanwhile.
  void keeps_its_admins(const State& after, bool may_rest) {
    for (const auto& one : before_.administered) {
      if (!after.parents.contains(one.first) || (may_rest && after.parents.at(one.first))) continue;
      EXPECT_TRUE(after.administered.contains(one)) << one.first.value << " lost the last with " << one.second;
    }
  }
  static bool lets_give(const Names& carried) {
    constexpr std::array<const char*, 6> kGiving{"users.edit",       "users.add",        "users.remove",
                                                 "memberships.edit", "invitations.edit", "connections.edit"};
    return std::any_of(kGiving.begin(), kGiving.end(), [&](const char* name) { return carried.contains(name); });
  }
  // What is given for good by an agency's people is of their own: to each other, to tokens and connections, and to anybody
  // who could give in turn.
  void outlives_no_connection(const State& after, const Principal& who) {
    for (const auto& gift : after.given) {
      if (before_.given.contains(gift)) continue;
      const auto [to, at, role] = gift;
      // A new organization is seen from the one it was made in.
      const auto where = before_.parents.contains(at) ? at : found(after.parents, at);
      if (!found(before_.customers, who.user).contains(where)) continue;
      const auto& carried = found(after.roles, role);
      if (to && !are_colleagues(who.user, to, where) && !lets_give(carried)) continue;
      const auto& own = found(found(before_.direct, who.user), where);
      EXPECT_TRUE(std::includes(own.begin(), own.end(), carried.begin(), carried.end()))
          << "role " << role.value << " at " << at.value << " for " << to.value << " by " << who.user.value;
    }
  }
  // "Nobody gives what they do not hold": a role given where it is, to whomever, carries what the giver held there before, of
  // weight not above the giver's. A new organization is its maker's.
  void is_under_the_ceiling(const State& after, const Principal& who) {
    for (const auto& gift : after.given) {
      const auto [to, at, role] = gift;
      if (before_.given.contains(gift) || !before_.parents.contains(at)) continue;
      const auto& carried = found(after.roles, role);
      const auto& held = found(found(before_.rights, who.user), at);
      EXPECT_TRUE(std::includes(held.begin(), held.end(), carried.begin(), carried.end()))
          << "role " << role.value << " at " << at.value << " for " << to.value << " by " << who.user.value;
      const auto& weights = found(before_.weights, who.user);
      const auto heaviest = weights.find(at);
      EXPECT_TRUE(heaviest != weights.end() && found(after.role_weights, role) <= heaviest->second)
          << "role " << role.value << " at " << at.value << " for " << to.value << " by " << who.user.value;
    }
  }
  bool are_colleagues(UserNo one, UserNo other, OrganizationNo at) {
    const auto& ones = found(before_.memberships, one);
    const auto& others = found(before_.memberships, other);
    const auto& agencies = found(before_.agencies, at);
    return std::any_of(agencies.begin(), agencies.end(),
                       [&](OrganizationNo no) { return ones.contains(no) && others.contains(no); });
  }
  // One for every two that were ever connected and are there.
  void client_records(const State& after) {
    std::map<RandomDealings::Pair, bool> expected;
    for (const auto& pair : life_.ever_connected()) {
      if (after.parents.contains(pair.customer) && after.parents.contains(pair.agency)) {
        expected.emplace(pair, after.connected.contains(pair));
      }
    }
    EXPECT_EQ(after.records, expected);
  }
  static void log(const State& after) {
    EXPECT_EQ(after.entries[0], after.entries[1]) << "accepted invitations have one entry of each kind";
    EXPECT_EQ(after.entries[2], after.entries[3]) << "connections are made by acceptance only";
    EXPECT_EQ(after.entries[4], after.entries[5]) << "who joined by an invitation did so once";
  }

  const RandomDealings& life_;
  State before_;
};

}  // namespace gatehouse::testing
