// The SQL of the users' password columns; everything else of a user is users/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/passwords/passwords.hpp"

namespace gatehouse::domain::password_store {

std::optional<Credential> find_by_user_name(sql::Tx& tx, std::string_view name_key);
std::optional<Credential> find_by_email(sql::Tx& tx, std::string_view email_key);
std::optional<Credential> find(sql::Tx& tx, const UserId& id);
// A user that never had a password becomes active; `status` and version then change with it. `given`: by somebody else, who then
// knows it, and may have known every password since.
void set(sql::Tx& tx, UserNo user, std::string_view hash, Timestamp now, bool given);
void clear(sql::Tx& tx, UserNo user, Timestamp now);
// The same password at another cost; false when the hash is no longer `before`.
bool replace(sql::Tx& tx, UserNo user, std::string_view before, std::string_view after);
// Still this hash, of an account that may sign in?
bool stands(sql::Tx& tx, UserNo user, std::string_view hash);

}  // namespace gatehouse::domain::password_store
