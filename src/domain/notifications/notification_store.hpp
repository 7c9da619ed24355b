// The SQL of notifications.
#pragma once

#include "domain/notifications/notifications.hpp"

namespace gatehouse::domain::notification_store {

void insert(sql::Tx& tx, OrganizationNo organization, const NotificationId& id, Revision revision,
            const NewNotification& what, Timestamp now);
std::vector<Notification> newest(sql::Tx& tx, OrganizationNo organization, std::int64_t limit);
// Forgets all but the newest `keep`.
void trim(sql::Tx& tx, OrganizationNo organization, std::int64_t keep);
void erase(sql::Tx& tx, OrganizationNo organization);

}  // namespace gatehouse::domain::notification_store
