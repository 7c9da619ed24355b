// What hangs on people: where they belong, by membership or by an open invitation.
#include <algorithm>

#include "base/text.hpp"
#include "domain/directory/directory_store.hpp"
#include "domain/scope_store.hpp"

namespace gatehouse::domain::directory_store {
namespace {

UserNo user_number(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }
OrganizationNo organization_number(const sql::Row& row, int column) {
  return {static_cast<std::uint32_t>(row.integer(column))};
}

std::vector<std::uint32_t> plain(std::span<const UserNo> users) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(users.size());
  for (const auto no : users) numbers.push_back(no.value);
  return numbers;
}

Affiliation read(const sql::Row& row, int first) {
  return {
      row.id<OrganizationId>(first + 1), organization_number(row, first), std::string(row.text(first + 2)), {}, false};
}

struct Offer {
  UserNo user;
  Affiliation at;
  RoleNo role;
};

// What a pending invitation offers counts where its person is not a member already.
void add(std::vector<Affiliation>& all, Offer offer) {
  auto known = std::find_if(all.begin(), all.end(), [&](const Affiliation& one) { return one.no == offer.at.no; });
  if (known == all.end()) {
    known = all.insert(all.end(), std::move(offer.at));
    known->offered = true;
  }
  if (known->offered && std::find(known->roles.begin(), known->roles.end(), offer.role) == known->roles.end()) {
    known->roles.push_back(offer.role);
  }
}

}  // namespace

std::unordered_map<UserNo, std::vector<Affiliation>> affiliations(sql::Tx& tx, std::span<const UserNo> users,
                                                                  Timestamp now) {
  std::unordered_map<UserNo, std::vector<Affiliation>> found;
  std::vector<Offer> offers;
  std::vector<sql::Value> values{now};
  const auto list = scope_store::number_list(values, plain(users));
  // One way to the store for both. A membership comes as role 0.
  const auto sql =
      "SELECT m.user_no, o.no, o.id, o.name, 0 AS role_no FROM memberships m CROSS JOIN organizations o WHERE "
      "m.user_no "
      "IN (" +
      list +
      ") AND o.no = m.organization_no AND o.parent_no IS NOT NULL UNION ALL "
      "SELECT i.user_no, o.no, o.id, o.name, t.role_no FROM invitations i CROSS JOIN users u CROSS JOIN "
      "invitation_targets t CROSS JOIN organizations o WHERE i.user_no IN (" +
      list +
      ") AND i.status = 'pending' AND i.expires_at > $1 AND u.no = i.user_no AND u.status = 'new' AND "
      "t.invitation_id = i.id AND o.no = t.organization_no AND o.parent_no IS NOT NULL";
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    const auto user = user_number(row, 0);
    const RoleNo role{static_cast<std::uint32_t>(row.integer(4))};
    if (role) {
      offers.push_back({user, read(row, 1), role});
    } else {
      found[user].push_back(read(row, 1));
    }
    return true;
  });
  for (auto& offer : offers) {
    auto& of_user = found[offer.user];
    add(of_user, std::move(offer));
  }
  for (auto& [user, all] : found) {
    std::stable_sort(all.begin(), all.end(), [](const Affiliation& a, const Affiliation& b) {
      return text::name_key(a.name) < text::name_key(b.name);
    });
  }
  return found;
}

std::vector<OfferedProvider> offered_providers(sql::Tx& tx, std::span<const UserNo> users, Timestamp now) {
  std::vector<OfferedProvider> found;
  std::vector<sql::Value> values{now};
  const auto list = scope_store::number_list(values, plain(users));
  const auto sql =
      "SELECT i.user_no, t.organization_no, i.identity_provider_id FROM invitations i CROSS JOIN users u CROSS JOIN "
      "invitation_targets t WHERE i.user_no IN (" +
      list +
      ") AND i.status = 'pending' AND i.expires_at > $1 AND i.identity_provider_id IS NOT NULL AND u.no = i.user_no "
      "AND "
      "u.status = 'new' AND u.identity_provider_id IS NULL AND t.invitation_id = i.id ORDER BY i.id";
  tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
    found.push_back({user_number(row, 0), organization_number(row, 1), row.id<IdentityProviderId>(2)});
    return true;
  });
  return found;
}

Page<Affiliation> organizations_of(sql::Tx& tx, UserNo user, const Paging& paging) {
  Page<Affiliation> page;
  page.total = tx.integer(
      "SELECT COUNT(*) FROM memberships m CROSS JOIN organizations o WHERE m.user_no = $1 AND o.no = m.organization_no "
      "AND o.parent_no IS NOT NULL",
      {user.value});
  tx.each(
      "SELECT o.no, o.id, o.name FROM memberships m CROSS JOIN organizations o WHERE m.user_no = $1 AND "
      "o.no = m.organization_no AND o.parent_no IS NOT NULL ORDER BY o.name_key LIMIT $2 OFFSET $3",
      {user.value, paging.limit, paging.skip}, [&](const sql::Row& row) {
        page.items.push_back(read(row, 0));
        return true;
      });
  return page;
}

Page<Affiliation> all_organizations(sql::Tx& tx, const Paging& paging, std::int64_t total) {
  Page<Affiliation> page;
  page.total = total;
  tx.each(
      "SELECT o.no, o.id, o.name FROM organizations o WHERE o.parent_no IS NOT NULL ORDER BY o.name_key LIMIT $1 "
      "OFFSET $2",
      {paging.limit, paging.skip}, [&](const sql::Row& row) {
        page.items.push_back(read(row, 0));
        return true;
      });
  return page;
}

}  // namespace gatehouse::domain::directory_store
