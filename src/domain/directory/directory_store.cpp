#include "domain/directory/directory_store.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/scope_store.hpp"
#include "domain/users/user_roll.hpp"

namespace gatehouse::domain::directory_store {
namespace {

UserNo user_number(const sql::Row& row, int column) { return {static_cast<std::uint32_t>(row.integer(column))}; }

bool has(const std::vector<UserStatus>& statuses, UserStatus status) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

// Up to so many accounts are looked at and sorted for a page of some of them.
constexpr std::int64_t kSorted = 2048;

// One list, but for what is searched: conditions on `users u`, and sets of account numbers to start from. What it binds
// lives as long as it does.
class Query {
 public:
  Query(const PersonFilter& filter, const Bounds& bounds) : filter_(filter), bounds_(bounds) {
    add_sets();
    add_conditions();
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Whether it starts from sets of accounts: then the way to the page depends on how many there are.
  [[nodiscard]] bool narrow() const { return !sets_.empty(); }
  // Whether each of an account's names, numbers and ids is asked for, which few have in common.
  [[nodiscard]] bool picks() const { return !conditions_.empty(); }
  // Whether the sets alone say who is in it.
  [[nodiscard]] bool plain() const { return conditions_.empty() && all_statuses(); }
  // Whether the members of one organization are in it and nothing else is asked: as many as the graph says.
  [[nodiscard]] bool only_organization() const { return bounds_.organization && sets_.size() == 1 && plain(); }

  // Precondition: plain, unless it is not narrow.
  std::int64_t count(sql::Tx& tx, UserRoll& roll) {
    if (narrow()) {
      return only_organization() ? bounds_.member_count : integer(tx, with(kAll) + "SELECT COUNT(*) FROM found");
    }
    return picks() ? integer(tx, "SELECT COUNT(*) FROM users u" + where()) : count_by_status(tx, roll);
  }
  // Precondition as above.
  std::vector<UserNo> page(sql::Tx& tx, const Paging& paging, std::int64_t total) {
    // Along the order of the list when most accounts are in it, else the few that are in it, sorted.
    const bool wide = total > bounds_.user_count / 4;
    auto sql = wide || !narrow() ? seen_ + "SELECT u.no FROM users u" + wide_where()
                                 : with(at_most(total)) + "SELECT u.no FROM " + joined();
    auto values = values_;  // counting binds no limit
    values.push_back(paging.limit);
    sql += order() + " LIMIT $" + std::to_string(values.size());
    if (paging.skip > 0) {
      values.push_back(paging.skip);
      sql += " OFFSET $" + std::to_string(values.size());
    }
    std::vector<UserNo> numbers;
    tx.each(sql, sql::Values(values), [&](const sql::Row& row) {
      numbers.push_back(user_number(row, 0));
      return true;
    });
    return numbers;
  }
  // All of it, in order; nothing when the sets have more than `most` in common. Each account is looked at once, for the
  // total and the page together.
  std::optional<std::vector<UserNo>> all(sql::Tx& tx, std::int64_t most) {
    std::vector<UserNo> numbers;
    std::int64_t rows = 0;
    // Cut off only where the sets alone say who is in it.
    const auto sql = with(picks() ? kAll : most + 1) + "SELECT u.no, u.status FROM " + joined() + order();
    tx.each(sql, sql::Values(values_), [&](const sql::Row& row) {
      ++rows;
      const auto status = parse_user_status(row.text(1));
      if (all_statuses() || (status && has(filter_.statuses, *status))) numbers.push_back(user_number(row, 0));
      return true;
    });
    if (rows > most) return std::nullopt;
    return numbers;
  }
  // With the names and states of the roll, so that the store is asked for nothing but the sets and the page.
  Page<UserNo> on_roll(sql::Tx& tx, const Paging& paging, UserRoll& roll) {
    const RollQuestion question{filter_.search, filter_.statuses};
    const auto found = narrow() || picks()
                           ? roll.find_among(tx, question, [&](const UserRoll::Sink& use) { each(tx, use); })
                           : roll.find(tx, question);
    return {found.size(), UserRoll::page(tx, found, order(), paging, bounds_.user_count)};
  }

 private:
  // Whatever their status and names, in no order.
  void each(sql::Tx& tx, const UserRoll::Sink& use) {
    const auto sql = with(kAll) + "SELECT " +
                     (!narrow() ? "u.no FROM users u WHERE " + conditions_.substr(5)
                      : picks() ? "u.no FROM " + joined()
                                : "f.no FROM found f");
    tx.each(sql, sql::Values(values_), [&](const sql::Row& row) {
      use(user_number(row, 0));
      return true;
    });
  }
  [[nodiscard]] std::string order() const {
    const std::string direction = filter_.descending ? " DESC" : "";
    switch (filter_.order) {
      case PersonFilter::Order::kUserName: break;
      case PersonFilter::Order::kEmail: return " ORDER BY u.email_key" + direction;
      case PersonFilter::Order::kLastName:
        return " ORDER BY u.last_name" + direction + ", u.first_name" + direction + ", u.no" + direction;
      case PersonFilter::Order::kCreatedAt: return " ORDER BY u.created_at" + direction + ", u.no" + direction;
    }
    return " ORDER BY u.user_name_key" + direction;
  }

  std::string place(sql::Value value) {
    values_.push_back(value);
    return "$" + std::to_string(values_.size());
  }

  void add_sets() {
    if (bounds_.within) {
      seen_ = scope_store::seen(values_, *bounds_.within);
      const auto now = place(bounds_.now);
      sets_.push_back(
          "SELECT m.user_no FROM seen s CROSS JOIN memberships m WHERE m.organization_no = s.no UNION "
          "SELECT i.user_no FROM seen s CROSS JOIN invitation_targets t CROSS JOIN invitations i CROSS JOIN users w "
          "WHERE t.organization_no = s.no AND i.id = t.invitation_id AND i.status = 'pending' AND i.expires_at > " +
          now + " AND w.no = i.user_no AND w.status = 'new'");
    }
    if (bounds_.organization) {
      sets_.push_back("SELECT user_no FROM memberships WHERE organization_no = " + place(bounds_.organization->value));
    }
    if (bounds_.platform_role) {
      sets_.push_back("SELECT user_no FROM grants WHERE organization_no = " + place(bounds_.platform.value) +
                      " AND role_no = " + place(bounds_.platform_role->value));
    }
    if (filter_.provider) {
      sets_.push_back("SELECT user_no FROM user_providers WHERE provider_id = " + place(*filter_.provider));
    }
  }

  void add_conditions() {
    const auto equals = [&](std::string_view column, sql::Value value) {
      conditions_ += " AND u." + std::string(column) + " = " + place(value);
    };
    if (filter_.user) equals("id", *filter_.user);
    if (filter_.user_name) equals("user_name_key", user_name_key_ = user_rules::user_name_key(*filter_.user_name));
    if (filter_.email) equals("email_key", email_key_ = text::email_key(*filter_.email));
    if (filter_.identification_number) {
      equals("identification_key", number_key_ = text::name_key(*filter_.identification_number));
    }
  }

  [[nodiscard]] bool all_statuses() const { return filter_.statuses.empty() || filter_.statuses.size() >= 3; }
  // Words of our own, no parameters: so the engine knows its partial index.
  [[nodiscard]] std::string status() const {
    if (all_statuses()) return {};
    std::string list;
    for (const auto one : filter_.statuses) list += (list.empty() ? "'" : ", '") + std::string(name(one)) + "'";
    return std::string(has(filter_.statuses, UserStatus::kActive) ? "" : " AND u.status <> 'active'") +
           " AND u.status IN (" + list + ")";
  }
  // Nobody but the status is asked for: the few that are not active are counted, the others are the rest.
  [[nodiscard]] std::int64_t count_by_status(sql::Tx& tx, UserRoll& roll) const {
    if (all_statuses()) return bounds_.user_count;
    std::int64_t counted = 0;
    const bool active = has(filter_.statuses, UserStatus::kActive);
    for (const auto one : {UserStatus::kNew, UserStatus::kInactive}) {
      if (has(filter_.statuses, one) != active) counted += roll.count(tx, one);
    }
    return active ? bounds_.user_count - counted : counted;
  }
  [[nodiscard]] std::string where() const {
    const auto all = conditions_ + status();
    return all.empty() ? std::string() : " WHERE " + all.substr(5);
  }
  [[nodiscard]] std::string wide_where() const {
    std::string all = conditions_ + status();
    for (const auto& set : sets_) all += " AND u.no IN (" + set + ")";
    return all.empty() ? std::string() : " WHERE " + all.substr(5);
  }
  [[nodiscard]] std::string joined() const { return "found f CROSS JOIN users u WHERE u.no = f.no" + conditions_; }
  static constexpr std::int64_t kAll = 0;
  // `seen` for the tree, and `found` for what all sets have in common, at most `limit`: an engine that has to guess how many
  // come out of a tree would read every account instead.
  [[nodiscard]] std::string with(std::int64_t limit) const {
    if (sets_.empty()) return {};
    std::string common;
    for (const auto& set : sets_)
      common += (common.empty() ? "SELECT * FROM (" : " INTERSECT SELECT * FROM (") + set + ") part";
    if (limit != kAll) common += " LIMIT " + std::to_string(limit);
    return (seen_.empty() ? "WITH " : seen_ + ", ") + "found(no) AS (" + common + ") ";
  }
  // Of few different statements: this many or more. Of one organization the engine knows by itself.
  [[nodiscard]] std::int64_t at_most(std::int64_t counted) const {
    if (only_organization()) return kAll;
    std::int64_t limit = 64;
    while (limit < counted) limit *= 4;
    return limit;
  }
  std::int64_t integer(sql::Tx& tx, const std::string& sql) const {
    std::int64_t result = 0;
    tx.each(sql, sql::Values(values_), [&](const sql::Row& row) {
      result = row.integer(0);
      return false;
    });
    return result;
  }

  const PersonFilter& filter_;
  const Bounds& bounds_;
  std::string user_name_key_;
  std::string email_key_;
  std::string number_key_;
  std::string seen_;
  std::vector<std::string> sets_;
  std::string conditions_;
  std::vector<sql::Value> values_;
};

}  // namespace

Page<UserNo> list(sql::Tx& tx, const PersonFilter& filter, const Bounds& bounds, const Paging& paging, UserRoll& roll) {
  Query query(filter, bounds);
  if (!filter.search.empty()) return query.on_roll(tx, paging, roll);
  Page<UserNo> page;
  if (!query.narrow()) {
    // A page that is not full says how many there are: whoever asks for one account by its name need not have it counted.
    page.items = query.page(tx, paging, 0);
    const auto found = static_cast<std::int64_t>(page.items.size());
    page.total = paging.skip + found;
    if (found == paging.limit || (found == 0 && paging.skip > 0)) page.total = query.count(tx, roll);
    return page;
  }
  if (!query.only_organization()) {
    if (auto all = query.all(tx, kSorted)) return page_of(*std::move(all), paging);
    if (!query.plain()) return query.on_roll(tx, paging, roll);
  }
  page.total = query.count(tx, roll);
  if (page.total > paging.skip) page.items = query.page(tx, paging, page.total);
  return page;
}

}  // namespace gatehouse::domain::directory_store
