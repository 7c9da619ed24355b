// What a row must be before it is compared with the store. Refuses what the nouns refuse in their own requests.
#pragma once

#include <string>

#include "domain/imports/import_rows.hpp"

namespace gatehouse::domain::import_rules {

// Errors: import.key_invalid.
Result<void> check_external_key(const std::string& key);
// Blanks collapsed. Errors: organization.name_invalid.
Result<std::string> organization_name(const std::string& name);
Result<void> check_organization_description(const std::string& description);
// Blanks collapsed. Errors: user.name_invalid, user.email_invalid, user.display_name_invalid.
Result<std::string> user_name(const std::string& name);
Result<void> check_email(const std::string& email);
Result<std::string> display_name(const std::string& name);
// An Argon2id PHC string of a cost that a sign-in can bear. Errors: import.password_hash_invalid.
Result<void> check_password_hash(const std::string& phc);
// Errors: membership.invalid.
Result<void> check_attributes(const Attributes& attributes);

}  // namespace gatehouse::domain::import_rules
