// Passwords: setting, changing and checking them. Only the Argon2id hash is kept, and it is made outside of the write lane.
//
// A new password ends the user's sessions: all of them, but for the one that changed it. Refuses what the policy refuses
// (the codes of crypto/password_policy.hpp), the password that it was, and any for an account that signs in at an identity
// provider; and nobody learns from an answer whether an account exists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/types.hpp"
#include "crypto/password.hpp"
#include "domain/changes/ledger.hpp"
#include "domain/sign_in/throttle.hpp"

namespace gatehouse::domain {

// What sign-in needs to know of a user.
struct Credential {
  UserNo no;
  UserId id;
  std::string user_name;
  std::string email;
  std::string status;
  std::string hash;        // empty: has no password
  bool elsewhere = false;  // signs in at an identity provider, never with a password
};

class Passwords {
 public:
  Passwords(Ledger& ledger, const crypto::PasswordCost& cost);

  // A hash fit for the users table. Errors: those of the policy, on field "password". Slow by design.
  Result<std::string> hash_new(std::string_view password, std::string_view user_name, std::string_view email) const;

  // By the user itself; guesses at the current one are counted like sign-ins. Errors: password.current_wrong
  // (kForbidden), auth.throttled, password.unchanged, user.signs_in_elsewhere, those of the policy.
  Result<void> change(const access::Permit<access::Action::kSelfEdit>& permit, std::string_view current,
                      std::string_view wanted, Throttle& throttle, std::string_view source);
  // By who may edit accounts, and by the command line (a system permit). Ends all sessions.
  // Errors: user.not_found, access.outranked, password.unchanged, user.signs_in_elsewhere, user.invited_elsewhere (new,
  // and may have accepted that tomorrow), those of the policy.
  Result<void> reset(const access::Permit<access::Action::kAccountEdit>& permit, const UserId& user,
                     std::string_view wanted);

  static Error signs_in_elsewhere();

  // In a unit that has proved who it is: the first password of an account that never had one; false when it has, or is
  // to have none.
  static bool give_first(Unit& unit, const UserId& user, std::string_view hash);

  // In a unit that sends the account elsewhere to sign in.
  static void take_away(Unit& unit, UserNo user);

  // By user name, else by e-mail, both case-insensitive.
  std::optional<Credential> find(std::string_view account) const;
  // Takes the same time for no credential and for one without a password.
  bool verify(const std::optional<Credential>& credential, std::string_view password) const;
  // A hash at today's cost when the stored one was made at another; nothing when it need not change.
  std::optional<std::string> rehash(const Credential& credential, std::string_view password) const;
  // In the unit that signs in: is the credential as it was when it was verified? Takes in the rehash.
  static bool settle(Unit& unit, const Credential& verified, const std::optional<std::string>& rehashed);

 private:
  // The hash of a password to take the place of that one.
  [[nodiscard]] Result<std::string> hash_next(const Credential& of, std::string_view wanted) const;

  Ledger& ledger_;
  crypto::PasswordCost cost_;
};

}  // namespace gatehouse::domain
