// The second opinion: rule 1 written straight from the architecture over ordered maps, sharing nothing with the graph
// but
// the facts. Slow, and meant to be read.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "access/graph.hpp"

namespace gatehouse::access {

class NaiveModel {
 public:
  explicit NaiveModel(const Permissions& names) : names_(&names) {}

  void apply(const Fact& fact) {
    std::visit([this](const auto& one) { take(one); }, fact);
  }

  using Names = std::set<std::string>;

  [[nodiscard]] bool stands(const Principal& who, Timestamp now) const {
    switch (who.kind) {
      case Principal::Kind::kNobody: return false;
      case Principal::Kind::kSystem: return true;
      case Principal::Kind::kUser: {
        if (!active(who.user)) return false;
        if (who.session.is_nil()) return true;
        const auto session = sessions_.find(who.session);
        return session != sessions_.end() && session->second.user == who.user && now < session->second.expires_at;
      }
      case Principal::Kind::kClient: {
        const auto client = clients_.find(ClientId(who.id));
        return client != clients_.end() && now < client->second.expires_at && active(client->second.owner);
      }
      case Principal::Kind::kApiToken: {
        const auto token = tokens_.find(ApiTokenId(who.id));
        return token != tokens_.end() && now < token->second.expires_at;
      }
    }
    return false;
  }

  // The roles that bear on the organization for this principal, before scopes.
  [[nodiscard]] std::set<RoleNo> roles_at(const Principal& who, OrganizationNo at, Timestamp now) const {
    if (!stands(who, now) || !organizations_.contains(at)) return {};
    if (who.kind == Principal::Kind::kApiToken) {
      const auto& token = tokens_.at(ApiTokenId(who.id));
      if (!within(at, token.organization)) return {};
      return known({token.roles.begin(), token.roles.end()});
    }
    auto user = who.user;
    if (who.kind == Principal::Kind::kClient) {
      const auto& client = clients_.at(ClientId(who.id));
      if (!within(at, client.organization)) return {};
      user = client.owner;
    }
    std::set<RoleNo> roles;
    for (const auto organization : upwards(at)) {
      if (const auto held = holdings_.find({user, organization}); held != holdings_.end()) {
        roles.insert(held->second.roles.begin(), held->second.roles.end());
      }
      for (const auto& [id, connection] : connections_) {
        if (connection.customer != organization || !member(user, connection.agency)) continue;
        roles.insert(connection.roles.begin(), connection.roles.end());
      }
    }
    return known(std::move(roles));
  }

  [[nodiscard]] Names effective(const Principal& who, OrganizationNo at, Timestamp now) const {
    Names held;
    if (who.kind == Principal::Kind::kSystem) {
      if (organizations_.contains(at)) {
        for (std::size_t i = 0; i < names_->size(); ++i) held.insert(std::string(names_->name(PermissionNo(i))));
      }
      return held;
    }
    for (const auto role : roles_at(who, at, now)) {
      for (const auto& name : roles_.at(role).permissions) {
        if (names_->find(name) && passes(who, name)) held.insert(name);
      }
    }
    return held;
  }

  [[nodiscard]] std::int32_t weight(const Principal& who, OrganizationNo at, Timestamp now) const {
    if (who.kind == Principal::Kind::kSystem) return organizations_.contains(at) ? INT32_MAX : INT32_MIN;
    auto heaviest = INT32_MIN;
    for (const auto role : roles_at(who, at, now)) heaviest = std::max(heaviest, roles_.at(role).weight);
    return heaviest;
  }

  [[nodiscard]] bool reaches(const Principal& who, OrganizationNo at, Timestamp now) const {
    if (!stands(who, now) || !organizations_.contains(at)) return false;
    if (effective(who, at, now).contains("organizations.view")) return true;
    if (at == platform()) return false;
    if (who.kind == Principal::Kind::kApiToken) return tokens_.at(ApiTokenId(who.id)).organization == at;
    auto user = who.user;
    if (who.kind == Principal::Kind::kClient) {
      const auto& client = clients_.at(ClientId(who.id));
      if (client.organization != at) return false;
      user = client.owner;
      for (const auto role : roles_at(who, at, now)) {
        const auto& names = roles_.at(role).permissions;
        if (std::find(names.begin(), names.end(), "organizations.view") != names.end()) return true;
      }
    }
    return member(user, at) || std::any_of(connections_.begin(), connections_.end(), [&](const auto& one) {
             return one.second.customer == at && member(user, one.second.agency);
           });
  }

  // The organizations that a scope stands for. `Everything` is the platform's tree; branches cut off from it exist
  // only in
  // a broken store, and only the system sees them.
  [[nodiscard]] std::set<OrganizationNo> meant_by(const Scope& scope, const Principal& who) const {
    std::set<OrganizationNo> meant(scope.singles.begin(), scope.singles.end());
    for (const auto& [no, fact] : organizations_) {
      const bool in_tree =
          std::any_of(scope.trees.begin(), scope.trees.end(), [&](OrganizationNo tree) { return within(no, tree); });
      const bool in_all = scope.everything && (who.kind == Principal::Kind::kSystem || within(no, platform()));
      if (in_all || in_tree) meant.insert(no);
    }
    return meant;
  }

  [[nodiscard]] std::set<OrganizationNo> organizations() const {
    std::set<OrganizationNo> found;
    for (const auto& [no, fact] : organizations_) found.insert(no);
    return found;
  }
  [[nodiscard]] std::int64_t member_count(OrganizationNo at) const {
    if (!organizations_.contains(at)) return 0;
    return std::count_if(holdings_.begin(), holdings_.end(),
                         [&](const auto& one) { return one.second.organization == at && one.second.member; });
  }
  [[nodiscard]] bool has_children(OrganizationNo at) const {
    return organizations_.contains(at) && std::any_of(organizations_.begin(), organizations_.end(),
                                                      [&](const auto& one) { return one.second.parent == at; });
  }
  [[nodiscard]] std::string name_key(OrganizationNo at) const {
    const auto found = names_of_organizations_.find(at);
    return found == names_of_organizations_.end() ? std::string() : found->second;
  }
  [[nodiscard]] bool within(OrganizationNo no, OrganizationNo ancestor) const {
    const auto path = upwards(no);
    return std::find(path.begin(), path.end(), ancestor) != path.end();
  }
  [[nodiscard]] OrganizationNo platform() const {
    for (const auto& [no, fact] : organizations_) {
      if (!fact.parent) return no;
    }
    return {};
  }
  [[nodiscard]] std::int64_t user_count() const { return static_cast<std::int64_t>(users_.size()); }

 private:
  [[nodiscard]] std::vector<OrganizationNo> upwards(OrganizationNo from) const {
    std::vector<OrganizationNo> path;
    for (auto at = organizations_.find(from); at != organizations_.end(); at = organizations_.find(at->second.parent)) {
      path.push_back(at->first);
    }
    return path;
  }
  [[nodiscard]] bool active(UserNo user) const {
    const auto found = users_.find(user);
    return found != users_.end() && found->second.active;
  }
  [[nodiscard]] bool member(UserNo user, OrganizationNo organization) const {
    const auto held = holdings_.find({user, organization});
    return held != holdings_.end() && held->second.member;
  }
  [[nodiscard]] std::set<RoleNo> known(std::set<RoleNo> roles) const {
    std::erase_if(roles, [this](RoleNo no) { return !roles_.contains(no); });
    return roles;
  }
  [[nodiscard]] bool passes(const Principal& who, const std::string& permission) const {
    if (who.kind != Principal::Kind::kClient) return true;
    const auto dot = permission.find('.');
    const auto noun = permission.substr(0, dot);
    const auto verb = permission.substr(dot + 1);
    const bool reading = verb == "view" || verb == "read" || verb == "list" || verb == "evaluate";
    const auto& scopes = clients_.at(ClientId(who.id)).scopes;
    const auto has = [&](const std::string& scope) {
      return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
    };
    return has(noun + ".write") || (reading && has(noun + ".read"));
  }

  void take(const OrganizationFact& fact) { organizations_[fact.no] = fact; }
  void take(const OrganizationGone& fact) {
    organizations_.erase(fact.no);
    names_of_organizations_.erase(fact.no);
  }
  void take(const OrganizationNameFact& fact) {
    if (organizations_.contains(fact.no)) names_of_organizations_[fact.no] = fact.key;
  }
  void take(const UserFact& fact) { users_[fact.no] = fact; }
  void take(const UserGone& fact) {
    users_.erase(fact.no);
    std::erase_if(holdings_, [&](const auto& one) { return one.second.user == fact.no; });
  }
  void take(const RoleFact& fact) { roles_[fact.no] = fact; }
  void take(const RoleGone& fact) { roles_.erase(fact.no); }
  void take(const HoldingFact& fact) {
    if (!users_.contains(fact.user)) return;
    if (fact.member || !fact.roles.empty()) {
      holdings_[{fact.user, fact.organization}] = fact;
    } else {
      holdings_.erase({fact.user, fact.organization});
    }
  }
  void take(const ConnectionFact& fact) { connections_[fact.id] = fact; }
  void take(const ConnectionGone& fact) { connections_.erase(fact.id); }
  void take(const ClientFact& fact) { clients_[fact.id] = fact; }
  void take(const ClientGone& fact) { clients_.erase(fact.id); }
  void take(const ApiTokenFact& fact) { tokens_[fact.id] = fact; }
  void take(const ApiTokenGone& fact) { tokens_.erase(fact.id); }
  void take(const SessionFact& fact) { sessions_[fact.id] = fact; }
  void take(const SessionGone& fact) { sessions_.erase(fact.id); }

  const Permissions* names_;
  std::map<OrganizationNo, OrganizationFact> organizations_;
  std::map<OrganizationNo, std::string> names_of_organizations_;
  std::map<UserNo, UserFact> users_;
  std::map<RoleNo, RoleFact> roles_;
  std::map<std::pair<UserNo, OrganizationNo>, HoldingFact> holdings_;
  std::map<ConnectionId, ConnectionFact> connections_;
  std::map<ClientId, ClientFact> clients_;
  std::map<ApiTokenId, ApiTokenFact> tokens_;
  std::map<SessionId, SessionFact> sessions_;
};

}  // namespace gatehouse::access
