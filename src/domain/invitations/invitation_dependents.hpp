// What invitations, connections and notifications lose when an organization or an account goes.
#pragma once

#include "domain/dependents.hpp"
#include "domain/invitations/join_invitations.hpp"

namespace gatehouse::domain {

class InvitationDependents final : public Dependents {
 public:
  void organization_removed(Unit& unit, OrganizationNo organization) override {
    Invitations::organization_removed(unit, organization);
    JoinInvitations::organization_removed(unit, organization);
    Connections::organization_removed(unit, organization);
    Notifications::organization_removed(unit, organization);  // last: the others told it
  }
  void user_removed(Unit& unit, UserNo user) override { JoinInvitations::user_removed(unit, user); }
  void user_address_changed(Unit& unit, UserNo user) override { JoinInvitations::user_address_changed(unit, user); }
};

}  // namespace gatehouse::domain
