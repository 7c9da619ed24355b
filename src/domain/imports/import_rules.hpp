// What only rows of an import are asked: of external keys, of passwords that were hashed elsewhere, and that a name is
// in one line. All else that a row says is held to the rules of its noun.
#pragma once

#include <string>
#include <string_view>

#include "domain/imports/import_rows.hpp"

namespace gatehouse::domain::import_rules {

// Errors: import.key_invalid.
Result<void> check_external_key(const std::string& key);
// Of a name. A request may have a tab or a line break for a blank; in a file it comes of a quote in the wrong place.
// Errors: `code`, with `field`.
Result<void> check_one_line(const std::string& name, std::string_view code, std::string field);
// An Argon2id PHC string of a cost that a sign-in can bear. Errors: import.password_hash_invalid.
Result<void> check_password_hash(const std::string& phc);

}  // namespace gatehouse::domain::import_rules
