// Connections between customers and agencies, what they carry, and what is told of them (A8, A15).
#pragma once

#include "domain/connections/connections.hpp"
#include "domain/notifications/notifications.hpp"
#include "domain/roles/roles.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

void register_connections(http::Surface& surface, domain::Connections& connections, const domain::Roles& roles,
                          const domain::Notifications& notifications);

}  // namespace gatehouse::api::access_api
