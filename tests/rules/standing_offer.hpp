// What an invitation to join is worth, read from the rows before it is taken up: for each organization and role, whether
// whoever sent it could give that to that account now. Rule 2 of the architecture once more, without policy and graph.
#pragma once

#include <gtest/gtest.h>

#include "crypto/opaque_token.hpp"
#include "rules/naive_store.hpp"
#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::testing {

class StandingOffer {
 public:
  // The state now; to be made before it is taken up.
  StandingOffer(const Credentials& world, std::string_view secret) : world_(world) {
    const auto token = crypto::parse_opaque_token(secret);
    if (!token) return;
    world.database->read([&](sql::Tx& tx) {
      const NaiveStore rows(tx, world.permissions, world.now());
      tx.each(
          "SELECT i.user_no, coalesce(u.no, 0), i.id, t.status, t.email = i.email FROM invitations i "
          "LEFT JOIN users u ON u.id = i.inviter_id JOIN users t ON t.no = i.user_no WHERE i.secret = $1",
          {sql::Value::bytes(crypto::view(token->digest))}, [&](const sql::Row& row) {
            user_ = number<UserNo>(row, 0);
            inviter_ = number<UserNo>(row, 1);
            meant_ = row.text(3) != "inactive" && row.boolean(4);
            targets(tx, row.id<Uuid>(2), rows);
            return true;
          });
      held_ = held(tx);
    });
  }

  [[nodiscard]] Principal inviter() const {
    Principal who;
    who.user = inviter_;
    return who;
  }
  // It was refused as worth nothing: and it was.
  void expect_void() const {
    for (const auto& one : targets_) EXPECT_FALSE(meant_ && one.may == May::kYes) << described(one);
  }
  // It was taken up: what could be given is held now, and nothing else. False when some of it was left out.
  [[nodiscard]] bool expect_given() const {
    auto expected = held_;
    auto most = held_;
    for (const auto& one : targets_) {
      if (one.may == May::kYes) expected.emplace(one.at, one.role);
      if (one.may != May::kNo) most.emplace(one.at, one.role);
    }
    Held now;
    world_.database->read([&](sql::Tx& tx) { now = held(tx); });
    EXPECT_TRUE(std::includes(now.begin(), now.end(), expected.begin(), expected.end())) << "less was given";
    EXPECT_TRUE(std::includes(most.begin(), most.end(), now.begin(), now.end())) << "more was given";
    return std::none_of(targets_.begin(), targets_.end(), [&](const Target& one) {
      return !now.contains({one.at, one.role});
    });
  }

 private:
  // Through an agency's connection less can be given: how much is said in consequences.hpp.
  enum class May : std::uint8_t { kNo, kPerhaps, kYes };
  struct Target {
    OrganizationNo at;
    RoleNo role;
    May may = May::kNo;
  };
  using Held = std::set<std::pair<OrganizationNo, RoleNo>>;
  using Names = NaiveStore::Names;

  template <class Number>
  static Number number(const sql::Row& row, int column) {
    return {static_cast<std::uint32_t>(row.integer(column))};
  }
  [[nodiscard]] Held held(sql::Tx& tx) const {
    Held all;
    tx.each("SELECT organization_no, role_no FROM grants WHERE user_no = $1", {user_.value}, [&](const sql::Row& row) {
      all.emplace(number<OrganizationNo>(row, 0), number<RoleNo>(row, 1));
      return true;
    });
    return all;
  }
  static std::string described(const Target& one) {
    return "role " + std::to_string(one.role.value) + " at " + std::to_string(one.at.value);
  }

  void targets(sql::Tx& tx, const Uuid& id, const NaiveStore& rows) {
    rights_ = rows.of_users()[inviter_];
    weights_ = rows.weights_of_users()[inviter_];
    roles_ = rows.of_roles();
    parents_ = rows.parents();
    tx.each("SELECT no, weight FROM roles", {}, [&](const sql::Row& row) {
      role_weights_[number<RoleNo>(row, 0)] = row.integer(1);
      return true;
    });
    const auto through = rows.customers_of_users()[inviter_];
    const auto members = rows.memberships()[user_];
    tx.each("SELECT organization_no, role_no FROM invitation_targets WHERE invitation_id = $1", {sql::Value(id)},
            [&](const sql::Row& row) {
              Target one{number<OrganizationNo>(row, 0), number<RoleNo>(row, 1)};
              const bool touches = !members.contains(one.at) || !is_outranked(tx, one.at);
              const bool admits = members.contains(one.at) || carries(tx, one.at);
              if (rights_[one.at].contains("users.add") && covers(one.at, one.role) && touches && admits) {
                one.may = through.contains(one.at) ? May::kPerhaps : May::kYes;
              }
              targets_.push_back(one);
              return true;
            });
  }
  // The inviter holds all of the role there, and nothing lighter than it.
  bool covers(OrganizationNo at, RoleNo role) {
    const auto& names = rights_[at];
    const auto& carried = roles_[role];
    const auto weight = weights_.find(at);
    return weight != weights_.end() && role_weights_[role] <= weight->second &&
           std::includes(names.begin(), names.end(), carried.begin(), carried.end());
  }
  // "Nobody edits, moves or removes who outranks them": by a role held there or above, or by the weight of what comes through
  // connections.
  bool is_outranked(sql::Tx& tx, OrganizationNo at) {
    if (inviter_ == user_) return false;
    bool outranked = false;
    for (auto above = at; above; above = parents_[above]) {
      tx.each("SELECT role_no FROM grants WHERE user_no = $1 AND organization_no = $2", {user_.value, above.value},
              [&](const sql::Row& row) {
                outranked |= !covers(at, number<RoleNo>(row, 0));
                return true;
              });
      tx.each(
          "SELECT max(r.weight) FROM connections c JOIN memberships m ON m.organization_no = c.agency_no "
          "JOIN connection_grants g ON g.connection_id = c.id JOIN roles r ON r.no = g.role_no "
          "WHERE m.user_no = $1 AND c.customer_no = $2",
          {user_.value, above.value}, [&](const sql::Row& row) {
            outranked |= !row.is_null(0) && (!weights_.contains(at) || row.integer(0) > weights_[at]);
            return true;
          });
    }
    return outranked;
  }
  // Members of an agency hold what its connections carry at its customers: so that has to be the inviter's to give too.
  bool carries(sql::Tx& tx, OrganizationNo agency) {
    bool all = true;
    tx.each(
        "SELECT c.customer_no, g.role_no FROM connections c JOIN connection_grants g ON g.connection_id = c.id "
        "WHERE c.agency_no = $1",
        {agency.value}, [&](const sql::Row& row) {
          all &= covers(number<OrganizationNo>(row, 0), number<RoleNo>(row, 1));
          return true;
        });
    return all;
  }

  const Credentials& world_;
  UserNo user_;
  UserNo inviter_;
  bool meant_ = false;  // the account is in use or new, and has the address still
  std::vector<Target> targets_;
  Held held_;
  NaiveStore::ByOrganization rights_;
  std::map<OrganizationNo, std::int64_t> weights_;
  std::map<RoleNo, Names> roles_;
  std::map<RoleNo, std::int64_t> role_weights_;
  std::map<OrganizationNo, OrganizationNo> parents_;
};

}  // namespace gatehouse::testing
