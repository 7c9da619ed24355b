// What providers lose when an account goes: its associations.
#pragma once

#include "domain/dependents.hpp"
#include "domain/providers/providers.hpp"

namespace gatehouse::domain {

class ProviderDependents final : public Dependents {
 public:
  void user_removed(Unit& unit, UserNo user) override { Providers::user_removed(unit, user); }
};

}  // namespace gatehouse::domain
