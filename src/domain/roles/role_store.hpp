// The SQL of roles.
#pragma once

#include "domain/roles/roles.hpp"

namespace gatehouse::domain::role_store {

// A role with what it names itself, before implications are followed.
struct Row {
  Role role;                     // `permissions` empty
  std::vector<std::string> own;  // sorted
  std::vector<RoleNo> implied;   // sorted
};

std::vector<Row> all(sql::Tx& tx);
void put(sql::Tx& tx, const Role& role);         // inserts, or replaces all but number and id
void put_contents(sql::Tx& tx, const Row& row);  // permissions and implications

// The closure: a role's own permissions and those of all it implies, sorted; "*" expanded.
std::vector<std::string> closed(const std::vector<Row>& rows, RoleNo role, const access::Permissions& permissions);
access::RoleFact fact(const std::vector<Row>& rows, const Row& row, const access::Permissions& permissions);
void load(sql::Tx& tx, access::Graph& graph);

}  // namespace gatehouse::domain::role_store
