// Kinds of identity documents: /api/IdentificationType.
#pragma once

#include "domain/identification_types/identification_types.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::identity_manager {

void register_identification_types(http::Surface& surface, domain::IdentificationTypes& types);

}  // namespace gatehouse::api::identity_manager
