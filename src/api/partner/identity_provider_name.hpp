// How other things of this surface name an identity provider.
#pragma once

#include "domain/identity_providers/identity_providers.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::partner {

struct IdentityProviderName {
  domain::IdentityProviderId id;
  std::string name;
};
inline void describe(http::Fields<IdentityProviderName>& f) {
  f.name("PartnerUserIdentityProvider");
  f.add<&IdentityProviderName::id>("id");
  f.add<&IdentityProviderName::name>("name");
}

inline std::optional<IdentityProviderName> identity_provider_name(const std::optional<domain::IdentityProvider>& of) {
  return of ? std::optional(IdentityProviderName{of->id, of->name}) : std::nullopt;
}

}  // namespace gatehouse::api::partner
