// The log of an organization on the v1 surface: /api/v1/orgs/{orgId}/changes.
#pragma once

#include "domain/changes/changes.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::v1 {

// The service must outlive the surface.
void register_changes(http::Surface& surface, domain::Changes& changes);

}  // namespace gatehouse::api::v1
