// What the members of an identity provider must be, whoever gives them.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/identity_providers/identity_providers.hpp"

namespace gatehouse::domain::identity_provider_rules {

// Every faulty member; `provider` is tidied: its name's blanks collapsed, each scope once. `secret`: none when it is not
// being set.
std::vector<FieldError> tidy(IdentityProvider& provider, const std::optional<std::string>& secret);

bool is_prefix(std::string_view prefix);
// OpenID Connect Discovery 1.0, 3: an https URL without query and fragment, as RFC 3986 writes it; http on a loopback
// host, for development. Scheme in lower case and no credentials, because an issuer is compared byte by byte.
bool is_issuer(std::string_view url);

}  // namespace gatehouse::domain::identity_provider_rules
