// On whose account somebody invites, whatever it is done with: a person, also through machine clients, and an organization
// through its API tokens and those of all below it. What is bounded is bounded for that one, so that nobody gets more of it by more credentials, and
// nothing that one does takes from another.
#pragma once

#include "access/graph.hpp"

namespace gatehouse::domain {

struct Sender {
  UserNo user;
  OrganizationNo organization;  // the topmost above an API token's
  auto operator<=>(const Sender&) const = default;
};

// Neither: the service itself, and who is gone.
Sender sender_of(const access::View& view, const Principal& who);

}  // namespace gatehouse::domain
