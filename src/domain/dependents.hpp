// What hangs on organizations and accounts and has to go with them: sessions, clients, API tokens, connections. Each
// noun cleans up its own rows, inside the unit that removes the other thing; the wiring registers them.
#pragma once

#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

class Dependents {
 public:
  virtual ~Dependents() = default;
  // Called before the row goes, while the view still knows it.
  virtual void organization_removed(Unit& unit, OrganizationNo organization) { (void)unit, (void)organization; }
  virtual void user_removed(Unit& unit, UserNo user) { (void)unit, (void)user; }
  // The account stays, but nobody may act with it any more.
  virtual void user_deactivated(Unit& unit, UserNo user) { (void)unit, (void)user; }
  // Whatever was sent to its address before proves nothing of it any more.
  virtual void user_address_changed(Unit& unit, UserNo user) { (void)unit, (void)user; }
  // Called after the membership is gone.
  virtual void membership_removed(Unit& unit, UserNo user, OrganizationNo organization) {
    (void)unit, (void)user, (void)organization;
  }
};

using DependentsList = std::vector<Dependents*>;

}  // namespace gatehouse::domain
