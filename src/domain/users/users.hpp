// Users: one account each for the whole deployment. Refuses two of a user name, of an e-mail address (compared without
// case) or of an identification, a user name that looks like another's, to remove whoever is the last to administer
// some organization, and to deactivate whoever is the last to administer the platform. Knows nothing of passwords but their hash.
//
// An e-mail address that its owner changed is not proven: the account signs in by it, but it names nobody to others, so that
// what is meant for the person behind an address never goes to whoever wrote it into his profile.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/changes/ledger.hpp"
#include "domain/dependents.hpp"
#include "domain/identification_types/identification_types.hpp"
#include "domain/identity_providers/identity_providers.hpp"
#include "domain/memberships/memberships.hpp"
#include "domain/page.hpp"
#include "domain/users/user_rules.hpp"
#include "domain/versions.hpp"

namespace gatehouse::domain {

enum class UserStatus : std::uint8_t {
  kNew,  // has not been taken into use: invited, or made without a password
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
  std::string first_name;
  std::string last_name;
  std::string phone;
  std::optional<Identification> identification;
  std::optional<IdentityProviderId> identity_provider;  // where it signs in; has no password here then
  bool email_proven = true;
  std::string proven_email;  // while it is not: the one before
  bool has_password = false;
  std::optional<Timestamp> password_given_at;  // by somebody else, the last time
  UserStatus status = UserStatus::kNew;
  std::int64_t version = 1;  // counts changes of the profile
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> last_sign_in_at;

  // It cannot sign in yet, and will by a password.
  [[nodiscard]] bool needs_password() const { return !has_password && !identity_provider; }
};

struct GivenIdentification {
  IdentificationTypeId type;
  std::string number;
};

struct NewUser {
  std::string user_name{};  // empty: the e-mail address or, where that cannot be one, a made-up name
  std::string email{};
  std::string display_name{};                  // empty: first and last name
  std::optional<std::string> password_hash{};  // with one the account is active, without it new
  std::string first_name{};
  std::string last_name{};
  std::string phone{};
  std::optional<GivenIdentification> identification{};
  std::optional<IdentityProviderId> identity_provider{};  // excludes a password
};

// Absent members stay as they are.
struct UserPatch {
  std::optional<std::string> user_name{};
  std::optional<std::string> email{};
  std::optional<std::string> display_name{};
  std::optional<UserStatus> status{};
  std::optional<std::string> first_name{};
  std::optional<std::string> last_name{};
  std::optional<std::string> phone{};
  std::optional<IdentificationTypeId> identification_type{};  // without a number: the one there is, checked anew
  std::optional<std::string> identification_number{};
  ExpectedVersions expected_versions{};
};

struct UserFilter {
  std::string search{};  // part of user name, e-mail, display name or first and last name; empty: all
  enum class Order : std::uint8_t { kUserName, kEmail, kDisplayName, kCreatedAt } order = Order::kUserName;
  bool descending = false;
};

class UserRoll;

class Users {
 public:
  // `memberships` and `dependents` must outlive this.
  Users(Ledger& ledger, Memberships& memberships, const DependentsList& dependents);
  ~Users();
  Users(const Users&) = delete;
  Users& operator=(const Users&) = delete;

  // Errors: user.invalid with every faulty member, user.name_taken, user.name_look_alike, user.email_taken,
  // user.identification_taken.
  Result<User> create(const access::Permit<access::Action::kAccountCreate>& permit, const NewUser& input);
  // Errors: user.not_found, also when the caller sees none of its organizations.
  [[nodiscard]] Result<User> get(const access::Permit<access::Action::kAccountGet>& permit, const UserId& id) const;
  // Who the caller sees: users of organizations where it may see users, and itself.
  [[nodiscard]] Page<User> list(const access::Permit<access::Action::kAccountList>& permit, const UserFilter& filter,
                                const Paging& paging) const;
  // Errors: user.not_found, user.version_mismatch, access.outranked, user.own_account (nobody deactivates the account
  // it acts with), membership.last_admin (of the platform), those of create.
  Result<User> update(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& id,
                      const UserPatch& patch);
  // One's own profile: all but user name and status. A new e-mail address is not proven. Errors: access.forbidden when the
  // patch names more, user.version_mismatch, those of create.
  Result<User> update_self(const access::Permit<access::Action::kSelfEdit>& permit, const UserPatch& patch);
  // Where the account signs in from now on: there, without a password here, or with one that is set anew. Its sessions end.
  // Errors: user.not_found, access.outranked, user.own_account, membership.last_admin (nobody signs in at a provider yet),
  // identity_provider.not_found, identity_provider.disabled.
  Result<User> change_identity_provider(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& id,
                                        const std::optional<IdentityProviderId>& provider);
  // With memberships, sessions and clients. Errors: user.not_found, user.own_account, access.outranked,
  // membership.last_admin, user.version_mismatch.
  Result<void> remove(const access::Permit<access::Action::kAccountRemove>& permit, const UserId& id,
                      const ExpectedVersions& expected_versions = {});

  // After a start with a store of an earlier release: works out what its accounts are told apart by. How many keep the keys
  // they had, because another account has the new ones.
  std::int64_t renew_keys();

  // What every list of people is searched by.
  [[nodiscard]] UserRoll& roll() const { return *roll_; }

  // For the service itself: command line, import. Compared without case. An address names nobody while it is not proven.
  [[nodiscard]] std::optional<User> find_by_user_name(std::string_view user_name) const;
  [[nodiscard]] std::optional<User> find_by_email(std::string_view email) const;
  // Within a unit of work of another noun (first start, import, invitations), whose permit covers it; errors of create.
  static Result<User> insert(Unit& unit, const NewUser& input);
  static std::optional<User> find(sql::Tx& tx, UserNo no);
  // In the given order, one query; at most 1024.
  static std::vector<User> find(sql::Tx& tx, std::span<const UserNo> numbers);
  // Whom the address names: nobody while it is not proven.
  static std::optional<User> find_by_email(sql::Tx& tx, std::string_view email);
  // Whoever holds the secret of a mail to the account's address has proved it, and takes the account into use; a first
  // password comes before.
  static void accept(Unit& unit, const User& user);
  // Of an account without a password: where it will sign in.
  static void set_identity_provider(Unit& unit, const User& user, const std::optional<IdentityProviderId>& id);
  // Which of the two somebody besides `except` signs in by already, be it as the other one, or as a name that looks like it.
  enum class Taken : std::uint8_t { kNothing, kUserName, kLookAlike, kEmail };
  static Taken taken(sql::Tx& tx, const SignInKeys& keys, UserNo except);

 private:
  Result<User> apply(Unit& unit, const User& before, const UserPatch& patch, bool by_owner);
  // Whoever has written the address into his profile without proof gives it up to the one who is meant by it.
  static void claim_address(Unit& unit, const std::string& email, UserNo except);

  Ledger& ledger_;
  Memberships& memberships_;
  const DependentsList& dependents_;
  std::unique_ptr<UserRoll> roll_;
};

// May the caller see the account: itself, all accounts, or a user of an organization where it may see users?
bool may_see(const access::View& view, const access::Pass& pass, UserNo user);

}  // namespace gatehouse::domain
