// What invitations, connections and notifications lose when an organization goes.
#pragma once

#include "domain/dependents.hpp"
#include "domain/invitations/invitations.hpp"

namespace gatehouse::domain {

class InvitationDependents final : public Dependents {
 public:
  void organization_removed(Unit& unit, OrganizationNo organization) override {
    Invitations::organization_removed(unit, organization);
    Connections::organization_removed(unit, organization);
    Notifications::organization_removed(unit, organization);  // last: the others told it
  }
};

}  // namespace gatehouse::domain
