// The SQL of identity providers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/identity_providers/identity_providers.hpp"

namespace gatehouse::domain::identity_provider_store {

// Nothing changed and false when another one has the prefix.
bool insert(sql::Tx& tx, const IdentityProvider& provider, std::string_view sealed_secret);
// Nothing changed and false as above; the secret stays when none is given.
bool update(sql::Tx& tx, const IdentityProvider& provider, const std::optional<std::string>& sealed_secret);
void remove(sql::Tx& tx, const IdentityProviderId& id);

std::int64_t count(sql::Tx& tx);
std::vector<IdentityProvider> all(sql::Tx& tx);  // in no order
std::optional<IdentityProvider> find(sql::Tx& tx, const IdentityProviderId& id);
std::optional<IdentityProvider> find_by_prefix(sql::Tx& tx, std::string_view prefix);
std::optional<IdentityProviderId> of_user(sql::Tx& tx, UserNo user);
std::optional<bool> is_enabled(sql::Tx& tx, const IdentityProviderId& id);
std::optional<std::string> sealed_secret(sql::Tx& tx, const IdentityProviderId& id);
bool is_offered(sql::Tx& tx, UserNo user, Timestamp now);
// By an account, or by an invitation that can still be accepted.
bool is_in_use(sql::Tx& tx, const IdentityProviderId& id, Timestamp now);

}  // namespace gatehouse::domain::identity_provider_store
