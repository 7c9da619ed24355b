// What credentials lose when organizations, accounts and memberships go: sessions end or move, clients and API tokens go.
#pragma once

#include "domain/api_tokens/api_tokens.hpp"
#include "domain/clients/clients.hpp"
#include "domain/dependents.hpp"
#include "domain/sessions/sessions.hpp"

namespace gatehouse::domain {

class CredentialDependents final : public Dependents {
 public:
  void organization_removed(Unit& unit, OrganizationNo organization) override {
    ApiTokens::organization_removed(unit, organization);
    Clients::organization_removed(unit, organization);
    Sessions::organization_removed(unit, organization);
  }
  void user_removed(Unit& unit, UserNo user) override {
    Sessions::user_removed(unit, user);
    Clients::user_removed(unit, user);
  }
  // Clients stay: they hold nothing while their owner is inactive, and work again with it.
  void user_deactivated(Unit& unit, UserNo user) override { Sessions::user_deactivated(unit, user); }
  void membership_removed(Unit& unit, UserNo user, OrganizationNo organization) override {
    (void)organization;
    Sessions::membership_removed(unit, user);
  }
};

}  // namespace gatehouse::domain
