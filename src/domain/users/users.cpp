#include "domain/users/users.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "domain/scope_store.hpp"
#include "domain/users/user_roll.hpp"
#include "domain/users/user_store.hpp"

namespace gatehouse::domain {
namespace {

using access::Policy;
using access::View;

constexpr std::array<std::string_view, 3> kStatusNames{"new", "active", "inactive"};

Error no_user() { return not_found("user.not_found", "There is no such user."); }

// Who of the scope has the part in a name. `visible` is asked where the scope is too long for a statement.
UserSet search(UserRoll& roll, sql::Tx& tx, const access::Scope& scope, std::string_view part,
               FunctionRef<bool(UserNo)> visible) {
  const RollQuestion question{part, {}};
  if (!scope.everything && scope_store::fits(scope)) {
    return roll.find_among(tx, question, [&](const UserRoll::Sink& use) { user_store::each_in(tx, scope, use); });
  }
  auto found = roll.find(tx, question);
  if (scope.everything) return found;
  UserSet seen;
  for (const auto no : found.numbers()) {
    if (visible(no)) seen.add(no);
  }
  return seen;
}

}  // namespace

std::string_view name(UserStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<UserStatus> parse_user_status(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<UserStatus>(i);
  }
  return std::nullopt;
}

bool may_see(const View& view, const access::Pass& pass, UserNo user) {
  const auto& who = pass.principal();
  if (!user) return false;
  if (who.kind == Principal::Kind::kUser && who.user == user) return true;
  if (view.allows(who, access::permission::kAccountsView, view.platform(), pass.now()) ||
      view.allows(who, access::permission::kUsersView, view.platform(), pass.now())) {
    return true;
  }
  for (const auto& holding : view.holdings(user)) {
    if (holding.member && view.allows(who, access::permission::kUsersView, holding.organization, pass.now()))
      return true;
  }
  return false;
}

std::optional<User> Users::find(sql::Tx& tx, UserNo no) { return user_store::find(tx, no); }

std::vector<User> Users::find(sql::Tx& tx, std::span<const UserNo> numbers) {
  auto users = user_store::find(tx, numbers);
  std::unordered_map<UserNo, std::size_t> place;
  for (std::size_t i = 0; i < numbers.size(); ++i) place.emplace(numbers[i], i);
  std::sort(users.begin(), users.end(), [&](const User& a, const User& b) { return place.at(a.no) < place.at(b.no); });
  return users;
}

std::optional<User> Users::find_by_email(sql::Tx& tx, std::string_view email) {
  auto found = user_store::find_by_email(tx, text::email_key(email));
  if (found && !found->email_proven) return std::nullopt;
  return found;
}

Result<User> Users::create(const access::Permit<access::Action::kAccountCreate>& permit, const NewUser& input) {
  return ledger_.write(permit, [&](Unit& unit) { return insert(unit, input); });
}

Result<User> Users::get(const access::Permit<access::Action::kAccountGet>& permit, const UserId& id) const {
  UserNo no;
  ledger_.graph().read([&](const View& view) {
    const auto found = view.find_user(id);
    if (may_see(view, permit, found)) no = found;
  });
  if (!no) return no_user();
  std::optional<User> user;
  ledger_.read([&](sql::Tx& tx) { user = user_store::find(tx, no); });
  if (!user) return no_user();
  return *std::move(user);
}

Users::Users(Ledger& ledger, Memberships& memberships, const DependentsList& dependents)
    : ledger_(ledger), memberships_(memberships), dependents_(dependents), roll_(std::make_unique<UserRoll>()) {}

Users::~Users() = default;

Page<User> Users::list(const access::Permit<access::Action::kAccountList>& permit, const UserFilter& filter,
                       const Paging& paging) const {
  const auto& who = permit.principal();
  access::Scope scope;
  std::int64_t all = 0;
  ledger_.graph().read([&](const View& view) {
    scope = view.scope(who, access::permission::kUsersView, permit.now());
    scope.everything =
        scope.everything || view.allows(who, access::permission::kAccountsView, view.platform(), permit.now());
    scope.self = who.kind == Principal::Kind::kUser ? who.user : UserNo();
    all = view.user_count();
  });
  // One look at the graph an account: a long one would keep writers waiting.
  const auto visible = [&](UserNo no) {
    bool yes = false;
    ledger_.graph().read([&](const View& view) { yes = may_see(view, permit, no); });
    return yes;
  };
  Page<User> page;
  ledger_.read([&](sql::Tx& tx) {
    if (!filter.search.empty()) {
      const auto found = search(*roll_, tx, scope, filter.search, visible);
      page = {found.size(), find(tx, UserRoll::page(tx, found, user_store::order(filter), paging, all))};
    } else if (scope.everything) {
      page = user_store::list(tx, filter, paging, all);
    } else if (scope_store::fits(scope)) {
      const bool wide = user_store::count_members(tx, scope) > all / 4;
      page = user_store::list_in(tx, scope, wide, filter, paging);
    } else {
      page = user_store::list_filtered(tx, filter, visible, paging);
    }
  });
  return page;
}

Result<User> Users::update(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& id,
                           const UserPatch& patch) {
  return ledger_.write(permit, [&](Unit& unit) -> Result<User> {
    const auto before = user_store::find(unit.tx(), unit.view().find_user(id));
    if (!before) return no_user();
    TRY(Policy::may_touch_account(unit.view(), permit, before->no));
    // An administrator's word is good for others.
    return apply(unit, *before, patch, permit.principal().user == before->no);
  });
}

Result<User> Users::update_self(const access::Permit<access::Action::kSelfEdit>& permit, const UserPatch& patch) {
  if (patch.user_name || patch.status) {
    return forbidden("access.forbidden", "User name and status are changed by administrators only.");
  }
  return ledger_.write(permit, [&](Unit& unit) -> Result<User> {
    const auto before = user_store::find(unit.tx(), permit.principal().user);
    if (!before) return no_user();
    return apply(unit, *before, patch, true);
  });
}

std::optional<User> Users::find_by_user_name(std::string_view user_name) const {
  std::optional<User> found;
  ledger_.read([&](sql::Tx& tx) { found = user_store::find_by_user_name(tx, user_rules::user_name_key(user_name)); });
  return found;
}

std::optional<User> Users::find_by_email(std::string_view email) const {
  std::optional<User> found;
  ledger_.read([&](sql::Tx& tx) { found = find_by_email(tx, email); });
  return found;
}

std::int64_t Users::renew_keys() {
  constexpr std::int64_t kBatch = 1'000;
  std::int64_t clashes = 0;
  for (bool more = true; more;) {
    std::int64_t clashed = 0;
    const auto renewed =
        ledger_.unguarded("keys of an earlier release", Principal::system(), [&](Unit& unit) -> Result<std::size_t> {
          clashed = 0;
          const auto users = user_store::with_old_keys(unit.tx(), kBatch);
          for (const auto& user : users) {
            const auto keys = user_rules::keys(user.user_name, user.email);
            if (!user_store::set_keys(unit.tx(), user.no, keys)) ++clashed;
          }
          return users.size();
        });
    clashes += clashed;
    more = renewed && *renewed > 0;
  }
  return clashes;
}

}  // namespace gatehouse::domain
