// The SQL of providers and of the accounts associated with them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/providers/providers.hpp"

namespace gatehouse::domain::provider_store {

// Nothing changed and false when another one has the name.
bool insert(sql::Tx& tx, const Provider& provider);
bool update(sql::Tx& tx, const Provider& provider);
void remove(sql::Tx& tx, const ProviderId& id);

std::int64_t count(sql::Tx& tx);
std::vector<Provider> page(sql::Tx& tx, const Paging& paging);
std::optional<Provider> find(sql::Tx& tx, const ProviderId& id);
bool is_in_use(sql::Tx& tx, const ProviderId& id);

// False when it was so already.
bool add_user(sql::Tx& tx, UserNo user, const ProviderId& id);
bool remove_user(sql::Tx& tx, UserNo user, const ProviderId& id);
void remove_all_of(sql::Tx& tx, UserNo user);
std::int64_t count_of(sql::Tx& tx, UserNo user);
std::unordered_map<UserNo, std::vector<Provider>> of_users(sql::Tx& tx, std::span<const UserNo> users);
UserId user_id(sql::Tx& tx, UserNo user);

}  // namespace gatehouse::domain::provider_store
