// The SQL of users.
#pragma once

#include "base/function_ref.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain::user_store {

std::optional<User> find(sql::Tx& tx, UserNo no);
std::vector<User> find(sql::Tx& tx, std::span<const UserNo> numbers);  // in no order
std::optional<User> find_by_user_name(sql::Tx& tx, std::string_view key);
std::optional<User> find_by_email(sql::Tx& tx, std::string_view key);
// What user names there are with one of these two as skeleton or as sight, `except`'s aside; at most ten.
std::vector<std::string> names_like(sql::Tx& tx, std::string_view skeleton, std::string_view sight, UserNo except);
bool is_identified(sql::Tx& tx, const Identification& as, UserNo except);
// Somebody besides `except` signs in under this name or address already.
bool is_taken(sql::Tx& tx, std::string_view user_name_key, std::string_view email_key, UserNo except);

void insert(sql::Tx& tx, const User& user, const SignInKeys& keys, const std::optional<std::string>& password_hash);
// `keys`: where name or address have changed; else those that are stored stay.
void update(sql::Tx& tx, const User& user, const std::optional<SignInKeys>& keys);
void erase(sql::Tx& tx, UserNo no);
void accept(sql::Tx& tx, UserNo no, Timestamp now);
void set_identity_provider(sql::Tx& tx, UserNo no, const std::optional<IdentityProviderId>& id, Timestamp now);
// Accounts of an earlier release, whose keys have to be worked out anew.
std::vector<User> with_old_keys(sql::Tx& tx, std::int64_t limit);
// Of accounts that lack nothing but how the name looks as it was typed: that alone. False when another account has one of
// them.
bool set_keys(sql::Tx& tx, UserNo no, const SignInKeys& keys);

// Lists know nothing of what is searched for: see user_roll.hpp.
// ` ORDER BY …` of columns of `users u`, no two alike in all of them.
std::string order(const UserFilter& filter);
Page<User> list(sql::Tx& tx, const UserFilter& filter, const Paging& paging, std::int64_t total);
// Users of the scope's organizations and `scope.self`. `wide`: they are most of all users, so that going along the
// order of the list is faster than collecting them. Precondition: scope_store::fits(scope).
Page<User> list_in(sql::Tx& tx, const access::Scope& scope, bool wide, const UserFilter& filter, const Paging& paging);
// The same, each row of all users asked of `keep`.
Page<User> list_filtered(sql::Tx& tx, const UserFilter& filter, FunctionRef<bool(UserNo)> keep, const Paging& paging);
// Numbers of the scope's users and `scope.self`, in no order. Precondition as above.
void each_in(sql::Tx& tx, const access::Scope& scope, FunctionRef<void(UserNo)> use);
// Members of the scope's organizations, those of several counted more than once. Precondition as above.
std::int64_t count_members(sql::Tx& tx, const access::Scope& scope);

void load(sql::Tx& tx, access::Graph& graph);

}  // namespace gatehouse::domain::user_store
