// The SQL that reads memberships back, one by one and in lists.
#include "base/text.hpp"
#include "domain/memberships/membership_store.hpp"
#include "domain/memberships/stored_attributes.hpp"
#include "domain/text_search.hpp"

namespace gatehouse::domain::membership_store {
namespace {

constexpr std::string_view kColumns =
    "m.user_no, u.id, u.user_name, u.email, u.display_name, m.display_name, m.attributes, m.created_at, g.role_no";

std::uint32_t number(const sql::Row& row, int column) { return static_cast<std::uint32_t>(row.integer(column)); }

Membership read(const sql::Row& row) {
  Membership membership;
  membership.user_no = {number(row, 0)};
  membership.user = row.id<UserId>(1);
  membership.user_name = row.text(2);
  membership.email = row.text(3);
  membership.display_name = row.text(row.is_null(5) ? 4 : 5);
  membership.attributes = stored_attributes::read(row.text(6));
  membership.created_at = row.time(7);
  return membership;
}

// Rows of one membership follow each other, one for each role.
void append(std::vector<Membership>& items, const sql::Row& row) {
  if (items.empty() || items.back().user_no.value != number(row, 0)) items.push_back(read(row));
  if (!row.is_null(8)) items.back().roles.push_back({number(row, 8)});
}

// One list's statements: which memberships there are, in which order.
class Query {
 public:
  Query(OrganizationNo organization, const MembershipFilter& filter, const OrganizationRoles& roles)
      : filter_(filter),
        user_name_(containing(text::name_key(filter.search))),
        email_(containing(text::email_key(filter.search))),
        display_name_(containing(text::ascii_lower(text::collapse_blanks(filter.search)))) {
    values_.emplace_back(organization.value);
    if (filter.organization_role) {
      // From the holders of the role: few, where the members may be many.
      from_ = " FROM grants r CROSS JOIN memberships m CROSS JOIN users u";
      where_ = " WHERE r.organization_no = $1 AND r.role_no = " + place(roles.number(*filter.organization_role).value) +
               " AND m.user_no = r.user_no AND m.organization_no = $1 AND u.no = m.user_no";
      for (auto heavier = static_cast<std::size_t>(*filter.organization_role) + 1; heavier < roles.numbers.size();
           ++heavier) {
        where_ +=
            " AND NOT EXISTS (SELECT 1 FROM grants h WHERE h.user_no = m.user_no AND h.organization_no = $1 AND "
            "h.role_no = " +
            place(roles.numbers[heavier].value) + ")";
      }
    } else {
      from_ = " FROM memberships m";
      where_ = " WHERE m.organization_no = $1";
      if (joins_users()) {
        from_ += " CROSS JOIN users u";
        where_ += " AND u.no = m.user_no";
      }
    }
    if (!filter.search.empty()) {
      where_ += " AND (u.user_name_key LIKE " + place(user_name_) + " ESCAPE '\\' OR u.email_key LIKE " +
                place(email_) + " ESCAPE '\\' OR LOWER(COALESCE(m.display_name, u.display_name)) LIKE " +
                place(display_name_) + " ESCAPE '\\')";
    }
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  std::int64_t count(sql::Tx& tx) const {
    std::int64_t total = 0;
    tx.each("SELECT COUNT(*)" + from_ + where_, sql::Values(values_), [&](const sql::Row& row) {
      total = row.integer(0);
      return false;
    });
    return total;
  }

  // The page first, then its users and roles: the order is forced, because the engine's guess would start from all
  // members.
  std::vector<Membership> page(sql::Tx& tx, const Paging& paging) {
    std::string inner = "SELECT m.user_no AS no" + from_ + where_ + order() + " LIMIT " + place(paging.limit);
    if (paging.skip > 0) inner += " OFFSET " + place(paging.skip);
    const std::string sql =
        std::string("SELECT ").append(kColumns) + " FROM (" + inner +
        ") p CROSS JOIN memberships m CROSS JOIN users u LEFT JOIN grants g ON g.user_no = p.no AND "
        "g.organization_no = $1 WHERE m.user_no = p.no AND m.organization_no = $1 AND u.no = p.no" +
        order() + ", g.role_no";
    std::vector<Membership> items;
    tx.each(sql, sql::Values(values_), [&](const sql::Row& row) {
      append(items, row);
      return true;
    });
    return items;
  }

 private:
  [[nodiscard]] bool joins_users() const {
    return !filter_.search.empty() || filter_.order == MembershipFilter::Order::kUserName ||
           filter_.order == MembershipFilter::Order::kEmail;
  }
  std::string place(sql::Value value) {
    values_.push_back(value);
    return "$" + std::to_string(values_.size());
  }
  [[nodiscard]] std::string order() const {
    const std::string direction = filter_.descending ? " DESC" : "";
    std::string sql = " ORDER BY ";
    switch (filter_.order) {
      case MembershipFilter::Order::kUserNumber: break;
      case MembershipFilter::Order::kUserName: sql += "u.user_name_key" + direction + ", "; break;
      case MembershipFilter::Order::kEmail: sql += "u.email_key" + direction + ", "; break;
      case MembershipFilter::Order::kCreatedAt: sql += "m.created_at" + direction + ", "; break;
    }
    return sql + "m.user_no" + direction;
  }

  const MembershipFilter& filter_;
  std::string user_name_;
  std::string email_;
  std::string display_name_;
  std::vector<sql::Value> values_;
  std::string from_;
  std::string where_;
};

}  // namespace

Page<Membership> list(sql::Tx& tx, OrganizationNo organization, const MembershipFilter& filter,
                      const OrganizationRoles& roles, const Paging& paging, std::int64_t total) {
  Query query(organization, filter, roles);
  Page<Membership> page;
  page.total = total >= 0 ? total : query.count(tx);
  if (page.total > paging.skip) page.items = query.page(tx, paging);
  return page;
}

std::optional<Membership> find(sql::Tx& tx, OrganizationNo organization, UserNo user) {
  std::vector<Membership> found;
  tx.each(std::string("SELECT ").append(kColumns) +
              " FROM memberships m CROSS JOIN users u LEFT JOIN grants g ON g.user_no = m.user_no AND "
              "g.organization_no = m.organization_no WHERE m.user_no = $1 AND m.organization_no = $2 AND u.no = "
              "m.user_no ORDER BY "
              "g.role_no",
          {user.value, organization.value}, [&](const sql::Row& row) {
            append(found, row);
            return true;
          });
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Page<OrganizationOfUser> list_of_user(sql::Tx& tx, UserNo user, const OrganizationRoles& roles,
                                      FunctionRef<bool(OrganizationNo)> keep, const Paging& paging) {
  Page<OrganizationOfUser> page;
  OrganizationNo current;
  std::vector<RoleNo> held;
  bool wanted = false;
  const auto finish = [&] {
    if (wanted) page.items.back().organization_role = roles.heaviest(held);
  };
  tx.each(
      "SELECT o.no, o.id, o.name, CASE WHEN p.parent_no IS NULL THEN NULL ELSE p.id END, g.role_no FROM memberships m "
      "CROSS JOIN organizations o LEFT JOIN organizations p ON p.no = o.parent_no LEFT JOIN grants g ON g.user_no = $1 "
      "AND "
      "g.organization_no = o.no WHERE m.user_no = $1 AND o.no = m.organization_no ORDER BY o.name_key, g.role_no",
      {user.value}, [&](const sql::Row& row) {
        const OrganizationNo no{number(row, 0)};
        if (no != current) {
          finish();
          current = no;
          held.clear();
          const bool kept = keep(no);
          wanted = kept && page.total >= paging.skip && page.total - paging.skip < paging.limit;
          if (kept) ++page.total;
          if (wanted) {
            page.items.push_back({row.id<OrganizationId>(1), std::string(row.text(2)), std::nullopt, std::nullopt});
            if (!row.is_null(3)) page.items.back().parent = row.id<OrganizationId>(3);
          }
        }
        if (!row.is_null(4)) held.push_back({number(row, 4)});
        return true;
      });
  finish();
  return page;
}

}  // namespace gatehouse::domain::membership_store
