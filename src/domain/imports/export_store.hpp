// The SQL of exports: three scans, each in the order of ids.
#pragma once

#include "base/function_ref.hpp"
#include "domain/imports/import_rows.hpp"

namespace gatehouse::domain::export_store {

void organizations(sql::Tx& tx, FunctionRef<void(const OrganizationRow&)> each);
void users(sql::Tx& tx, FunctionRef<void(const UserRow&)> each);
void memberships(sql::Tx& tx, FunctionRef<void(const MembershipRow&)> each);

}  // namespace gatehouse::domain::export_store
