// The second opinion on lists of people: every account read as it is stored, and every condition asked of each in turn.
// Shares the keys of names and addresses with the directory, nothing else. Slow, and meant to be read.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "domain/directory/directory.hpp"

namespace gatehouse::testing {

class NaiveDirectory {
 public:
  struct Account {
    UserNo no;
    UserId id;
    std::string user_name, email, display_name, first_name, last_name, status, number;
    std::int64_t created_at = 0;
    std::set<OrganizationId> memberships;
    std::set<OrganizationId> offers;  // open ones, of a new account
    std::set<RoleId> platform_roles;
    std::set<domain::ProviderId> providers;
  };

  NaiveDirectory(sql::Database& database, OrganizationNo platform, Timestamp now) {
    database.read([&](sql::Tx& tx) {
      tx.each(
          "SELECT no, id, user_name, email, display_name, first_name, last_name, status, identification_number, "
          "created_at FROM users",
          {}, [&](const sql::Row& row) {
            const UserNo no{static_cast<std::uint32_t>(row.integer(0))};
            accounts_[no] = {no,
                             row.id<UserId>(1),
                             std::string(row.text(2)),
                             std::string(row.text(3)),
                             std::string(row.text(4)),
                             std::string(row.text(5)),
                             std::string(row.text(6)),
                             std::string(row.text(7)),
                             std::string(row.text(8)),
                             row.integer(9),
                             {},
                             {},
                             {},
                             {}};
            return true;
          });
      tx.each("SELECT o.id, p.id FROM organizations o LEFT JOIN organizations p ON p.no = o.parent_no", {},
              [&](const sql::Row& row) {
                parents_[row.id<OrganizationId>(0)] = row.is_null(1) ? OrganizationId() : row.id<OrganizationId>(1);
                return true;
              });
      each<OrganizationId>(tx,
                           "SELECT m.user_no, o.id FROM memberships m JOIN organizations o ON o.no = m.organization_no",
                           {}, [](Account& account, const auto& id) { account.memberships.insert(id); });
      each<OrganizationId>(
          tx,
          "SELECT i.user_no, o.id FROM invitations i JOIN invitation_targets t ON t.invitation_id = i.id "
          "JOIN organizations o ON o.no = t.organization_no WHERE i.status = 'pending' AND i.expires_at > $1",
          {now}, [](Account& account, const auto& id) {
            if (account.status == "new") account.offers.insert(id);
          });
      each<RoleId>(tx,
                   "SELECT g.user_no, r.id FROM grants g JOIN roles r ON r.no = g.role_no WHERE g.organization_no = $1",
                   {platform.value}, [](Account& account, const auto& id) { account.platform_roles.insert(id); });
      each<domain::ProviderId>(tx, "SELECT user_no, provider_id FROM user_providers", {},
                               [](Account& account, const auto& id) { account.providers.insert(id); });
    });
  }

  // User names in the order of the list. `within`: of those who belong there or below, or are invited to.
  [[nodiscard]] std::vector<std::string> list(const domain::PersonFilter& filter,
                                              const std::optional<OrganizationId>& within = {}) const {
    std::vector<const Account*> found;
    for (const auto& [no, account] : accounts_) {
      if (passes(account, filter) && (!within || belongs(account, *within))) found.push_back(&account);
    }
    std::sort(found.begin(), found.end(),
              [&](const Account* a, const Account* b) { return key(*a, filter) < key(*b, filter); });
    if (filter.descending) std::reverse(found.begin(), found.end());
    std::vector<std::string> names;
    for (const auto* one : found) names.push_back(one->user_name);
    return names;
  }
  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

 private:
  template <class IdType, class F>
  void each(sql::Tx& tx, std::string_view sql, std::initializer_list<sql::Value> values, F&& use) {
    tx.each(sql, values, [&](const sql::Row& row) {
      use(accounts_.at({static_cast<std::uint32_t>(row.integer(0))}), row.id<IdType>(1));
      return true;
    });
  }
  static bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  static bool searched(const Account& account, const std::string& search) {
    if (search.empty()) return true;
    const std::string names[] = {account.user_name, text::email_key(account.email), account.display_name,
                                 account.first_name + " " + account.last_name};
    return std::any_of(std::begin(names), std::end(names), [&](const std::string& name) {
      return contains(text::name_key(name), text::name_key(search)) ||
             contains(text::name_key(name), text::name_key(text::email_key(search)));
    });
  }
  static bool passes(const Account& account, const domain::PersonFilter& filter) {
    const auto& statuses = filter.statuses;
    return searched(account, filter.search) &&
           (statuses.empty() || std::any_of(statuses.begin(), statuses.end(),
                                            [&](auto one) { return domain::name(one) == account.status; })) &&
           (!filter.user || account.id == *filter.user) &&
           (!filter.user_name || domain::user_rules::user_name_key(account.user_name) ==
                                     domain::user_rules::user_name_key(*filter.user_name)) &&
           (!filter.email || text::email_key(account.email) == text::email_key(*filter.email)) &&
           (!filter.identification_number ||
            (!account.number.empty() &&
             text::name_key(account.number) == text::name_key(*filter.identification_number))) &&
           (!filter.platform_role || account.platform_roles.contains(*filter.platform_role)) &&
           (!filter.organization || account.memberships.contains(*filter.organization)) &&
           (!filter.provider || account.providers.contains(*filter.provider));
  }
  [[nodiscard]] bool belongs(const Account& account, const OrganizationId& within) const {
    const auto inside = [&](OrganizationId at) {
      while (!at.is_nil() && at != within) at = parents_.at(at);
      return at == within;
    };
    return std::any_of(account.memberships.begin(), account.memberships.end(), inside) ||
           std::any_of(account.offers.begin(), account.offers.end(), inside);
  }
  // What it is sorted by; no two have the same.
  static std::tuple<std::string, std::string, std::int64_t, std::uint32_t> key(const Account& account,
                                                                               const domain::PersonFilter& filter) {
    switch (filter.order) {
      case domain::PersonFilter::Order::kUserName: break;
      case domain::PersonFilter::Order::kEmail: return {text::email_key(account.email), "", 0, 0};
      case domain::PersonFilter::Order::kLastName: return {account.last_name, account.first_name, 0, account.no.value};
      case domain::PersonFilter::Order::kCreatedAt: return {"", "", account.created_at, account.no.value};
    }
    return {domain::user_rules::user_name_key(account.user_name), "", 0, 0};
  }

  std::map<UserNo, Account> accounts_;
  std::map<OrganizationId, OrganizationId> parents_;
};

}  // namespace gatehouse::testing
