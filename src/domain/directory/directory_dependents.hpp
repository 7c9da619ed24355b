// What associations with providers lose when an account goes.
#pragma once

#include "domain/dependents.hpp"
#include "domain/providers/providers.hpp"

namespace gatehouse::domain {

class DirectoryDependents final : public Dependents {
 public:
  void user_removed(Unit& unit, UserNo user) override { Providers::user_removed(unit, user); }
};

}  // namespace gatehouse::domain
