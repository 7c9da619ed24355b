#include "domain/imports/export_store.hpp"

#include <algorithm>
#include <unordered_map>

#include "domain/imports/import_store.hpp"
#include "domain/memberships/stored_attributes.hpp"

namespace gatehouse::domain::export_store {
namespace {

// How another row refers to it: the external key in `key`, else the id in `id`.
template <class IdType>
std::string reference(const sql::Row& row, int key, int id) {
  if (!row.is_null(key)) return std::string(row.text(key));
  return std::string(kIdPrefix) + row.id<IdType>(id).to_string();
}

std::unordered_map<std::int64_t, std::string> role_names(sql::Tx& tx) {
  std::unordered_map<std::int64_t, std::string> names;
  tx.each("SELECT no, name FROM roles", {}, [&](const sql::Row& row) {
    names.emplace(row.integer(0), row.text(1));
    return true;
  });
  return names;
}

}  // namespace

void organizations(sql::Tx& tx, FunctionRef<void(const OrganizationRow&)> each) {
  tx.each(
      "SELECT o.id, o.external_key, o.name, o.description, p.id, p.external_key, p.parent_no "
      "FROM organizations o CROSS JOIN organizations p WHERE p.no = o.parent_no ORDER BY o.id",
      {}, [&](const sql::Row& row) {
        OrganizationRow organization;
        organization.id = row.id<OrganizationId>(0);
        organization.external_key = row.text(1);
        organization.name = row.text(2);
        organization.description = row.text(3);
        organization.parent_key = row.is_null(6) ? std::string() : reference<OrganizationId>(row, 5, 4);
        each(organization);
        return true;
      });
}

void users(sql::Tx& tx, FunctionRef<void(const UserRow&)> each) {
  tx.each("SELECT id, external_key, user_name, email, display_name, status FROM users ORDER BY id", {},
          [&](const sql::Row& row) {
            UserRow user;
            user.id = row.id<UserId>(0);
            user.external_key = row.text(1);
            user.user_name = row.text(2);
            user.email = row.text(3);
            user.display_name = row.text(4);
            user.status = row.text(5);
            each(user);
            return true;
          });
}

void memberships(sql::Tx& tx, FunctionRef<void(const MembershipRow&)> each) {
  const auto names = role_names(tx);
  std::int64_t user_no = 0;
  std::int64_t organization_no = 0;
  std::optional<MembershipRow> open;
  const auto finish = [&] {
    if (!open) return;
    std::sort(open->roles->begin(), open->roles->end());  // numbers differ from store to store
    each(*open);
  };
  // One row for each role; CROSS JOIN keeps the order of the scan: only one user's organizations are sorted at a time.
  tx.each(
      "SELECT m.user_no, m.organization_no, u.id, u.external_key, o.id, o.external_key, o.parent_no, m.display_name, "
      "m.attributes, g.role_no FROM users u CROSS JOIN memberships m CROSS JOIN organizations o "
      "LEFT JOIN grants g ON g.user_no = m.user_no AND g.organization_no = m.organization_no "
      "WHERE m.user_no = u.no AND o.no = m.organization_no ORDER BY u.id, o.id",
      {}, [&](const sql::Row& row) {
        if (row.integer(0) != user_no || row.integer(1) != organization_no) {
          finish();
          user_no = row.integer(0);
          organization_no = row.integer(1);
          open.emplace();
          open->user_key = reference<UserId>(row, 3, 2);
          open->organization_key = row.is_null(6) ? std::string(kPlatformKey) : reference<OrganizationId>(row, 5, 4);
          open->roles.emplace();
          if (!row.is_null(7)) open->display_name = row.text(7);
          open->attributes = stored_attributes::read(row.text(8));
        }
        if (!row.is_null(9)) open->roles->push_back(names.at(row.integer(9)));
        return true;
      });
  finish();
}

}  // namespace gatehouse::domain::export_store
