// A random life of a deployment: what its users do to organizations, memberships, accounts and credentials, by callers who
// often may not do it. Repeatable but for the ids. What companies do with each other is in random_dealings.hpp.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support_cpp/credentials_fixture.hpp"

namespace gatehouse::testing {

class RandomLife {
 public:
  static constexpr std::size_t kOperations = 17;  // names that steps can have
  struct Step {
    std::string_view name;
    Result<void> outcome;
  };

  explicit RandomLife(std::uint64_t seed) : random_(seed) {
    people_.push_back(world.person("root"));
    world.join(people_.front(), world.platform, {"Super Admin"});
    for (int i = 0; i < 3; ++i) {
      people_.push_back(world.person("person-" + std::to_string(i)));
      tops_.push_back(world.organization("Top " + std::to_string(i)));
      world.join(people_.back(), tops_.back().no, {"admin"});
    }
    organizations_ = tops_;
    need(domain::Roles(*world.ledger).sync(own_roles_));
  }

  virtual ~RandomLife() = default;
  RandomLife(const RandomLife&) = delete;
  RandomLife& operator=(const RandomLife&) = delete;

  // What a step begins with: somebody who is signed in. Not a part of it, because signing in changes the store.
  Principal caller() {
    for (;;) {
      // The first may do everything; it acts often enough for things to happen.
      const auto& person = below(3) == 0 ? people_.front() : actor();
      auto who = world.who(bearers_[person.id]);
      if (who) return *who;
      const auto pair = world.try_sign_in(person.user_name);
      if (pair) bearers_[person.id] = pair->access_token;
    }
  }

  Step next(const Principal& who) {
    switch (below(22)) {
      case 0: return {"organization.create_top", create_top(who)};
      case 1:
      case 2:
      case 3: return {"organization.create", create(who)};
      case 4:
      case 5: return {"organization.move", move(who)};
      case 6: return {"organization.remove", remove(who)};
      case 7: return {"organization.update", update(who)};
      case 8:
      case 9:
      case 10: return {"membership.create", join(who)};
      case 11:
      case 12: return {"membership.update", change_membership(who)};
      case 13: return {"membership.remove", leave(who)};
      case 14: return {"user.create", create_user(who)};
      case 15: return {"user.update", update_user(who)};
      case 16: return {"user.remove", remove_user(who)};
      case 17:
      case 20: return below(5) < 2 ? Step{"client.remove", remove_client(who)} : Step{"client.create", add_client(who)};
      case 18:
      case 19: return below(5) < 2 ? Step{"api_token.revoke", revoke(who)} : Step{"api_token.create", add_token(who)};
      default: return below(2) == 0 ? Step{"role.sync", change_roles()} : Step{"grant.put", grant(any_role())};
    }
  }

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

  Credentials world;

 protected:
  template <class T>
  const T& any(const std::vector<T>& all) {
    return all[below(all.size())];
  }
  // Things that are gone are named now and then: they must be refused like what never was.
  virtual const domain::User& actor() { return any(people_); }
  virtual const domain::Organization& place() { return any(organizations_); }
  virtual const domain::User& person() { return any(people_); }
  std::string fresh(std::string_view noun) { return std::string(noun) + "-" + std::to_string(++named_); }
  template <access::Action A>
  Result<access::Permit<A>> at(const Principal& who, const OrganizationId& organization) const {
    return world.ledger->policy().permit<A>(who, organization, world.now());
  }
  template <access::Action A>
  Result<access::Permit<A>> as(const Principal& who) const {
    return world.ledger->policy().permit<A>(who, world.now());
  }

  Result<void> create_top(const Principal& who) {
    const auto permit = TRY(as<access::Action::kOrganizationCreateTop>(who));
    organizations_.push_back(TRY(world.organizations->create_top(permit, {.name = name()})));
    return {};
  }
  Result<void> create(const Principal& who) {
    domain::NewOrganization input{.name = name()};
    if (below(3) == 0) input.admins.push_back(person().id);
    const auto permit = TRY(at<access::Action::kOrganizationCreate>(who, place().id));
    organizations_.push_back(TRY(world.organizations->create(permit, input)));
    return {};
  }
  // Now and then one that is taken.
  std::string name() { return below(8) == 0 ? place().name : fresh("Org"); }
  Result<void> move(const Principal& who) {
    const auto to = below(5) == 0 ? std::nullopt : std::optional(place().id);
    const auto permit = TRY(at<access::Action::kOrganizationMove>(who, place().id));
    TRY(world.organizations->move(permit, to));
    return {};
  }
  Result<void> remove(const Principal& who) {
    const auto permit =
        TRY(at<access::Action::kOrganizationDelete>(who, below(4) != 0 ? empty_place(who.user) : place().id));
    return world.organizations->remove(permit, {});
  }
  // One that nothing and nobody else is in, if there is one.
  OrganizationId empty_place(UserNo user) {
    std::vector<OrganizationId> empty;
    world.database->read([&](sql::Tx& tx) {
      tx.each(
          "SELECT o.id FROM organizations o WHERE NOT EXISTS (SELECT 1 FROM organizations c WHERE c.parent_no = o.no) "
          "AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organization_no = o.no AND m.user_no <> $1) "
          "ORDER BY o.no",
          {user.value}, [&](const sql::Row& row) {
            empty.push_back(row.id<OrganizationId>(0));
            return true;
          });
    });
    return empty.empty() ? place().id : any(empty);
  }
  Result<void> update(const Principal& who) {
    const auto new_name = name();
    const auto permit = TRY(at<access::Action::kOrganizationUpdate>(who, place().id));
    TRY(world.organizations->update(permit, {.name = new_name}));
    return {};
  }
  // Mostly one that stands.
  std::pair<UserId, OrganizationId> membership() {
    std::pair<UserId, OrganizationId> found{person().id, place().id};
    for (int tries = below(6) == 0 ? 0 : 8; tries > 0; --tries) {
      const auto& user = person();
      world.graph->read([&](const access::View& view) {
        const auto holdings = view.holdings(user.no);
        if (holdings.empty()) return;
        const auto& holding = any(holdings);
        if (holding.member) found = {user.id, view.organization_id(holding.organization).value_or(OrganizationId())};
      });
      if (found.first == user.id) break;
    }
    return found;
  }
  domain::OrganizationRole organization_role() { return static_cast<domain::OrganizationRole>(below(3)); }
  Result<void> join(const Principal& who) {
    std::vector<domain::NewMembership> entries(1 + below(2));
    for (auto& entry : entries)
      entry = {person().id, below(2) == 0 ? domain::OrganizationRole::kViewer : organization_role()};
    const auto permit = TRY(at<access::Action::kMembershipCreate>(who, place().id));
    TRY(world.memberships->create(permit, entries));
    return {};
  }
  Result<void> change_membership(const Principal& who) {
    const auto [user, organization] = membership();
    const domain::MembershipPatch patch{.organization_role = organization_role()};
    const auto permit = TRY(at<access::Action::kMembershipUpdate>(who, organization));
    TRY(world.memberships->update(permit, user, patch));
    return {};
  }
  Result<void> leave(const Principal& who) {
    const auto [user, organization] = membership();
    const auto permit = TRY(at<access::Action::kMembershipRemove>(who, organization));
    return world.memberships->remove(permit, user);
  }
  Result<void> create_user(const Principal& who) {
    const auto login = below(6) == 0 ? person().user_name : fresh("user");
    static const auto kHash = crypto::hash_password(kPassword, kCheap);
    const auto permit = TRY(as<access::Action::kAccountCreate>(who));
    auto made = TRY(world.users->create(permit, {login, login + "@example.com", login, kHash}));
    people_.push_back(std::move(made));
    return {};
  }
  Result<void> update_user(const Principal& who) {
    const auto status = below(2) == 0 ? domain::UserStatus::kInactive : domain::UserStatus::kActive;
    const auto& user = person();
    const auto permit = TRY(as<access::Action::kAccountEdit>(who));
    TRY(world.users->update(permit, user.id, {.status = status}));
    return {};
  }
  Result<void> remove_user(const Principal& who) {
    const auto& user = person();
    const auto permit = TRY(as<access::Action::kAccountRemove>(who));
    return world.users->remove(permit, user.id);
  }
  std::optional<Timestamp> expiry() {
    return below(2) == 0 ? std::nullopt
                         : std::optional(world.now().plus_s(60 + static_cast<std::int64_t>(below(7200))));
  }
  Result<void> add_client(const Principal& who) {
    domain::NewClient input{below(3) != 0 ? "client" : fresh("client"), {"organizations.read"}, expiry()};
    for (const auto* scope : {"users.read", "users.write", "orders.write", "memberships.write"}) {
      if (below(2) == 0) input.scopes.emplace_back(scope);
    }
    const auto permit = TRY(as<access::Action::kClientEdit>(who));
    clients_.push_back(TRY(world.clients->create(permit, input)).client.id);
    return {};
  }
  Result<void> remove_client(const Principal& who) {
    if (clients_.empty()) return not_found("client.not_found", "There is none yet.");
    auto client = any(clients_);
    // Mostly one of their own.
    if (below(4) != 0) {
      std::vector<ClientId> own;
      world.database->read([&](sql::Tx& tx) {
        std::copy_if(clients_.begin(), clients_.end(), std::back_inserter(own), [&](const auto& one) {
          return tx.exists("SELECT 1 FROM clients WHERE id = $1 AND owner_no = $2", {one, who.user.value});
        });
      });
      if (!own.empty()) client = any(own);
    }
    const auto permit = TRY(as<access::Action::kClientEdit>(who));
    TRY(world.clients->remove(permit, client));
    if (below(4) != 0) std::erase(clients_, client);
    return {};
  }
  Result<void> add_token(const Principal& who) {
    domain::NewApiToken input{fresh("token"), std::nullopt, expiry()};
    if (below(2) == 0) input.roles.emplace().push_back(any_role());
    const auto permit = TRY(at<access::Action::kApiTokenCreate>(who, place().id));
    tokens_.emplace_back(permit.organization(), TRY(world.api_tokens->create(permit, input)).token.id);
    return {};
  }
  Result<void> revoke(const Principal& who) {
    if (tokens_.empty()) return not_found("api_token.not_found", "There is none yet.");
    if (below(4) != 0) {
      world.database->read([&](sql::Tx& tx) {
        std::erase_if(tokens_, [&](const auto& one) {
          return !tx.exists("SELECT 1 FROM api_tokens WHERE id = $1", {sql::Value(one.second)});
        });
      });
      if (tokens_.empty()) return not_found("api_token.not_found", "None is left.");
    }
    const auto [organization, token] = any(tokens_);
    for (const auto& one : organizations_) {
      if (one.no != organization) continue;
      const auto permit = TRY(at<access::Action::kApiTokenRevoke>(who, one.id));
      TRY(world.api_tokens->revoke(permit, token));
      if (below(4) != 0)
        std::erase_if(tokens_, [&revoked = token](const auto& other) { return other.second == revoked; });
      return {};
    }
    return {};
  }
  RoleNo any_role() {
    std::vector<RoleNo> all;
    world.graph->read([&](const access::View& view) { all = view.roles(); });
    return any(all);
  }
  // The operator's own roles as a new configuration has them; circles are refused.
  Result<void> change_roles() {
    auto changed = own_roles_;
    auto& role = changed[below(changed.size())];
    role.weight = static_cast<std::int32_t>(below(110));
    role.permissions.clear();
    for (const auto* permission :
         {"orders.view", "users.view", "users.edit", "memberships.edit", "organizations.view"}) {
      if (below(3) == 0) role.permissions.emplace_back(permission);
    }
    role.implies.clear();
    if (below(3) != 0) role.implies.push_back(any(changed).name);
    if (below(3) == 0) role.implies.emplace_back(below(2) == 0 ? "viewer" : "ORDERS_EDIT");
    TRY(domain::Roles(*world.ledger).sync(changed));
    own_roles_ = changed;
    return {};
  }
  // As an import does.
  Result<void> grant(RoleNo role) {
    const auto user = person().no;
    const auto organization = place().no;
    return world.ledger->unguarded("as an import does", Principal::system(), [&](domain::Unit& unit) -> Result<void> {
      if (!domain::Users::find(unit.tx(), user) || !unit.view().organization_id(organization)) {
        return not_found("membership.not_found", "One of both is gone.");
      }
      domain::Memberships::put(unit, user, organization, {role});
      return {};
    });
  }

  SeededRandom random_;
  int named_ = 0;
  std::vector<domain::User> people_;
  std::vector<domain::Organization> tops_;
  std::vector<domain::Organization> organizations_;
  std::vector<ClientId> clients_;
  std::vector<std::pair<OrganizationNo, ApiTokenId>> tokens_;
  std::map<UserId, std::string> bearers_;
  std::vector<domain::RoleDefinition> own_roles_{{"Own A", "APPLICATION", 12, "", {"orders.view"}, {}},
                                                 {"Own B", "APPLICATION", 40, "", {"users.view"}, {"Own A"}},
                                                 {"Own C", "APPLICATION", 96, "", {"users.edit"}, {"Own B"}}};
};

}  // namespace gatehouse::testing
