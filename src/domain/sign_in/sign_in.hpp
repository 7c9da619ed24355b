// Sign-in with a password: account name or e-mail, password, and where it comes from.
//
// Unknown account, inactive account and wrong password are one refusal, after the same work. Hashing happens outside of the
// write lane; the unit that opens the session checks again that the password verified is still the password.
#pragma once

#include <string_view>

#include "domain/passwords/passwords.hpp"
#include "domain/sessions/sessions.hpp"
#include "domain/sign_in/throttle.hpp"

namespace gatehouse::domain {

class SignIn {
 public:
  // All must outlive it.
  SignIn(Ledger& ledger, Passwords& passwords, Sessions& sessions, Throttle& throttle)
      : ledger_(ledger), passwords_(passwords), sessions_(sessions), throttle_(throttle) {}

  // Errors: auth.credentials_invalid (kUnauthenticated), auth.throttled (kThrottled). Slow: takes one password hash.
  Result<TokenPair> with_password(std::string_view account, std::string_view password, std::string_view source);

 private:
  Ledger& ledger_;
  Passwords& passwords_;
  Sessions& sessions_;
  Throttle& throttle_;
};

}  // namespace gatehouse::domain
