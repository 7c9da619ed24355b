// Users: one account each for the whole deployment. Refuses two of a user name or of an e-mail address (compared
// without case), and to remove or deactivate whoever is the last to administer some organization. Knows nothing of
// passwords but their hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/changes/ledger.hpp"
#include "domain/dependents.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/page.hpp"
#include "domain/users/user_rules.hpp"
#include "domain/versions.hpp"

namespace gatehouse::domain {

enum class UserStatus : std::uint8_t {
  kNew,  // has never had a password
  kActive,
  kInactive,  // cannot sign in and holds nothing
};
std::string_view name(UserStatus status);
std::optional<UserStatus> parse_user_status(std::string_view name);

struct User {
  UserId id;
  UserNo no;
  std::string user_name;
  std::string email;
  std::string display_name;
  UserStatus status = UserStatus::kNew;
  std::int64_t version = 1;  // counts changes of the profile
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> last_sign_in_at;
};

struct NewUser {
  std::string user_name{};
  std::string email{};
  std::string display_name{};
  std::optional<std::string> password_hash{};  // with one the account is active, without it new
};

// Absent members stay as they are.
struct UserPatch {
  std::optional<std::string> user_name{};
  std::optional<std::string> email{};
  std::optional<std::string> display_name{};
  std::optional<UserStatus> status{};
  ExpectedVersions expected_versions{};
};

struct UserFilter {
  std::string search{};  // part of user name, e-mail or display name; empty: all
  enum class Order : std::uint8_t { kUserName, kEmail, kDisplayName, kCreatedAt } order = Order::kUserName;
  bool descending = false;
};

class Users {
 public:
  // `memberships` and `dependents` must outlive this.
  Users(Ledger& ledger, Memberships& memberships, const DependentsList& dependents)
      : ledger_(ledger), memberships_(memberships), dependents_(dependents) {}

  // Errors: user.name_invalid, user.email_invalid, user.display_name_invalid, user.name_taken, user.email_taken.
  Result<User> create(const access::Permit<access::Action::kAccountCreate>& permit, const NewUser& input);
  // Errors: user.not_found, also when the caller sees none of its organizations.
  [[nodiscard]] Result<User> get(const access::Permit<access::Action::kAccountGet>& permit, const UserId& id) const;
  // Who the caller sees: users of organizations where it may see users, and itself.
  [[nodiscard]] Page<User> list(const access::Permit<access::Action::kAccountList>& permit, const UserFilter& filter,
                                const Paging& paging) const;
  // Errors: user.not_found, user.version_mismatch, access.outranked, membership.last_admin, those of create.
  Result<User> update(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& id,
                      const UserPatch& patch);
  // One's own display name. Errors: access.forbidden when the patch changes anything else, user.version_mismatch.
  Result<User> update_self(const access::Permit<access::Action::kSelfEdit>& permit, const UserPatch& patch);
  // With memberships, sessions and clients. Errors: user.not_found, access.outranked, membership.last_admin,
  // user.version_mismatch.
  Result<void> remove(const access::Permit<access::Action::kAccountRemove>& permit, const UserId& id,
                      const ExpectedVersions& expected_versions = {});

  // For the service itself: sign-in, command line, import. Compared without case.
  [[nodiscard]] std::optional<User> find_by_user_name(std::string_view user_name) const;
  [[nodiscard]] std::optional<User> find_by_email(std::string_view email) const;
  // Within a unit of work of another noun (first start, import, invitations), whose permit covers it; errors of create.
  static Result<User> insert(Unit& unit, const NewUser& input);
  static std::optional<User> find(sql::Tx& tx, UserNo no);
  static std::optional<User> find_by_email(sql::Tx& tx, std::string_view email);
  // Which of the two somebody besides `except` signs in by already, be it as the other one.
  enum class Taken : std::uint8_t { kNothing, kUserName, kEmail };
  static Taken taken(Unit& unit, const SignInKeys& keys, UserNo except);

 private:
  Result<User> apply(Unit& unit, const User& before, const UserPatch& patch);

  Ledger& ledger_;
  Memberships& memberships_;
  const DependentsList& dependents_;
};

// May the caller see the account: itself, all accounts, or a user of an organization where it may see users?
bool may_see(const access::View& view, const access::Pass& pass, UserNo user);

}  // namespace gatehouse::domain
