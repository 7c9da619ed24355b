// One graph against the rows of the store: every decision about every user, client and API token in every organization, and
// what lists are bound by.
#pragma once

#include <gtest/gtest.h>

#include "rules/naive_store.hpp"
#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::testing {

class Comparison {
 public:
  Comparison(const access::View& view, const NaiveStore& rows, const access::Permissions& permissions, Timestamp now)
      : view_(view), rows_(rows), permissions_(permissions), now_(now), parents_(rows.parents()) {}

  void run() {
    ASSERT_NO_FATAL_FAILURE(organizations());
    ASSERT_NO_FATAL_FAILURE(users());
    const auto clients = rows_.of_clients();
    for (const auto& id : rows_.ids<ClientId>("clients")) {
      const auto who = view_.subject_client(id);
      ASSERT_TRUE(who.has_value());
      ASSERT_NO_FATAL_FAILURE(same(*who, found(clients, id))) << "client " << id.to_string();
    }
    const auto tokens = rows_.of_api_tokens();
    for (const auto& id : rows_.ids<ApiTokenId>("api_tokens")) {
      const auto who = view_.subject_api_token(id);
      ASSERT_TRUE(who.has_value());
      ASSERT_NO_FATAL_FAILURE(same(*who, found(tokens, id))) << "API token " << id.to_string();
    }
  }

 private:
  // What is not in a map is empty.
  template <class Map>
  static typename Map::mapped_type found(const Map& map, const typename Map::key_type& key) {
    const auto at = map.find(key);
    return at == map.end() ? typename Map::mapped_type() : at->second;
  }
  NaiveStore::Names names_of(const access::PermissionSet& set) {
    NaiveStore::Names names;
    for (const auto permission : set.list()) {
      if (static_cast<std::size_t>(permission) < permissions_.size()) names.emplace(permissions_.name(permission));
    }
    return names;
  }

  void organizations() {
    ASSERT_EQ(view_.organization_count() + 1, static_cast<std::int64_t>(parents_.size()));
    std::map<OrganizationNo, std::int64_t> members;
    for (const auto& [user, organizations] : rows_.memberships()) {
      for (const auto no : organizations) ++members[no];
    }
    std::set<OrganizationNo> above;
    for (const auto& [no, parent] : parents_) {
      ASSERT_TRUE(view_.organization_id(no).has_value()) << no.value;
      ASSERT_EQ(view_.parent(no), parent);
      ASSERT_EQ(view_.member_count(no), found(members, no));
      above.insert(parent);
    }
    for (const auto& [no, parent] : parents_) ASSERT_EQ(view_.has_children(no), above.contains(no));
  }
  void users() {
    const auto all = rows_.users();
    ASSERT_EQ(view_.user_count(), static_cast<std::int64_t>(all.size()));
    const auto rights = rows_.of_users();
    const auto weights = rows_.weights_of_users();
    const auto memberships = rows_.memberships();
    for (const auto& [id, no] : all) {
      const auto who = view_.subject_user(id);
      ASSERT_TRUE(who.has_value());
      ASSERT_EQ(who->user, no);
      ASSERT_NO_FATAL_FAILURE(same(*who, found(rights, no))) << "user number " << no.value;
      const auto weighs = found(weights, no);
      const auto member_of = found(memberships, no);
      for (const auto& [at, parent] : parents_) {
        const auto weight = weighs.find(at);
        ASSERT_EQ(view_.weight(*who, at, now_), weight == weighs.end() ? INT32_MIN : weight->second);
        ASSERT_EQ(view_.is_member(no, at), member_of.contains(at));
      }
    }
  }
  void same(const Principal& who, const NaiveStore::ByOrganization& expected) {
    std::set<OrganizationNo> seen;
    for (const auto& [at, parent] : parents_) {
      const auto names = found(expected, at);
      ASSERT_EQ(names_of(view_.effective(who, at, now_)), names) << "at organization " << at.value;
      ASSERT_EQ(view_.allows(who, access::permission::kUsersView, at, now_), names.contains("users.view"));
      if (names.contains("users.view")) seen.insert(at);
    }
    const auto scope = view_.scope(who, access::permission::kUsersView, now_);
    for (const auto& [at, parent] : parents_) {
      const bool within =
          scope.everything || std::any_of(scope.trees.begin(), scope.trees.end(),
                                          [&, at = at](auto tree) { return view_.is_within(at, tree); });
      ASSERT_EQ(within, seen.contains(at)) << "organization " << at.value << " in the scope";
    }
  }

  const access::View& view_;
  const NaiveStore& rows_;
  const access::Permissions& permissions_;
  Timestamp now_;
  std::map<OrganizationNo, OrganizationNo> parents_;
};

inline void expect_same(const Credentials& world, const access::Graph& graph) {
  world.database->read([&](sql::Tx& tx) {
    const NaiveStore rows(tx, world.permissions, world.now());
    graph.read([&](const access::View& view) {
      ASSERT_EQ(view.revision(), domain::Ledger::head(tx));
      Comparison(view, rows, world.permissions, world.now()).run();
    });
  });
}

}  // namespace gatehouse::testing
