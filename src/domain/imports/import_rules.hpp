// What only rows of an import have: external keys, and passwords that were hashed elsewhere. All else that a row says is
// held to the rules of its noun.
#pragma once

#include <string>

#include "domain/imports/import_rows.hpp"

namespace gatehouse::domain::import_rules {

// Errors: import.key_invalid.
Result<void> check_external_key(const std::string& key);
// An Argon2id PHC string of a cost that a sign-in can bear. Errors: import.password_hash_invalid.
Result<void> check_password_hash(const std::string& phc);

}  // namespace gatehouse::domain::import_rules
